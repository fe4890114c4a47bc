package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

const peekHead = `{"coredumpy":{"version":1,"reason":"panic","time":"2026-03-01T12:00:00Z","go":"go1.26.0","os":"linux","arch":"amd64","goroutine":1,"goroutines":1}}` + "\n"

// coredumpy peek | head: that the reader goes away isn't an error.
func TestPeekIntoClosedPipe(t *testing.T) {
	dir := t.TempDir()
	for i := range 20 {
		path := filepath.Join(dir, fmt.Sprintf("%02d.dump", i))
		if err := os.WriteFile(path, compress(t, []byte(peekHead)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	defer w.Close()
	var stderr bytes.Buffer
	cmd := exec.Command(self, "peek", dir)
	cmd.Env = append(os.Environ(), beCommand+"=1")
	cmd.Stdout, cmd.Stderr = w, &stderr
	if err := cmd.Run(); err == nil {
		t.Error("got success, want a status that says the output was cut short")
	}
	if stderr.Len() > 0 {
		t.Errorf("got %q on standard error, want nothing", stderr.String())
	}
}

// failing is an output that can't be written.
type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

func TestPeekOutputFails(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.json")
	if err := os.WriteFile(path, []byte(peekHead), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		err  error
		want string
	}{
		{errors.New("no space left"), "coredumpy peek: write: no space left\n"},
		{fmt.Errorf("write: %w", syscall.EPIPE), ""},
	} {
		var stderr strings.Builder
		status := run(nil, failing{test.err}, &stderr, []string{"peek", path})
		if status != statusFailed || stderr.String() != test.want {
			t.Errorf("%v: got status %d, %q, want %d, %q", test.err, status, stderr.String(), statusFailed, test.want)
		}
	}
}

func TestPeekSkipsWhatIsNoFile(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "directory.dump"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("nowhere", filepath.Join(dir, "link.dump")); err != nil {
		t.Skip("no symbolic links here: ", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "x.DUMP"), []byte(peekHead), 0o600); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr strings.Builder
	status := run(nil, &stdout, &stderr, []string{"peek", dir})
	if status != statusOK || !strings.Contains(stdout.String(), "x.DUMP\n") ||
		strings.Count(stdout.String(), "1 goroutine") != 1 {
		t.Errorf("got status %d and\n%swant the one dump", status, stdout.String())
	}
	if got := stderr.String(); !strings.HasSuffix(got, "link.dump\" does not exist\n") || strings.Count(got, "\n") != 1 {
		t.Errorf("got %q on standard error, want one line about link.dump", got)
	}
}

func TestVersion(t *testing.T) {
	var stdout, stderr strings.Builder
	status := run(nil, &stdout, &stderr, []string{"version"})
	if got := stdout.String(); status != statusOK || !strings.HasPrefix(got, "coredumpy ") ||
		!strings.Contains(got, ", dump format 2, go") {
		t.Errorf("got status %d, %q, %q", status, got, stderr.String())
	}
}

func BenchmarkPeek(b *testing.B) {
	path := filepath.Join(b.TempDir(), "x.json")
	if err := os.WriteFile(path, []byte(peekHead), 0o600); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		run(nil, io.Discard, io.Discard, []string{"peek", path})
	}
}
