package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// The commands dap and host serve a client on standard input and output, and its console
// takes the commands of load.
func TestServeDAP(t *testing.T) {
	t.Chdir(recorded)
	var input strings.Builder
	for i, request := range []string{
		`"initialize","arguments":{}`, `"launch","arguments":{"dump":"zoo.dump"}`, `"configurationDone"`,
		`"evaluate","arguments":{"expression":"goroutines main.main","context":"repl"}`, `"evaluate","arguments":{"expression":"quit","context":"repl"}`,
		`"disconnect"`,
	} {
		content := fmt.Sprintf(`{"seq":%d,"type":"request","command":%s}`, i+1, request)
		fmt.Fprintf(&input, "Content-Length: %d\r\n\r\n%s", len(content), content)
	}
	for _, name := range []string{"dap", "host"} {
		var stdout, stderr bytes.Buffer
		status := run(strings.NewReader(input.String()), &stdout, &stderr, []string{name})
		if status != statusOK || stderr.Len() > 0 {
			t.Errorf("%s: got status %d and %q, want %d and nothing", name, status, &stderr, statusOK)
		}
		for _, want := range []string{`"event":"initialized"`, `"event":"stopped"`, "* 1 goroutine [running", `"event":"terminated"`, `"command":"disconnect"`} {
			if !strings.Contains(stdout.String(), want) {
				t.Errorf("%s: got %.2000q, want %s in it", name, &stdout, want)
			}
		}
		if strings.Contains(stdout.String(), `"success":false`) {
			t.Errorf("%s: got %.2000q, want no failure", name, &stdout)
		}
	}
}
