//go:build amd64 || arm64

package monitor

import (
	"sync/atomic"
	"syscall"
)

// link is a descriptor that leads to the watcher. A program that closes all descriptors
// that aren't its own closes this one, too. Then one of the program's files may get its
// number, and nothing must be written to that file.
type link struct {
	fd       atomic.Int64 // 0 if there is none
	dev, ino uint64       // of its file
}

// open sets the descriptor, once.
func (l *link) open(fd int) {
	var st syscall.Stat_t
	if fd > 0 && syscall.Fstat(fd, &st) == nil {
		l.dev, l.ino = uint64(st.Dev), st.Ino
		l.fd.Store(int64(fd))
	}
}

// get returns the descriptor, 0 if it isn't there any more.
func (l *link) get() int {
	fd := int(l.fd.Load())
	if fd == 0 {
		return 0
	}
	var st syscall.Stat_t
	if syscall.Fstat(fd, &st) != nil || uint64(st.Dev) != l.dev || st.Ino != l.ino {
		l.end()
		return 0
	}
	return fd
}

// end stops the use of the descriptor. It isn't closed: its number may be another file's.
func (l *link) end() { l.fd.Store(0) }
