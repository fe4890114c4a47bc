//go:build amd64 || arm64

package ptrace

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"

	"coredumpy/internal/clock"
	"coredumpy/internal/procfs"
)

// tracer stops a process by ptrace. Everything but reap and end runs on one thread: the
// kernel accepts calls from no other.
type tracer struct {
	pid      int
	self     int // the thread
	deadline time.Time
	traced   map[int]*tracee
	threads  []Thread
	note     string
	attached bool // the kernel makes this process the tracer of new threads

	quit     chan struct{}
	released chan error

	mu   sync.Mutex
	tids map[int]bool // all traced ones but the first
}

// tracee is a traced thread.
type tracee struct {
	stopped bool
	kernel  bool // it is left in the kernel
	signal  int  // the signal that it was about to get when it stopped
	event   int  // otherwise the event that it stopped for
	group   bool // a signal has stopped it, with the others
}

// trapped reports whether the thread has stopped at a breakpoint, or after a single step.
func (c *tracee) trapped() bool { return c.event == 0 && c.signal == int(syscall.SIGTRAP) }

// halt notes that the thread has stopped. The cause may be a signal instead of this
// process's interruption; then the thread still has to get it.
func (c *tracee) halt(status int) {
	signal := status & 0x7f
	*c = tracee{stopped: true, event: status >> 8}
	switch {
	case c.event == 0:
		c.signal = signal
	case c.event == eventStop && signal != int(syscall.SIGTRAP):
		c.group = true
	}
}

// refusedError says that the kernel refuses to trace a process.
type refusedError struct {
	err error
	by  int // the thread that traces it already, or 0
}

func (e *refusedError) Error() string {
	if e.by == 0 {
		return fmt.Sprintf("the kernel refuses to trace it (%v)", e.err)
	}
	comm, _ := os.ReadFile(procfs.Path(e.by, "comm"))
	return fmt.Sprintf("process %d (%s) traces it already", e.by, strings.TrimSpace(string(comm)))
}

const (
	// watchInterval is how often a tracer that doesn't return is helped.
	watchInterval = 20 * time.Millisecond
	// overtime is how much longer than its limit a tracer may take.
	overtime = 500 * time.Millisecond
	// kernelGrace is how long a thread may stay in an uninterruptible system call when
	// all others are stopped. Starting a process (vfork) takes less.
	kernelGrace = 20 * time.Millisecond
)

// seize stops a process by ptrace.
func seize(pid int, limit time.Duration) (*Stopped, error) {
	t := &tracer{
		pid: pid, traced: map[int]*tracee{}, tids: map[int]bool{},
		quit: make(chan struct{}), released: make(chan error, 1),
	}
	stopped := make(chan error, 1)
	onOwnThread(func() { t.run(limit, stopped) })
	watch := time.NewTicker(watchInterval)
	defer watch.Stop()
	late := time.NewTimer(limit + overtime)
	defer late.Stop()
	for {
		select {
		case err := <-stopped:
			if err != nil {
				return nil, err
			}
			return &Stopped{Threads: t.threads, Method: byPtrace, Note: t.note, release: t.end}, nil
		case <-watch.C:
			t.reap()
		case <-late.C:
			close(t.quit)
			return nil, fmt.Errorf("process %d didn't stop within %v", pid, limit)
		}
	}
}

// onOwnThread runs f in a goroutine that has a thread for itself. The thread ends with f,
// and then the kernel releases all that it traces. The first thread of a process never
// ends, so it isn't used.
func onOwnThread(f func()) {
	locked := make(chan struct{})
	go func() {
		runtime.LockOSThread()
		if syscall.Gettid() == os.Getpid() {
			onOwnThread(f)
			runtime.UnlockOSThread()
			close(locked)
			return
		}
		close(locked)
		f()
	}()
	<-locked
}

func (t *tracer) run(limit time.Duration, stopped chan<- error) {
	t.self = syscall.Gettid()
	t.deadline = time.Now().Add(limit)
	err := t.stop()
	if err == nil {
		t.readThreads()
		stopped <- nil
		<-t.quit
	}
	t.released <- t.detach()
	if err != nil {
		stopped <- err
	}
}

// end makes run release the process, and waits for its thread to end. Threads left in the
// kernel need that to go on, and so does one that has called exec meanwhile, which now
// has another number.
func (t *tracer) end() error {
	close(t.quit)
	err := <-t.released
	for try := range 5 * clock.EagerTries {
		if _, gone := os.Stat(procfs.TaskPath(os.Getpid(), t.self, "")); gone != nil {
			break
		}
		clock.Pause(try)
	}
	return err
}

// reap collects threads that have ended, in place of a tracer that may hang in
// ptraceSeize. ptraceSeize waits until an exec of the process is finished, which waits
// until all other threads are gone, traced ones included.
func (t *tracer) reap() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for tid := range t.tids {
		reap(tid)
	}
}

// stop stops all threads. When the known ones are stopped, only an unknown one can start
// others; and a list of threads can lack one while others end. So two lists in a row must
// have no new thread.
func (t *tracer) stop() error {
	for same := 0; same < 2; same++ {
		tids, err := procfs.Tasks(t.pid)
		if err != nil && procfs.HasEnded(t.pid) {
			return procfs.EndedError(t.pid)
		}
		found, err := t.seizeNew(tids)
		if err != nil {
			return err
		}
		t.await()
		none := len(t.traced) == 0 // all may have been replaced by an exec
		if none && procfs.HasEnded(t.pid) {
			return procfs.EndedError(t.pid)
		}
		if found || none {
			same = -1
		}
		if time.Now().After(t.deadline.Add(overtime)) {
			return fmt.Errorf("process %d didn't stop: it keeps starting threads", t.pid)
		}
	}
	return nil
}

