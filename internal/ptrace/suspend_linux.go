//go:build amd64 || arm64

package ptrace

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"slices"
	"syscall"
	"time"

	"coredumpy/internal/clock"
	"coredumpy/internal/procfs"
)

// suspend stops a process by SIGSTOP, unless it is stopped already.
func suspend(pid int, limit time.Duration) (*Stopped, error) {
	p, err := os.FindProcess(pid) // so that a later process with this number isn't stopped
	if err != nil {
		return nil, err
	}
	release := func() error {
		defer p.Release()
		if err := p.Signal(syscall.SIGCONT); err != nil && !errors.Is(err, os.ErrProcessDone) {
			return fmt.Errorf("release: process %d: %w", pid, err)
		}
		return nil
	}
	again := func() { p.Signal(syscall.SIGSTOP) } // if it fails, it has ended
	if isStopped(pid) {
		release, again = p.Release, func() {}
	} else if err := p.Signal(syscall.SIGSTOP); err != nil {
		p.Release()
		if errors.Is(err, os.ErrProcessDone) {
			return nil, procfs.EndedError(pid)
		}
		return nil, fmt.Errorf("process %d can't be sent SIGSTOP: %w", pid, err)
	}
	s := &Stopped{Method: bySignal, release: release}
	s.Threads, s.Note, err = awaitStop(pid, limit, again)
	if err != nil {
		s.Release()
		return nil, err
	}
	return s, nil
}

// isStopped reports whether a signal has stopped all threads of a process.
func isStopped(pid int) bool {
	tids, _ := procfs.Tasks(pid)
	n := 0
	for _, tid := range tids {
		st, err := procfs.ReadStat(procfs.TaskPath(pid, tid, "stat"))
		if err != nil || st.Ended() {
			continue
		}
		if st.State != 'T' {
			return false
		}
		n++
	}
	return n > 0
}

// awaitStop waits until all threads of a process that got SIGSTOP are stopped. While some
// go on it calls again, which sends SIGSTOP once more: exec cancels a stop that has
// begun.
func awaitStop(pid int, limit time.Duration, again func()) (threads []Thread, note string, err error) {
	deadline := clock.Now().Add(limit)
	stuck := clock.Now() // when the last thread was seen to run
	sent := clock.Now()  // the last SIGSTOP
	var before []int
	for try := 0; ; try++ {
		running, left, resting := survey(pid)
		now := clock.Now()
		late := now.After(deadline)
		switch {
		case running > 0:
			stuck = now
			if now.Sub(sent) > watchInterval {
				again()
				sent = now
			}
		case !late && !slices.Equal(resting, before):
			// A thread that has stopped since the list was made may have started another
			// one before that.
			before = resting
			continue
		case left > 0 && !late && now.Sub(stuck) <= kernelGrace:
			// They may leave the kernel yet.
		case len(resting) > 0:
			return describeStopped(pid, resting), leftInKernel(left), nil
		case procfs.HasEnded(pid):
			return nil, "", procfs.EndedError(pid)
		}
		if late {
			return nil, "", fmt.Errorf("process %d didn't stop within %v: %d of its threads are still running",
				pid, limit, running)
		}
		clock.Pause(try)
	}
}

// survey counts the threads that run and those in uninterruptible system calls,
// and lists these and the stopped ones.
func survey(pid int) (running, uninterruptible int, resting []int) {
	tids, _ := procfs.Tasks(pid)
	for _, tid := range tids {
		st, err := procfs.ReadStat(procfs.TaskPath(pid, tid, "stat"))
		switch {
		case err != nil || st.Ended():
		case st.Stopped():
			resting = append(resting, tid)
		case st.Uninterruptible():
			uninterruptible++
			resting = append(resting, tid)
		default:
			running++
		}
	}
	return running, uninterruptible, resting
}

func describeStopped(pid int, tids []int) []Thread {
	namespace := procfs.InNamespace(pid)
	var threads []Thread
	for _, tid := range tids {
		th := Thread{TID: tid, ProcID: procfs.ProcID(pid, tid, namespace)}
		th.PC, th.SP = procfs.SleepingAt(pid, tid)
		threads = append(threads, th)
	}
	sortThreads(threads)
	return threads
}

func sortThreads(threads []Thread) {
	slices.SortFunc(threads, func(a, b Thread) int { return cmp.Compare(a.TID, b.TID) })
}

// leftInKernel is the note about threads that couldn't be stopped.
func leftInKernel(n int) string {
	switch n {
	case 0:
		return ""
	case 1:
		return "1 thread is in a system call that can't be interrupted"
	}
	return fmt.Sprintf("%d threads are in system calls that can't be interrupted", n)
}
