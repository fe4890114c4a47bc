package destination

import (
	"fmt"
	"os"
	"syscall"
)

// CheckDescriptors returns an error if opening a file would end the program. For the
// first file the runtime makes its poller (internal/runtime/netpoll_epoll.go, Go 1.24 to
// 1.26), which takes two more descriptors, and throws if there are none.
func CheckDescriptors() error {
	err := enough(3)
	if err != nil && hasPoller() {
		return nil // one is enough
	}
	return err
}

// enough returns an error unless n descriptors can be opened.
func enough(n int) error {
	for range n {
		fd, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
		if err != nil {
			return err
		}
		defer syscall.Close(fd)
	}
	return nil
}

// hasPoller reports whether the process has a poller. It opens nothing; most
// programs make theirs early, so that its descriptor is a small number.
func hasPoller() bool {
	for fd := range 256 {
		if name, err := os.Readlink(fmt.Sprint("/proc/self/fd/", fd)); err == nil && name == "anon_inode:[eventpoll]" {
			return true
		}
	}
	return false
}
