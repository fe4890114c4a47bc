//go:build amd64 || arm64

package ptrace

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"syscall"
	"time"

	"coredumpy/internal/clock"
	"coredumpy/internal/procfs"
)

// tracing is a program run by Trace. All its methods run on one thread.
type tracing struct {
	tracer
	started func()
	at      func(pid int) []uint64
	hit     func(*Hit) (alone bool)
	traps   map[uint64][]byte // what the breakpoints replace
	mem     *os.File
	err     error

	// wake is set until the SIGCONT that starts the program has come.
	wake bool
}

// traceLimit is how long stopping all threads at a breakpoint may take.
const traceLimit = 5 * time.Second

// Trace starts a command and returns when it has ended, so that cmd.Wait will return at
// once. It calls hit each time the program reaches a breakpoint.
//
// Trace calls started once the program may be sent signals. It calls at when the program
// has been loaded, and again when it replaces itself by another one; at returns the
// addresses of breakpoints in it. All threads are stopped while one of the three
// functions runs, and pid can be read. If hit reports alone, the other threads stay
// stopped until that thread has reached the next breakpoint, or for aloneLimit.
//
// Signals, job control and the exit status are those of a program that isn't traced.
// Processes that it starts aren't traced. But nothing else can trace the program, and
// set-user-ID executables get no privileges.
//
// An error from before the program was started is the one of cmd.Start, such as EPERM if
// tracing isn't permitted; then cmd.Process is nil. After any other error the program
// ran, but without breakpoints.
func Trace(cmd *exec.Cmd, started func(), at func(pid int) []uint64, hit func(*Hit) (alone bool)) error {
	t := &tracing{started: started, at: at, hit: hit}
	t.traced, t.tids, t.attached = map[int]*tracee{}, map[int]bool{}, true
	done := make(chan error, 1)
	onOwnThread(func() { done <- t.run(cmd) })
	return <-done
}

func (t *tracing) run(cmd *exec.Cmd) error {
	t.self = syscall.Gettid()
	err := t.start(cmd)
	if cmd.Process != nil {
		t.started()
	}
	if err != nil {
		return fmt.Errorf("trace: %w", err)
	}
	defer func() {
		if t.mem != nil {
			t.mem.Close()
		}
	}()
	for {
		tid, e, status := waitAny(t.pid, 0)
		if e == waitEnded {
			return t.err
		}
		if e == waitGone {
			t.forget(tid)
			continue
		}
		t.event(tid, status)
	}
}

// start starts the command and stops it before its first instruction. The command asks to
// be traced to get there, but the kernel's job control works only for what was seized; so
// it is released, stopped, and seized.
func (t *tracing) start(cmd *exec.Cmd) error {
	attr := syscall.SysProcAttr{}
	if cmd.SysProcAttr != nil {
		attr = *cmd.SysProcAttr
	}
	attr.Ptrace = true
	cmd.SysProcAttr = &attr
	if err := cmd.Start(); err != nil {
		return err
	}
	t.pid = cmd.Process.Pid
	err := t.awaitStop()
	if err == nil {
		err = ptrace(ptraceDetach, t.pid, 0, uintptr(syscall.SIGSTOP))
	}
	if err == nil {
		err = t.awaitStop()
	}
	if err == nil {
		err = ptrace(ptraceSeize, t.pid, 0, optionFork|optionClone|optionExec)
	}
	if err != nil { // somebody has killed it, or forbids seizing
		t.err = fmt.Errorf("trace: process %d can't be traced: %w", t.pid, err)
	} else {
		t.wake = true
		t.traced[t.pid] = &tracee{}
		if t.awaitStop() == nil {
			t.loaded()
		}
	}
	return errors.Join(cmd.Process.Signal(syscall.SIGCONT), t.resume(t.pid))
}

// awaitStop waits until the program's only thread is stopped. If it ends, cmd.Wait will
// see that.
func (t *tracing) awaitStop() error {
	for {
		si, err := waitid(pPID, t.pid, wStopped|wExited|wNoWait)
		if errors.Is(err, syscall.EINTR) {
			continue
		}
		if err == nil && si.Code != cldStopped && si.Code != cldTrapped {
			err = syscall.ESRCH
		}
		if err != nil {
			return err
		}
		si, err = waitid(pPID, t.pid, wStopped)
		if c := t.traced[t.pid]; c != nil {
			c.halt(int(si.Status))
		}
		return err
	}
}

