package stderr

import (
	"bytes"
	"io"
	"os"
	"syscall"
	"testing"
)

// If nobody reads standard error the program goes on, and its text is lost.
func TestNobodyReads(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	conn, err := w.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	filled := 0
	conn.Control(func(fd uintptr) { // it doesn't block
		for chunk := make([]byte, 4096); err == nil; {
			var n int
			n, err = syscall.Write(int(fd), chunk)
			filled += max(n, 0)
		}
	})
	if err != syscall.EAGAIN {
		t.Fatalf("got %v when the pipe is full, want %v", err, syscall.EAGAIN)
	}
	defer func(old *os.File) { os.Stderr = old }(os.Stderr)
	os.Stderr = w
	text := []byte("one line\n")
	if n, err := (Writer{}).Write(text); n != len(text) || err != nil { // returns
		t.Errorf("got %d and %v, want %d and no error", n, err, len(text))
	}
	long := bytes.Repeat(text, 1000)
	go Writer{}.Write(long)
	all := make([]byte, filled+len(long))
	if _, err := io.ReadFull(r, all); err != nil || !bytes.Equal(all[filled:], long) {
		t.Errorf("got %v and %.100q, want all lines that somebody read", err, all[filled:])
	}
	w.Close()
}
