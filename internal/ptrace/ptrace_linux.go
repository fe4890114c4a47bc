//go:build amd64 || arm64

package ptrace

import (
	"syscall"

	"coredumpy/internal/unsafely"
)

// Requests and events of ptrace (linux/ptrace.h).
const (
	ptraceCont       = 7
	ptraceSingleStep = 9
	ptraceDetach     = 17
	ptraceGetSigInfo = 0x4202
	ptraceGetRegSet  = 0x4204
	ptraceSetRegSet  = 0x4205
	ptraceSeize      = 0x4206
	ptraceInterrupt  = 0x4207
	ptraceListen     = 0x4208

	optionFork  = 1 << 1
	optionClone = 1 << 3
	optionExec  = 1 << 4

	eventExec = 4
	eventStop = 128
)

// Codes of a SIGTRAP that a breakpoint raises (asm-generic/siginfo.h).
const (
	siKernel  = 0x80
	trapBrkpt = 1
)

// Sets of registers (linux/elf.h).
const (
	ntPrstatus = 1
	ntPrfpreg  = 2
)

// Options and results of waitid (linux/wait.h, asm-generic/siginfo.h).
const (
	pAll     = 0
	pPID     = 1
	wStopped = 2
	wExited  = 4
	wNoHang  = 1
	wNoWait  = 0x01000000
	wOwn     = 0x20000000 // __WNOTHREAD
	wAll     = 0x40000000 // __WALL

	cldStopped = 5
	cldTrapped = 4
)

// ptrace must be called from the thread that seized tid, but for a first
// ptraceSeize.
func ptrace(request, tid int, addr, data uintptr) error {
	_, _, errno := syscall.Syscall6(syscall.SYS_PTRACE, uintptr(request), uintptr(tid), addr, data, 0, 0)
	if errno != 0 {
		return errno
	}
	return nil
}

// regSet reads a set of registers of size bytes.
func regSet(tid int, set uintptr, size int) ([]byte, error) {
	if size == 0 {
		return nil, nil
	}
	return unsafely.PtraceRegisters(ptraceGetRegSet, tid, set, make([]byte, size))
}

// setRegSet writes a set of registers.
func setRegSet(tid int, set uintptr, b []byte) error {
	_, err := unsafely.PtraceRegisters(ptraceSetRegSet, tid, set, b)
	return err
}

// signalCode returns why there is the signal that a thread has stopped for.
func signalCode(tid int) (int32, error) {
	si, err := unsafely.PtraceSigInfo(ptraceGetSigInfo, tid)
	return si.Code, err
}

func tgkill(pid, tid, signal int) {
	syscall.Syscall(syscall.SYS_TGKILL, uintptr(pid), uintptr(tid), uintptr(signal))
}

// waitEvent is what has become of a traced thread.
type waitEvent int

const (
	waitNothing waitEvent = iota
	waitStopped
	waitGone
	waitEnded // with the process, or nothing is traced
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
	si, err := waitid(pPID, tid, options|wNoHang)
	switch {
	case err != nil:
		return waitGone, 0
	case si.PID == 0:
		return waitNothing, 0
	case si.Code == cldTrapped || si.Code == cldStopped:
		return waitStopped, int(si.Status)
	}
	return waitGone, 0
}

// reap takes note of the end of the traced thread tid, if it has ended. To ask
// only for that doesn't keep the kernel from handing out stops, which then
// waitFor wouldn't see any more; so it looks first.
func reap(tid int) {
	si, err := waitid(pPID, tid, wExited|wNoHang|wNoWait)
	if err == nil && si.PID != 0 && si.Code != cldStopped && si.Code != cldTrapped {
		waitid(pPID, tid, wExited|wNoHang)
	}
}

func waitid(which, id int, options uintptr) (si unsafely.SigInfo, err error) {
	return unsafely.WaitID(which, id, options|wAll)
}

// waitAny waits until something has become of any thread that this one traces, and
// tells what; with wNoHang it doesn't wait. The end of the process pid it leaves to the
// parent.
func waitAny(pid int, options uintptr) (tid int, e waitEvent, status int) {
	for {
		si, err := waitid(pAll, 0, wStopped|wExited|wNoWait|wOwn|options)
		if err == syscall.EINTR {
			continue
		}
		stopped := si.Code == cldStopped || si.Code == cldTrapped
		tid = int(si.PID)
		switch {
		case err == nil && tid == 0:
			return 0, waitNothing, 0
		case err != nil || !stopped && tid == pid:
			return 0, waitEnded, 0
		}
		if e, status = waitFor(pid, tid); e != waitNothing {
			return tid, e, status
		}
	}
}
