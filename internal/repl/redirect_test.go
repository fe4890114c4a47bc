package repl

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"coredumpy/internal/dump"
)

// program is what the user's program gets.
type program struct{ bytes.Buffer }

func (*program) Close() error { return nil }

func runRedirected(t *testing.T, o Options, commands ...string) string {
	t.Helper()
	core, err := dump.Read(strings.NewReader(examineDump))
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	o.Commands, o.Out, o.Err = commands, &out, &out
	if err := Run(core, o); err != nil && !errors.Is(err, ErrCommand) {
		t.Fatal(err)
	}
	return out.String()
}

// What goes to a program or a file looks as without a terminal.
func TestRedirect(t *testing.T) {
	var got program
	started := ""
	o := Options{Color: true, Columns: func() int { return 20 }, Pipe: func(p string) (io.WriteCloser, error) {
		started = p
		return &got, nil
	}}
	out := runRedirected(t, o, "bt |! less -S", "p x", "args |! less -S", "locals |! less -S")
	if started != "less -S" || out != "258\n" {
		t.Errorf("got %q, and %q started", out, started)
	}
	if text := got.String(); !strings.HasPrefix(text, "0  0x0000000000000000 in main.f\n") || strings.Contains(text, "\x1b") ||
		!strings.Contains(text, `hidden = []byte len: 60, cap: 60, "***redacted***"`+"\n") {
		t.Errorf("got %q, want it as without a terminal", text)
	}
}

func TestRedirectToFile(t *testing.T) {
	dir := t.TempDir()
	file, other := filepath.Join(dir, "a b"), filepath.Join(dir, "x.dump")
	if err := os.WriteFile(other, []byte(`{"coredumpy":{}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	o := Options{Pipe: func(string) (io.WriteCloser, error) { return nil, errors.New("unexpected") }}
	out := runRedirected(t, o, "p 1234567 >! "+file, "p x >! "+file, "p x >! "+other, "p x >! -f", "p x >! "+dir)
	b, err := os.ReadFile(file)
	if err != nil || string(b) != "258\n" {
		t.Errorf("got %q, error %v, want the last value only", b, err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm()&0o077 != 0 && os.PathSeparator == '/' {
		t.Errorf("got %v, %v, want a file that only its owner may read", info, err)
	}
	for _, want := range []string{"x.dump is a dump: name another file", "-f: >!: unknown argument \"-f\"", dir} {
		if !strings.Contains(out, want) {
			t.Errorf("got %q, want %q in it", out, want)
		}
	}
}

// A file of commands, and commands of which nobody says that they are the user's, start no programs
// and write no files.
func TestRedirectRefused(t *testing.T) {
	dir := t.TempDir()
	file, commands := filepath.Join(dir, "file"), filepath.Join(dir, "commands")
	o := Options{Pipe: func(string) (io.WriteCloser, error) { return nil, errors.New("a program was started") }}
	for _, line := range []string{"p x >! " + file, "p x |! touch " + file, "f 0 p x >! " + file} {
		if err := os.WriteFile(commands, []byte(line+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if out := runRedirected(t, o, "source "+commands); !strings.Contains(out, errFromFile.Error()) {
			t.Errorf("source: %s: got %q, want it refused", line, out)
		}
		if out := runRedirected(t, Options{}, line); !strings.Contains(out, "|! and >! are for commands that are typed") {
			t.Errorf("%s: got %q, want it refused", line, out)
		}
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("a file was written")
	}
}
