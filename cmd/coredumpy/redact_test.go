package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"coredumpy"
	"coredumpy/internal/notation"
)

// Without a name a dump from standard input goes to standard output, and nothing else does.
func TestRedactPipe(t *testing.T) {
	old := coredumpy.Config
	t.Cleanup(func() { coredumpy.Config = old })
	dump, err := os.Open(filepath.Join("..", "..", "testdata", "recorded", "format2", "shop.dump"))
	if err != nil {
		t.Fatal(err)
	}
	defer dump.Close()
	var stdout, stderr bytes.Buffer
	if status := run(dump, &stdout, &stderr, []string{"redact", "-strict", "-"}); status != statusOK || stderr.Len() > 0 {
		t.Errorf("got status %d and %q, want nothing on standard error", status, &stderr)
	}
	core, err := coredumpy.Read(&stdout)
	if err != nil {
		t.Fatal(err)
	}
	if head := core.Head(); len(head.Args) == 0 || notation.MaskNumber(head.Args[0]) == 0 || core.Missing() != "" {
		t.Errorf("got the arguments %q, missing %q", head.Args, core.Missing())
	}
}

// The new dump is written whole or not at all, and only its owner can read it.
func TestRedactWhole(t *testing.T) {
	dir := t.TempDir()
	source := filepath.Join("..", "..", "testdata", "recorded", "format2", "shop.dump")
	out := filepath.Join(dir, "x.dump")
	var stdout, stderr bytes.Buffer
	if status := run(strings.NewReader(""), &stdout, &stderr, []string{"redact", source, "-o", out}); status != statusOK {
		t.Fatalf("got status %d: %s", status, &stderr)
	}
	if info, err := os.Stat(out); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("got %v, %v, want mode 0600", info, err)
	}
	if err := os.WriteFile(out, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	// A file that isn't a dump: nothing is replaced.
	args := []string{"redact", "-", "-f", "-o", out}
	if status := run(strings.NewReader("{}"), &stdout, &stderr, args); status != statusFailed {
		t.Errorf("got status %d, want %d", status, statusFailed)
	}
	left, err := os.ReadDir(dir)
	text, _ := os.ReadFile(out)
	if err != nil || len(left) != 1 || string(text) != "mine" {
		t.Errorf("got %v and %q, want the file as it was", left, text)
	}
}
