//go:build amd64 || arm64

package target

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

// Stop stops all threads of a process, by ptrace if it may and otherwise by
// SIGSTOP, and returns within about limit. A child of this process is stopped
// by SIGSTOP too: the kernel would report its ptrace stops to whoever waits for
// it, such as exec.Cmd.Wait, as if it had ended.
func Stop(pid int, limit time.Duration) (*Stopped, error) { return stopProcess(pid, limit, false) }

// StopChild is Stop for a child of this process for which nobody waits before
// it has ended, so that it can be traced.
func StopChild(pid int, limit time.Duration) (*Stopped, error) { return stopProcess(pid, limit, true) }

// Seize is Stop by ptrace alone: nobody but the process itself can notice that.
func Seize(pid int, limit time.Duration) (*Stopped, error) {
	if _, err := checkStoppable(pid); err != nil {
		return nil, fmt.Errorf("stop: %w", err)
	}
	s, err := seize(pid, limit)
	if err != nil {
		return nil, fmt.Errorf("stop: %w", err)
	}
	return s, nil
}

func stopProcess(pid int, limit time.Duration, child bool) (*Stopped, error) {
	st, err := checkStoppable(pid)
	if err != nil {
		return nil, fmt.Errorf("stop: %w", err)
	}
	why := "it is a child of this process"
	if child || st.parent != os.Getpid() {
		s, err := seize(pid, limit)
		if err == nil {
			return s, nil
		}
		var refused *refusedError
		if !errors.As(err, &refused) {
			return nil, fmt.Errorf("stop: %w", err)
		}
		why = refused.Error()
	}
	// What can't be read needn't be stopped.
	if err := checkReadable(pid); err != nil {
		return nil, fmt.Errorf("stop: %w", err)
	}
	s, err := suspend(pid, limit)
	if err != nil {
		return nil, fmt.Errorf("stop: %w", err)
	}
	s.Note = joinNotes("stopped by SIGSTOP, since "+why, s.Note)
	return s, nil
}

// checkStoppable says why a process can't be one that Stop is for.
func checkStoppable(pid int) (taskStat, error) {
	if pid == os.Getpid() {
		return taskStat{}, fmt.Errorf("process %d is this one", pid)
	}
	if pid <= 0 {
		return taskStat{}, fmt.Errorf("no process %d", pid)
	}
	st, err := readStat(procPath(pid, "stat"))
	if err != nil {
		if errors.Is(err, os.ErrNotExist) {
			return st, fmt.Errorf("no process %d", pid)
		}
		return st, err
	}
	if tgid := statusNumber(procPath(pid, "status"), "Tgid"); tgid > 0 && tgid != pid {
		return st, fmt.Errorf("%d is a thread of process %d", pid, tgid)
	}
	if st.flags&kernelThread != 0 || st.ended() && hasEnded(pid) {
		return st, noMemoryError(pid, st)
	}
	return st, nil
}

// noMemoryError is about a process that has no memory (any more).
func noMemoryError(pid int, st taskStat) error {
	if st.flags&kernelThread != 0 {
		return fmt.Errorf("process %d is a part of the kernel", pid)
	}
	return endedError(pid)
}

func endedError(pid int) error { return fmt.Errorf("process %d has ended", pid) }

// checkReadable says why the memory of a process can't be read.
func checkReadable(pid int) error {
	f, _, err := openMem(pid)
	if err == nil {
		f.Close()
	}
	return err
}

// openMem opens the memory of a process, and tells which thread has it: the
// first one, unless that has ended. The kernel checks the right to read it now,
// not on reading.
func openMem(pid int) (mem *os.File, tid int, err error) {
	tid = pid
	st, err := readStat(procPath(pid, "stat"))
	if err == nil && st.flags&kernelThread != 0 {
		return nil, 0, noMemoryError(pid, st)
	}
	if err == nil && st.ended() {
		tids, _ := tasks(pid)
		for _, t := range tids {
			if st, err := readStat(taskPath(pid, t, "stat")); err == nil && !st.ended() {
				tid = t
			}
		}
	}
	mem, err = os.Open(taskPath(pid, tid, "mem"))
	switch {
	case err == nil:
		return mem, tid, nil
	case errors.Is(err, os.ErrNotExist):
		return nil, 0, fmt.Errorf("no process %d", pid)
	case errors.Is(err, syscall.ESRCH):
		return nil, 0, noMemoryError(pid, st)
	case errors.Is(err, syscall.EACCES), errors.Is(err, syscall.EPERM):
		return nil, 0, denied(pid)
	}
	return nil, 0, err
}

func joinNotes(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "; " + b
}