// seizeNew seizes those of the threads that aren't traced yet. It reports whether there was
// one.
func (t *tracer) seizeNew(tids []int) (found bool, err error) {
	for _, tid := range tids {
		if t.traced[tid] != nil {
			continue
		}
		traced, err := t.seize(tid)
		if err != nil {
			return found, err
		}
		found = found || traced
	}
	return found, nil
}

// seize makes this thread the tracer of another thread, and makes that stop. It reports
// false if the other thread no longer exists.
func (t *tracer) seize(tid int) (bool, error) {
	for try := 0; !t.attached; try++ {
		err := ptrace(ptraceSeize, tid, 0, 0)
		if err == nil {
			break
		}
		if errors.Is(err, syscall.ESRCH) {
			return false, nil
		}
		st, e := procfs.ReadStat(procfs.TaskPath(t.pid, tid, "stat"))
		if e != nil || st.Ended() {
			return false, nil
		}
		// A thread that calls exec gets the number of the first one, which has ended. It
		// stays traced if it was.
		by := procfs.StatusNumber(procfs.TaskPath(t.pid, tid, "status"), "TracerPid")
		if by == t.self {
			break
		}
		if by != 0 || try == clock.EagerTries {
			return false, &refusedError{err: err, by: by}
		}
		clock.Pause(try)
	}
	if t.attached && procfs.StatusNumber(procfs.TaskPath(t.pid, tid, "status"), "TracerPid") != t.self {
		return false, nil
	}
	t.traced[tid] = &tracee{}
	if tid != t.pid {
		t.mu.Lock()
		t.tids[tid] = true
		t.mu.Unlock()
	}
	ptrace(ptraceInterrupt, tid, 0, 0) // if it fails, the thread has ended
	return true, nil
}

// await waits until all traced threads have stopped, or can be left in the kernel. After
// some time all are there: an interrupted thread runs no more code of its own.
func (t *tracer) await() {
	var stuck time.Time // the time since which only uninterruptible ones are left
	for try := 0; ; try++ {
		waiting, mayStop := t.pollAll(try >= clock.EagerTries)
		if waiting == 0 {
			return
		}
		now := time.Now()
		if mayStop {
			stuck = now
		}
		if now.After(t.deadline) || !stuck.IsZero() && now.Sub(stuck) > kernelGrace {
			for _, c := range t.traced {
				c.kernel = !c.stopped
			}
			return
		}
		clock.Pause(try)
	}
}

// pollAll returns how many traced threads haven't stopped yet, and whether one of them isn't
// in an uninterruptible wait. With look it finds that out, and forgets those that have ended.
func (t *tracer) pollAll(look bool) (waiting int, mayStop bool) {
	for tid, c := range t.traced {
		if c.stopped || c.kernel || !t.poll(tid, c) {
			continue
		}
		waiting++
		if !look {
			mayStop = true
			continue
		}
		st, err := procfs.ReadStat(procfs.TaskPath(t.pid, tid, "stat"))
		if err != nil || st.Ended() && tid == t.pid {
			t.forget(tid)
			waiting--
		} else if !st.Uninterruptible() {
			mayStop = true
		}
	}
	return waiting, mayStop
}

// poll notes whether a thread has stopped or ended. It reports whether to wait for it any
// longer.
func (t *tracer) poll(tid int, c *tracee) bool {
	e, status := waitFor(t.pid, tid)
	switch e {
	case waitNothing:
		return true
	case waitGone:
		t.forget(tid)
	case waitStopped:
		c.halt(status)
	}
	return false
}

// forget removes a thread that has ended.
func (t *tracer) forget(tid int) {
	delete(t.traced, tid)
	t.mu.Lock()
	delete(t.tids, tid)
	t.mu.Unlock()
}

// readThreads reads the registers of the stopped threads.
func (t *tracer) readThreads() {
	namespace := procfs.InNamespace(t.pid)
	left := 0
	for tid, c := range t.traced {
		th := Thread{TID: tid, ProcID: procfs.ProcID(t.pid, tid, namespace)}
		if c.stopped {
			gp, err := regSet(tid, ntPrstatus, prstatusSize)
			if errors.Is(err, syscall.ESRCH) {
				continue // killed
			}
			if len(gp) == prstatusSize {
				fp, _ := regSet(tid, ntPrfpreg, fpregsSize)
				th.Regs, th.PC, th.SP = threadRegs(gp, fp)
			}
		} else {
			left++
			th.PC, th.SP = procfs.SleepingAt(t.pid, tid)
		}
		t.threads = append(t.threads, th)
	}
	sortThreads(t.threads)
	t.note = leftInKernel(left)
}

// detach lets all threads go on, with the signals that they were about to get. Threads
// left in the kernel go on when this thread ends.
func (t *tracer) detach() error {
	var errs []error
	for tid, c := range t.traced {
		if !c.stopped {
			t.poll(tid, c)
		}
		if !c.stopped {
			continue
		}
		err := ptrace(ptraceDetach, tid, 0, uintptr(c.signal))
		if err != nil && !errors.Is(err, syscall.ESRCH) {
			errs = append(errs, fmt.Errorf("release: thread %d of process %d: %w", tid, t.pid, err))
		}
		delete(t.traced, tid)
	}
	return errors.Join(errs...)
}
