//go:build amd64 || arm64

package target

import (
	"syscall"
	"unsafe"
)

// Requests and events of ptrace (linux/ptrace.h).
const (
	ptraceDetach    = 17
	ptraceGetRegSet = 0x4204
	ptraceSeize     = 0x4206
	ptraceInterrupt = 0x4207

	eventStop = 128
)

// Sets of registers (linux/elf.h).
const (
	ntPrstatus = 1
	ntPrfpreg  = 2
)

// Options and results of waitid (linux/wait.h, asm-generic/siginfo.h).
const (
	pPID     = 1
	wStopped = 2
	wExited  = 4
	wNoWait  = 0x01000000
	wAll     = 0x40000000 // __WALL

	cldStopped = 5
	cldTrapped = 4
)

// ptrace must be called from the thread that seized tid, but for a first
// ptraceSeize.
func ptrace(request, tid int, addr, data uintptr) error {
	if _, _, errno := syscall.Syscall6(syscall.SYS_PTRACE, uintptr(request), uintptr(tid), addr, data, 0, 0); errno != 0 {
		return errno
	}
	return nil
}

// regSet reads a set of registers of size bytes.
func regSet(tid int, set uintptr, size int) ([]byte, error) {
	if size == 0 {
		return nil, nil
	}
	b := make([]byte, size)
	iov := syscall.Iovec{Base: &b[0], Len: uint64(size)}
	if _, _, errno := syscall.Syscall6(syscall.SYS_PTRACE, ptraceGetRegSet, uintptr(tid), set, uintptr(unsafe.Pointer(&iov)), 0, 0); errno != 0 {
		return nil, errno
	}
	return b[:iov.Len], nil
}

// waitEvent is what has become of a traced thread.
type waitEvent int

const (
	waitNothing waitEvent = iota
	waitStopped
	waitGone
)

// waitFor asks what has become of the traced thread tid, without waiting.
// Status is the signal that stopped it, and the ptrace event above that.
//
// It never takes the end of a process from its parent, which may be this
// process, so the end of the first thread goes unseen.
func waitFor(pid, tid int) (e waitEvent, status int) {
	options := uintptr(wStopped)
	if tid != pid {
		options |= wExited
	}
	si, err := waitid(tid, options)
	switch {
	case err != nil:
		return waitGone, 0
	case si.pid == 0:
		return waitNothing, 0
	case si.code == cldTrapped || si.code == cldStopped:
		return waitStopped, int(si.status)
	}
	return waitGone, 0
}

// reap takes note of the end of the traced thread tid, if it has ended. To ask
// only for that doesn't keep the kernel from handing out stops, which then
// waitFor wouldn't see any more; so it looks first.
func reap(tid int) {
	si, err := waitid(tid, wExited|wNoWait)
	if err == nil && si.pid != 0 && si.code != cldStopped && si.code != cldTrapped {
		waitid(tid, wExited)
	}
}

// siginfo is siginfo_t for SIGCHLD on 64-bit systems.
type siginfo struct {
	signo, errno, code, _ int32
	pid, uid, status      int32
	_                     [100]byte
}

func waitid(tid int, options uintptr) (si siginfo, err error) {
	options |= syscall.WNOHANG | wAll
	_, _, errno := syscall.Syscall6(syscall.SYS_WAITID, pPID, uintptr(tid), uintptr(unsafe.Pointer(&si)), options, 0, 0)
	if errno != 0 {
		err = errno
	}
	return si, err
}
