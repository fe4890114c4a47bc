//go:build amd64 || arm64

package ptrace

import (
	"errors"
	"fmt"
	"os"
	"time"

	"coredumpy/internal/procfs"
)

// Stop stops all threads of a process, by ptrace if that is permitted and otherwise by
// SIGSTOP, and returns within about limit. A child of this process is also stopped by
// SIGSTOP: the kernel would report its ptrace stops to whoever waits for it, such as
// exec.Cmd.Wait, as if it had ended.
func Stop(pid int, limit time.Duration) (*Stopped, error) { return stopProcess(pid, limit, false) }

// StopChild is Stop for a child of this process that can be traced because nobody waits
// for it before it has ended.
func StopChild(pid int, limit time.Duration) (*Stopped, error) { return stopProcess(pid, limit, true) }

// Seize stops a process as Stop does, but by ptrace alone: only the process itself can
// notice that.
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
	if child || st.Parent != os.Getpid() {
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
	// A process that can't be read needn't be stopped.
	if err := checkReadable(pid); err != nil {
		return nil, fmt.Errorf("stop: %w", err)
	}
	s, err := suspend(pid, limit)
	if err != nil {
		return nil, fmt.Errorf("stop: %w", err)
	}
	s.Note = joinNotes("stopped by SIGSTOP, because "+why, s.Note)
	return s, nil
}

// checkStoppable returns an error that says why Stop can't stop a process.
func checkStoppable(pid int) (procfs.Stat, error) {
	if pid == os.Getpid() {
		return procfs.Stat{}, fmt.Errorf("process %d is this one", pid)
	}
	if pid <= 0 {
		return procfs.Stat{}, fmt.Errorf("no process %d", pid)
	}
	st, err := procfs.ReadStat(procfs.Path(pid, "stat"))
	if err != nil {
		if errors.Is(err, os.ErrNotExist) {
			return st, fmt.Errorf("no process %d", pid)
		}
		return st, err
	}
	if tgid := procfs.StatusNumber(procfs.Path(pid, "status"), "Tgid"); tgid > 0 && tgid != pid {
		return st, fmt.Errorf("%d is a thread of process %d", pid, tgid)
	}
	if st.OfKernel() || st.Ended() && procfs.HasEnded(pid) {
		return st, procfs.NoMemoryError(pid, st)
	}
	return st, nil
}

// checkReadable returns an error that says why the memory of a process can't be read.
func checkReadable(pid int) error {
	f, _, err := procfs.OpenMemory(pid)
	if err == nil {
		f.Close()
	}
	return err
}

func joinNotes(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "; " + b
}