// loaded is called when a program has been loaded and hasn't run yet.
func (t *tracing) loaded() {
	if t.mem != nil {
		t.mem.Close()
	}
	t.traps = map[uint64][]byte{}
	var err error
	if t.mem, err = os.OpenFile(procfs.Path(t.pid, "mem"), os.O_RDWR, 0); err != nil {
		t.fail(err)
		return
	}
	for _, addr := range t.at(t.pid) {
		was := make([]byte, len(trapInstruction))
		if _, err := t.mem.ReadAt(was, int64(addr)); err != nil {
			t.fail(fmt.Errorf("no memory at %#x", addr))
			continue
		}
		if t.traps[addr] == nil {
			t.traps[addr] = was
		}
	}
	t.setTraps(t.mem, true)
}

// fail notes the first error.
func (t *tracing) fail(err error) {
	if t.err == nil {
		t.err = fmt.Errorf("trace: process %d: breakpoints: %w", t.pid, err)
	}
}

// setTraps writes the breakpoints to memory, or the original code.
func (t *tracing) setTraps(mem *os.File, on bool) {
	for addr, b := range t.traps {
		if on {
			b = trapInstruction
		}
		_, err := mem.WriteAt(b, int64(addr))
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) { // then it has been killed
			t.fail(err)
		}
	}
}

// halted notes that a thread has stopped. It returns nil if the thread belongs to another
// process, which goes on.
func (t *tracing) halted(tid, status int) *tracee {
	c := t.traced[tid]
	if c == nil {
		if procfs.StatusNumber(procfs.Path(tid, "status"), "Tgid") != t.pid {
			t.dismiss(tid)
			return nil
		}
		c = &tracee{}
		t.traced[tid] = c
	}
	c.halt(status)
	return c
}

// event handles a thread that has stopped.
func (t *tracing) event(tid, status int) {
	c := t.halted(tid, status)
	switch {
	case c == nil:
		return
	case c.event == eventExec:
		for other := range t.traced { // the others are gone
			if other != tid {
				t.forget(other)
			}
		}
		t.loaded()
	case c.trapped():
		if addr, ok := t.rewind(tid); ok {
			c.signal = 0
			t.reached(tid, addr)
			return
		}
	case c.event == 0 && c.signal == int(syscall.SIGCONT) && t.wake:
		t.wake, c.signal = false, 0
	}
	t.resume(tid)
}

// dismiss releases a process that the program has started by fork. It has a copy of the
// breakpoints, which would kill it.
func (t *tracing) dismiss(pid int) {
	if mem, err := os.OpenFile(procfs.Path(pid, "mem"), os.O_RDWR, 0); err == nil {
		t.setTraps(mem, false)
		mem.Close()
		// If it shares the program's memory, the breakpoints are gone there, too.
		t.setTraps(t.mem, true)
	}
	ptrace(ptraceDetach, pid, 0, 0)
}

// resume lets a stopped thread go on.
func (t *tracing) resume(tid int) error {
	c := t.traced[tid]
	if c == nil || !c.stopped {
		return nil
	}
	request := ptraceCont
	if c.group && !t.wake {
		request = ptraceListen // a signal has stopped it, and it stays stopped
	}
	c.stopped = false
	err := ptrace(request, tid, 0, uintptr(c.signal))
	if errors.Is(err, syscall.ESRCH) {
		err = nil // killed
	}
	return err
}

// rewind reports whether a thread has just reached a breakpoint, and if so sets its pc
// back to it.
func (t *tracing) rewind(tid int) (addr uint64, ok bool) {
	gp, err := regSet(tid, ntPrstatus, prstatusSize)
	if err != nil || len(gp) != prstatusSize {
		return 0, false
	}
	addr = binary.LittleEndian.Uint64(gp[prstatusPC:]) - trapAdvance
	if t.traps[addr] == nil {
		return 0, false
	}
	// A SIGTRAP that somebody has sent has another code.
	if code, err := signalCode(tid); err != nil || code != siKernel && code != trapBrkpt {
		return 0, false
	}
	if trapAdvance > 0 {
		binary.LittleEndian.PutUint64(gp[prstatusPC:], addr)
		if setRegSet(tid, ntPrstatus, gp) != nil {
			return 0, false
		}
	}
	return addr, true
}

// reached stops all threads for a hit by one of them, and lets them go on afterwards.
func (t *tracing) reached(tid int, addr uint64) {
	for other, c := range t.traced {
		if !c.stopped {
			ptrace(ptraceInterrupt, other, 0, 0)
		}
	}
	t.deadline = time.Now().Add(traceLimit)
	err := t.stop()
	for other, c := range t.traced {
		if c.stopped && c.trapped() {
			if _, ok := t.rewind(other); ok {
				c.signal = 0 // it will reach the breakpoint again
			}
		}
	}
	for limit := time.Now().Add(aloneLimit); addr != 0 && t.traced[tid] != nil && !t.replaced(); {
		addr = t.pass(tid, addr, err == nil, limit)
	}
	for other, c := range t.traced {
		c.kernel = false
		if c.event == eventExec && c.stopped {
			t.loaded()
		}
		t.resume(other)
	}
}

