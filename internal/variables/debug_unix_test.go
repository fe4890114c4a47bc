//go:build unix

package variables

import (
	"os"
	"syscall"
	"testing"

	"coredumpy/internal/debugtest"
)

//go:noinline
func reads(fd int) { syscall.Read(fd, make([]byte, 1)) }

func TestDebugSyscall(t *testing.T) {
	debugtest.Need(t)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	fd := int(r.Fd()) // makes it block
	go reads(fd)
	debugtest.Await(t, "variables.reads", "syscall")
	capture(t, func(s *snapshot) {
		g, f := s.find("variables.reads")
		if g.Status != "syscall" {
			t.Errorf("got status %q, want syscall", g.Status)
		}
		if v := s.vars(f)["fd"]; v.Reason == nil {
			if got, err := s.p.ReadWord(v.Addr); got != uint64(fd) || err != nil {
				t.Errorf("got fd %d and error %v, want %d", got, err, fd)
			}
		}
	})
	w.Close()
}
