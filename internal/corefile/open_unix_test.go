//go:build unix

package corefile

import (
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// What isn't a regular file is refused, or read if somebody writes to it, and never waited
// for.
func TestOpenOtherThanFiles(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip(err)
	}
	socket := filepath.Join(dir, "s")
	if l, err := net.Listen("unix", socket); err == nil { // its path may be too long
		defer l.Close()
	}
	watch := time.AfterFunc(time.Minute, func() { panic("waits") })
	defer watch.Stop()
	for path, want := range map[string]string{
		pipe: "is empty", socket: "can't be opened", dir: "is a directory", os.DevNull: "is a device", "/dev/zero": "is a device", "/dev/tty": "is a device",
	} {
		if _, err := os.Lstat(path); err != nil {
			continue
		}
		_, err := Open(path)
		_, _, headErr := OpenHead(path)
		for _, err := range []error{err, headErr} {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: got error %v, want %q in it", path, err, want)
			}
		}
	}

	// As in coredumpy load <(zcat x.gz), where the writer may be late.
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	go func() {
		time.Sleep(10 * time.Millisecond)
		w.Write(writeSmall(t, true))
		w.Close()
	}()
	path := filepath.Join("/dev/fd", strconv.Itoa(int(r.Fd())))
	if _, err := os.Stat(path); err != nil {
		t.Skip(err)
	}
	if f, err := Open(path); err != nil || f.Missing() != "" {
		t.Errorf("a pipe: got error %v, want a whole dump", err)
	}
}
