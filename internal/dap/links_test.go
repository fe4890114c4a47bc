package dap

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"coredumpy/internal/dump"
)

// VS Code makes links of [text](address) in an error that it shows, also links that run its
// commands: the name of a file makes none.
func TestErrorsHaveNoLinks(t *testing.T) {
	name := filepath.Join(t.TempDir(), "[Update](command~quit).dump")
	if err := os.WriteFile(name, []byte("no dump"), 0o600); err != nil {
		t.Fatal(err)
	}
	in := framed(`{"seq":1,"type":"request","command":"initialize","arguments":{}}`) +
		framed(`{"seq":2,"type":"request","command":"launch","arguments":{"dump":"`+filepath.ToSlash(name)+`"}}`)
	var out bytes.Buffer
	if err := Serve(strings.NewReader(in), &out, Options{Open: dump.Open}); err != nil {
		t.Fatal(err)
	}
	if got := out.String(); !strings.Contains(got, `[Update] (command~quit).dump`) || strings.Contains(got, "](") {
		t.Errorf("got %s, want the name of the file without a link", got)
	}
}
