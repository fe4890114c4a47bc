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

// ptrace calls ptrace(2). It must run on the thread that seized tid, except for a first
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

// signalCode returns the code of the signal that a thread has stopped for.
func signalCode(tid int) (int32, error) {
	si, err := unsafely.PtraceSigInfo(ptraceGetSigInfo, tid)
	return si.Code, err
}

func tgkill(pid, tid, signal int) {
	syscall.Syscall(syscall.SYS_TGKILL, uintptr(pid), uintptr(tid), uintptr(signal))
}

// waitEvent is what has happened to a traced thread.
type waitEvent int

const (
	waitNothing waitEvent = iota
	waitStopped
	waitGone
	waitEnded // with the process, or nothing is traced
)

// waitFor asks what has happened to the traced thread tid, without waiting. status is the
// signal that stopped it, with the ptrace event above it.
//
// It never takes the end of a process away from its parent, which may be this process, so
// it doesn't see the end of the first thread.
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

// reap collects the traced thread tid, if it has ended. A call that asks only for ended
// threads may still take a stop, which waitFor would then miss. So reap looks first.
func reap(tid int) {
	si, err := waitid(pPID, tid, wExited|wNoHang|wNoWait)
	if err == nil && si.PID != 0 && si.Code != cldStopped && si.Code != cldTrapped {
		waitid(pPID, tid, wExited|wNoHang)
	}
}

func waitid(which, id int, options uintptr) (si unsafely.SigInfo, err error) {
	return unsafely.WaitID(which, id, options|wAll)
}

// waitAny waits until something has happened to any thread that this one traces, and
// returns what; with wNoHang it doesn't wait. It leaves the end of the process pid to the
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
