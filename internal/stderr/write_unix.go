//go:build unix

package stderr

import (
	"os"
	"syscall"
)

// atOnce is how much a writable pipe takes although nobody reads: PIPE_BUF, pipe(7), is
// 4096 on Linux and may be 512 (POSIX, limits.h).
const atOnce = 512

// write uses the system call: package os ends the program with SIGPIPE if nobody reads
// descriptor 2 any more.
func write(text []byte) {
	conn, err := os.Stderr.SyscallConn()
	if err != nil {
		return
	}
	conn.Write(func(fd uintptr) (done bool) {
		for len(text) > 0 && writable(int(fd)) {
			n, err := syscall.Write(int(fd), text[:min(len(text), atOnce)])
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
