//go:build amd64 || arm64

package monitor

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// The numbers of these system calls are the same on all architectures.
const (
	pidfdSendSignal = 424 // Linux 5.1
	pidfdOpen       = 434 // Linux 5.3, and what Start needs to wait for it 5.10
	pidfdGetfd      = 438 // Linux 5.6
)

// Traced reports whether a debugger traces the watched process.
func (w *Watch) Traced() bool {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", w.PID))
	_, after, ok := strings.Cut(string(b), "\nTracerPid:\t")
	return err == nil && ok && !strings.HasPrefix(after, "0\n")
}

// sameExecutable reports whether a process runs the same executable as this one. It is
// true if this one may not look, as the other one has given up rights since then.
func sameExecutable(pid int) bool {
	self, err1 := os.Stat("/proc/self/exe")
	other, err2 := os.Stat(fmt.Sprintf("/proc/%d/exe", pid))
	return err1 == nil && (errors.Is(err2, fs.ErrPermission) || err2 == nil && os.SameFile(self, other))
}

func isPipe(fd int) bool {
	var st syscall.Stat_t
	return syscall.Fstat(fd, &st) == nil && st.Mode&syscall.S_IFMT == syscall.S_IFIFO
}

func auxv(pid int) []byte {
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/auxv", pid))
	return b
}

// openPidfd returns a descriptor that stands for a process, -1 if there is none.
func openPidfd(pid int) int {
	fd, _, errno := syscall.RawSyscall(pidfdOpen, uintptr(pid), syscall.O_NONBLOCK, 0)
	if errno != 0 {
		return -1
	}
	return int(fd)
}

// waitForEnd closes ended when the watched process has ended. The pipe doesn't show that
// if another program has inherited its end.
func (w *Watch) waitForEnd() {
	if w.pidfd < 0 {
		return
	}
	f := os.NewFile(uintptr(w.pidfd), "process")
	conn, err := f.SyscallConn()
	if err != nil {
		return
	}
	go func() {
		for !w.gone() {
			asked := false
			if conn.Read(func(uintptr) bool { was := asked; asked = true; return was }) != nil {
				return
			}
		}
		close(w.ended)
	}()
}

// gone reports whether the watched process has ended.
func (w *Watch) gone() bool {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", w.PID))
	i := strings.LastIndexByte(string(b), ')')
	return err != nil || i < 0 || strings.HasPrefix(string(b[i:]), ") Z") || strings.HasPrefix(string(b[i:]), ") X")
}

// descriptor returns a descriptor of the watched process as one of this process,
// pidfd_getfd(2). It needs the right to trace that process.
func (w *Watch) descriptor(fd int) (int, error) {
	if w.pidfd < 0 {
		return -1, syscall.ENOSYS
	}
	own, _, errno := syscall.RawSyscall(pidfdGetfd, uintptr(w.pidfd), uintptr(fd), 0)
	if errno != 0 {
		return -1, os.NewSyscallError("pidfd_getfd", errno)
	}
	return int(own), nil
}

// Stderr returns the standard error that the watched process has now. This process takes
// it only when it needs it: others may wait for the last one to close it. If it can't be
// had, what is written to the file is lost.
func (w *Watch) Stderr() *os.File {
	const stderr = 2
	if fd, err := w.descriptor(stderr); err == nil {
		return os.NewFile(uintptr(fd), "stderr")
	}
	// What the watched process may only read must not be opened for writing.
	if s := standingOf(w.PID); s.err == nil && !s.reduced() {
		f, err := os.OpenFile(fmt.Sprintf("/proc/%d/fd/%d", w.PID, stderr),
			os.O_WRONLY|os.O_APPEND|syscall.O_NOCTTY|syscall.O_NONBLOCK, 0)
		if err == nil {
			return f
		}
	}
	return os.Stderr
}

// crashOutput returns the end of the pipe that the watched process writes to, -1 if it
// can't be had.
func (w *Watch) crashOutput() int {
	pipe, err := os.Readlink(fmt.Sprintf("/proc/self/fd/%d", crashFD))
	if err != nil {
		return -1
	}
	dir := fmt.Sprintf("/proc/%d/fd/", w.PID)
	names, _ := os.ReadDir(dir)
	for _, name := range names {
		fd, err := strconv.Atoi(name.Name())
		if err != nil {
			continue
		}
		if to, err := os.Readlink(dir + name.Name()); err == nil && to == pipe {
			own, _ := w.descriptor(fd)
			return own
		}
	}
	return -1
}
