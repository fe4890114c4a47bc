package repl

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"coredumpy/internal/dump"
	"coredumpy/internal/inspector"
)

// A console for somebody else reads and writes no files.
func TestConsole(t *testing.T) {
	core, err := dump.Read(strings.NewReader(`{"coredumpy":{"version":2,"reason":"dump"}}` + "\n"))
	if err != nil {
		t.Fatal(err)
	}
	in, _ := inspector.New(core)
	var out strings.Builder
	sh := Console(in, Options{Out: &out, Err: &out})
	file := filepath.Join(t.TempDir(), "file")
	for _, command := range []string{"transcript " + file, "source " + file} {
		if err := sh.Run(command); err == nil || !strings.Contains(err.Error(), "is for coredumpy load") {
			t.Errorf("%s: got error %v, want it refused", command, err)
		}
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("it has written a file")
	}
	if err := sh.Run("info"); err != nil {
		t.Errorf("info: %v", err)
	}
}

// A transcript has commands, what they print, and their errors; others can't read it.
func TestTranscript(t *testing.T) {
	core, err := dump.Read(strings.NewReader(`{"coredumpy":{"version":2,"reason":"dump"}}` + "\n"))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "file")
	var out, failed strings.Builder
	for range 2 {
		Run(core, Options{Out: &out, Err: &failed, Color: true, Commands: []string{
			"p 1", "transcript " + file, "p \"\\x1b\" + \"a\"", "p nope", "transcript -off", "p 2"}})
	}
	text, err := os.ReadFile(file)
	one := "> p \"\\x1b\" + \"a\"\n\"\\x1ba\"\n> p nope\ncould not find symbol value for nope\n> transcript -off\n"
	if err != nil || string(text) != one+one {
		t.Errorf("got %q, %v, want %q twice", text, err, one)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm()&0o077 != 0 && os.PathSeparator == '/' {
		t.Errorf("got %v, %v, want a file that only its owner may read", info, err)
	}
}
