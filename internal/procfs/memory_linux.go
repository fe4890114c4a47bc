//go:build amd64 || arm64

package procfs

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// OpenMemory opens the memory of a process, and returns the thread that has it: the first
// one, unless that has ended. The kernel checks the permission now, not when the memory
// is read.
func OpenMemory(pid int) (mem *os.File, tid int, err error) {
	tid = pid
	st, err := ReadStat(Path(pid, "stat"))
	if err == nil && st.OfKernel() {
		return nil, 0, NoMemoryError(pid, st)
	}
	if err == nil && st.Ended() {
		tids, _ := Tasks(pid)
		for _, t := range tids {
			if st, err := ReadStat(TaskPath(pid, t, "stat")); err == nil && !st.Ended() {
				tid = t
			}
		}
	}
	mem, err = os.Open(TaskPath(pid, tid, "mem"))
	switch {
	case err == nil:
		return mem, tid, nil
	case errors.Is(err, os.ErrNotExist):
		return nil, 0, fmt.Errorf("no process %d", pid)
	case errors.Is(err, syscall.ESRCH):
		return nil, 0, NoMemoryError(pid, st)
	case errors.Is(err, syscall.EACCES), errors.Is(err, syscall.EPERM):
		return nil, 0, denied(pid)
	}
	return nil, 0, err
}

// NoMemoryError returns the error for a process that has no memory, or none any more.
func NoMemoryError(pid int, st Stat) error {
	if st.OfKernel() {
		return fmt.Errorf("process %d is a part of the kernel", pid)
	}
	return EndedError(pid)
}

// EndedError returns the error for a process that has ended.
func EndedError(pid int) error { return fmt.Errorf("process %d has ended", pid) }
