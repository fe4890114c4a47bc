package stderr

import (
	"bytes"
	"io"
	"os"
	"testing"
	"time"
)

// Nobody may read standard error: the program goes on, and the text follows once
// somebody does.
func TestNobodyReads(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := w.SetWriteDeadline(time.Now().Add(100 * time.Millisecond)); err != nil {
		t.Skip(err)
	}
	filled := 0
	for chunk := make([]byte, 4096); err == nil; filled += len(chunk) {
		_, err = w.Write(chunk)
	}
	w.SetWriteDeadline(time.Time{})
	defer func(old *os.File) { os.Stderr = old }(os.Stderr)
	os.Stderr = w
	text := []byte("one line\n")
	if n, err := (Writer{}).Write(text); n != len(text) || err != nil { // returns
		t.Errorf("got %d and %v, want %d and no error", n, err, len(text))
	}
	copy(text, "changed?")
	time.AfterFunc(2*time.Second, func() { w.Close() }) // the text is in the pipe by then
	all, err := io.ReadAll(r)
	if err != nil || !bytes.HasSuffix(all, []byte("one line\n")) {
		t.Errorf("got %d bytes that end in %q, and %v, want the line", len(all), all[max(0, len(all)-20):], err)
	}
}
