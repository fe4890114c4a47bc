//go:build amd64 || arm64

package monitor

import (
	"syscall"
	"testing"
	"time"

	"coredumpy/internal/target"
)

// TestNumberReused has a program close the descriptors that lead to the process that
// watches, and open files of its own with their numbers.
func TestNumberReused(t *testing.T) {
	for name, write := range map[string]func(fd int){
		"question": func(fd int) {
			asking.open(fd)
			reuse(t, fd)
			if a, err := Ask(&Question{Kind: Say, Limit: time.Minute}); err == nil {
				t.Errorf("got the answer %v, want an error", a)
			}
		},
		"told": func(fd int) {
			telling.open(fd)
			reuse(t, fd)
			Tell(target.PanicID{Goroutine: 1})
		},
	} {
		t.Run(name, func(t *testing.T) {
			pair := sockets(t)
			defer func() { asking.end(); telling.end() }()
			write(pair[0])
			if asking.get() != 0 || telling.get() != 0 {
				t.Error("the number is still in use")
			}
		})
	}
}

// reuse gives the number of a descriptor to another file, which must not be written to.
func reuse(t *testing.T, fd int) {
	pair := sockets(t)
	if err := syscall.Dup3(pair[0], fd, 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if n, _, err := syscall.Recvfrom(pair[1], make([]byte, 1), syscall.MSG_DONTWAIT); err != syscall.EAGAIN {
			t.Errorf("the program's own file got %d bytes, %v", n, err)
		}
	})
}

func sockets(t *testing.T) [2]int {
	t.Helper()
	pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_SEQPACKET|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		syscall.Close(pair[0])
		syscall.Close(pair[1])
	})
	return pair
}
