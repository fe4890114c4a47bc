//go:build amd64 || arm64

package unsafely

import (
	"os"
	"runtime"
	"syscall"
	"time"
	"unsafe"
)

// memfdCreate holds the numbers of the system call memfd_create (asm/unistd.h).
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

// Readable reports whether a descriptor can be read, or is at its end, after at most
// limit. It blocks the thread: package time can't be used, as its clock stands still in a
// bubble of testing/synctest.
func Readable(fd int, limit time.Duration) bool {
	const pollIn = 1 // POLLIN
	p := struct {
		fd              int32
		events, revents int16
	}{int32(fd), pollIn, 0}
	ts := syscall.NsecToTimespec(int64(max(limit, 0)))
	n, _, errno := syscall.Syscall6(syscall.SYS_PPOLL,
		uintptr(unsafe.Pointer(&p)), 1, uintptr(unsafe.Pointer(&ts)), 0, 0, 0)
	return errno == 0 && n > 0
}

// sigevent says what a timer does (sigevent(3type), asm-generic/siginfo.h).
type sigevent struct {
	value  uint64
	signal int32
	notify int32 // 0 is SIGEV_SIGNAL
	_      [48]byte
}

// NewSignalTimer makes a timer that sends this process a signal, timer_create(2). The
// timer isn't set yet.
func NewSignalTimer(signal syscall.Signal) (id int32, err error) {
	const monotonic = 1 // CLOCK_MONOTONIC
	e := sigevent{signal: int32(signal)}
	_, _, errno := syscall.Syscall(syscall.SYS_TIMER_CREATE,
		monotonic, uintptr(unsafe.Pointer(&e)), uintptr(unsafe.Pointer(&id)))
	if errno != 0 {
		return 0, errno
	}
	return id, nil
}

// SetTimer makes a timer go off once, after d, timer_settime(2).
func SetTimer(id int32, d time.Duration) error {
	once := [2]syscall.Timespec{1: syscall.NsecToTimespec(int64(d))} // no interval
	_, _, errno := syscall.Syscall6(syscall.SYS_TIMER_SETTIME,
		uintptr(id), 0, uintptr(unsafe.Pointer(&once)), 0, 0, 0)
	if errno != 0 {
		return errno
	}
	return nil
}

// Range is a range of addresses of another process.
type Range struct{ Addr, Size uint64 }

// ReadProcess copies ranges of the memory of another process, process_vm_readv(2). tid is
// one of its threads. It returns the number of bytes copied, 0 after an error.
func ReadProcess(tid int, local []syscall.Iovec, remote []Range) uint64 {
	n, _, errno := syscall.Syscall6(sysProcessVMReadv, uintptr(tid),
		uintptr(unsafe.Pointer(&local[0])), uintptr(len(local)),
		uintptr(unsafe.Pointer(&remote[0])), uintptr(len(remote)), 0)
	if errno != 0 {
		return 0
	}
	return uint64(n)
}

// PtraceRegisters reads or writes a set of registers with ptrace(2), and returns the part
// of b that was used.
func PtraceRegisters(request, tid int, set uintptr, b []byte) ([]byte, error) {
	iov := syscall.Iovec{Base: &b[0], Len: uint64(len(b))}
	_, _, errno := syscall.Syscall6(syscall.SYS_PTRACE,
		uintptr(request), uintptr(tid), set, uintptr(unsafe.Pointer(&iov)), 0, 0)
	if errno != 0 {
		return nil, errno
	}
	return b[:iov.Len], nil
}

// SigInfo is siginfo_t for SIGCHLD on 64-bit systems (asm-generic/siginfo.h).
type SigInfo struct {
	signo, errno int32
	Code         int32
	_            int32
	PID          int32
	uid          uint32
	Status       int32
	_            [100]byte
}

// PtraceSigInfo returns ptrace(2)'s description of the signal that a thread has stopped
// for.
func PtraceSigInfo(request, tid int) (si SigInfo, err error) {
	_, _, errno := syscall.Syscall6(syscall.SYS_PTRACE,
		uintptr(request), uintptr(tid), 0, uintptr(unsafe.Pointer(&si)), 0, 0)
	if errno != 0 {
		return si, errno
	}
	return si, nil
}

// WaitID calls waitid(2).
func WaitID(which, id int, options uintptr) (si SigInfo, err error) {
	_, _, errno := syscall.Syscall6(syscall.SYS_WAITID,
		uintptr(which), uintptr(id), uintptr(unsafe.Pointer(&si)), options, 0, 0)
	if errno != 0 {
		err = errno
	}
	return si, err
}
