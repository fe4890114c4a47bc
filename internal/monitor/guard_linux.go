//go:build amd64 || arm64

package monitor

import (
	"os"
	"syscall"
	"time"
)

// Descriptors of a guard.
const (
	pollFD    = 3 // becomes readable at a crash, or at the end of the watched process, see Guard
	watcherFD = 4 // a pidfd of the watcher
)

// Guard starts a process that kills this one if it isn't done patience after the watched
// process crashed or ended: it may be stopped, or hang. The guard doesn't have the pipe
// open, only a descriptor that polls it: otherwise the crash couldn't go on when the
// watcher ends.
func (w *Watch) Guard(patience time.Duration) error {
	poll, err := pollOnce(crashFD)
	if err != nil {
		return err
	}
	defer poll.Close()
	own := openPidfd(os.Getpid())
	if own < 0 {
		return os.NewSyscallError("pidfd_open", syscall.ENOSYS)
	}
	self := os.NewFile(uintptr(own), "process")
	defer self.Close()
	w.guard, err = startProcess(guard+" "+patience.String(), w.PID, poll, self)
	return err
}

// Close ends the guard, if there is one.
func (w *Watch) Close() {
	if w.guard == nil || w.guard.Kill() != nil { // after Descend it may be forbidden; the guard sees this process's end
		return
	}
	w.guard.Wait() // otherwise it is left to process 1, which may not wait for it
	w.guard = nil
}

// beGuard waits for what its watcher waits for, and kills the watcher if it isn't done in
// time.
func beGuard(patience time.Duration) {
	unseen("coredumpy-guard")
	poll, watched := os.NewFile(pollFD, "poll"), os.NewFile(watcherFD, "process")
	if err := pollAlso(poll, watcherFD); err != nil {
		os.Exit(1)
	}
	e, err := nextEvent(poll, -1)
	if err == nil && e.Fd != watcherFD {
		e, err = nextEvent(poll, patience) // the pipe is reported once
	}
	if err == nil && e.Fd != watcherFD {
		syscall.RawSyscall6(pidfdSendSignal, watched.Fd(), uintptr(syscall.SIGKILL), 0, 0, 0, 0)
	}
	os.Exit(0)
}

// pollOnce returns a descriptor that becomes readable, once, when fd can be read or
// nobody writes to it any more.
func pollOnce(fd int) (*os.File, error) {
	poll, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("epoll_create1", err)
	}
	f := os.NewFile(uintptr(poll), "poll")
	if err := pollFor(f, fd, syscall.EPOLLIN|1<<30); err != nil { // EPOLLONESHOT
		f.Close()
		return nil, err
	}
	return f, nil
}

// pollAlso adds a descriptor to poll, which reports it each time.
func pollAlso(poll *os.File, fd int) error { return pollFor(poll, fd, syscall.EPOLLIN) }

func pollFor(poll *os.File, fd int, events uint32) error {
	e := syscall.EpollEvent{Events: events, Fd: int32(fd)}
	return os.NewSyscallError("epoll_ctl", syscall.EpollCtl(int(poll.Fd()), syscall.EPOLL_CTL_ADD, fd, &e))
}

// nextEvent waits for patience, or without a limit if that is negative. If nothing has
// happened by then it returns the zero event.
func nextEvent(poll *os.File, patience time.Duration) (syscall.EpollEvent, error) {
	var events [1]syscall.EpollEvent
	for end := time.Now().Add(patience); ; {
		ms := -1
		if patience >= 0 {
			ms = int(max(time.Until(end), 0).Milliseconds())
		}
		_, err := syscall.EpollWait(int(poll.Fd()), events[:], ms)
		if err != syscall.EINTR {
			return events[0], os.NewSyscallError("epoll_wait", err)
		}
	}
}
