//go:build amd64 || arm64

package target

import (
	"os"
	"runtime"
	"syscall"
	"time"
	"unsafe"
)

// TextAddr returns the address of a text, which the caller keeps where it is.
func TextAddr(b []byte) uint64 { return uint64(uintptr(unsafe.Pointer(unsafe.SliceData(b)))) }

// WordAddr returns the address of a word that is no local variable.
func WordAddr(p *uint64) uint64 { return uint64(uintptr(unsafe.Pointer(p))) }

// memfdCreate are the numbers of memfd_create(2) (asm/unistd.h).
var memfdCreate = map[string]uintptr{"amd64": 319, "arm64": 279}

// MemoryFile returns a file in memory that has no name in any directory.
func MemoryFile(name string) (*os.File, error) {
	p, err := syscall.BytePtrFromString(name)
	if err != nil {
		return nil, err
	}
	number, ok := memfdCreate[runtime.GOARCH]
	if !ok {
		return nil, syscall.ENOSYS
	}
	const closeOnExec = 1 // MFD_CLOEXEC
	fd, _, errno := syscall.Syscall(number, uintptr(unsafe.Pointer(p)), closeOnExec, 0)
	if errno != 0 {
		return nil, os.NewSyscallError("memfd_create", errno)
	}
	return os.NewFile(fd, name), nil
}

// Readable reports whether there is something to read from a descriptor, its end
// included, after at most limit. The calling goroutine waits with its thread: not by
// package time, which stands still in a bubble of testing/synctest.
func Readable(fd int, limit time.Duration) bool {
	const pollIn = 1 // POLLIN
	p := struct {
		fd              int32
		events, revents int16
	}{int32(fd), pollIn, 0}
	ts := syscall.NsecToTimespec(int64(max(limit, 0)))
	n, _, errno := syscall.Syscall6(syscall.SYS_PPOLL, uintptr(unsafe.Pointer(&p)), 1, uintptr(unsafe.Pointer(&ts)), 0, 0, 0)
	return errno == 0 && n > 0
}