// pass takes a thread over a breakpoint, and reports the hit if report is set. It returns the
// breakpoint that the thread reaches next while it goes on alone, 0 if it doesn't.
func (t *tracing) pass(tid int, addr uint64, report bool, limit time.Time) (next uint64) {
	t.setTraps(t.mem, false)
	alone := report && t.report(tid, addr)
	t.step(tid)
	t.setTraps(t.mem, true)
	c := t.traced[tid]
	if c == nil || c.event == eventExec {
		return 0
	}
	t.resume(tid)
	if !alone {
		return 0
	}
	return t.alone(tid, limit)
}

// aloneLimit is how long a thread may go on alone: it may be waiting for another one.
const aloneLimit = time.Second

// alone waits until a thread has reached a breakpoint while the others are stopped. It
// returns 0 if the thread hasn't reached one.
func (t *tracing) alone(tid int, limit time.Time) (addr uint64) {
	for try := 0; t.traced[tid] != nil && time.Now().Before(limit); try++ {
		other, e, status := waitAny(t.pid, wNoHang)
		switch e {
		case waitNothing:
			clock.Pause(try)
			continue
		case waitEnded:
			return 0
		case waitGone:
			t.forget(other)
			continue
		}
		switch c := t.halted(other, status); {
		case c == nil:
		case c.event == eventExec || other == tid && c.group:
			return 0
		case other != tid: // started by it, or it wasn't stopped in the kernel
		case c.trapped():
			if addr, ok := t.rewind(tid); ok {
				c.signal = 0
				return addr
			}
			fallthrough
		default:
			t.resume(tid)
		}
	}
	return 0
}

// report calls hit, unless the thread has been killed.
func (t *tracing) report(tid int, addr uint64) (alone bool) {
	t.threads = nil
	t.readThreads()
	first := slices.IndexFunc(t.threads, func(th Thread) bool { return th.TID == tid })
	if first < 0 {
		return false
	}
	th := t.threads[first]
	t.threads = slices.Insert(slices.Delete(t.threads, first, first+1), 0, th)
	write := func(b []byte, addr uint64) error {
		_, err := t.mem.WriteAt(b, int64(addr))
		return err
	}
	return t.hit(&Hit{PID: t.pid, Addr: addr, Threads: t.threads, Note: t.note, Write: write})
}

// replaced reports whether the program has replaced itself by another one while it was
// being stopped.
func (t *tracing) replaced() bool {
	c := t.traced[t.pid]
	return c != nil && c.stopped && c.event == eventExec
}

// step has a thread execute one instruction. Signals that come meanwhile are delivered
// later. If there are several, all but the last are sent again once the step is done:
// otherwise two signals would take turns for ever.
func (t *tracing) step(tid int) {
	c := t.traced[tid]
	var again []int
	defer func() {
		for _, signal := range again {
			tgkill(t.pid, tid, signal)
		}
	}()
	for c.stopped {
		pending := c.signal
		if ptrace(ptraceSingleStep, tid, 0, 0) != nil || !t.awaitStep(tid, c) {
			return
		}
		if c.trapped() {
			c.signal = pending
			return
		}
		// A signal or an interruption came first.
		switch {
		case c.signal == 0:
			c.signal = pending
		case pending != 0 && pending != c.signal:
			again = append(again, pending)
		}
		if c.event != 0 && c.event != eventStop || c.group || synchronous(c.signal) || !t.atTrap(tid) {
			return
		}
	}
}

// atTrap reports whether a thread is at an instruction with a breakpoint, so that the kernel
// hasn't executed the instruction.
func (t *tracing) atTrap(tid int) bool {
	gp, err := regSet(tid, ntPrstatus, prstatusSize)
	return err == nil && len(gp) == prstatusSize && t.traps[binary.LittleEndian.Uint64(gp[prstatusPC:])] != nil
}

// awaitStep waits until a thread that goes on has stopped. It reports false if the thread has
// been killed.
func (t *tracing) awaitStep(tid int, c *tracee) bool {
	for c.stopped = false; !c.stopped && t.traced[tid] != nil; {
		si, err := waitid(pPID, tid, wStopped|wExited|wNoWait)
		if errors.Is(err, syscall.EINTR) {
			continue
		}
		if err != nil || si.Code != cldStopped && si.Code != cldTrapped {
			return false
		}
		t.poll(tid, c)
	}
	return true
}

// synchronous reports whether an instruction can have caused a signal.
func synchronous(signal int) bool {
	switch syscall.Signal(signal) {
	case syscall.SIGSEGV, syscall.SIGBUS, syscall.SIGILL, syscall.SIGFPE:
		return true
	}
	return false
}
