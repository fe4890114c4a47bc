//go:build unix

package stderr

import (
	"os"
	"syscall"
)

// write uses the system call: package os ends the program with SIGPIPE if
// nobody reads descriptor 2 any more.
func write(text []byte) {
	conn, err := os.Stderr.SyscallConn()
	if err != nil {
		return
	}
	conn.Write(func(fd uintptr) (done bool) {
		for len(text) > 0 {
			n, err := syscall.Write(int(fd), text)
			text = text[max(n, 0):]
			switch err {
			case nil, syscall.EINTR:
			case syscall.EAGAIN:
				return false
			default:
				return true
			}
		}
		return true
	})
}
