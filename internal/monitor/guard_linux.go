//go:build amd64 || arm64

package monitor

import (
	"os"
	"syscall"
	"time"
)

// Descriptors of a guard.
const (
	pollFD    = 3 // is told of a crash, or the end of the other process, see Guard
	watcherFD = 4 // a pidfd of the watcher
)

// Guard has another process end this one if it isn't done patience after the crash or the
// end of the process that is watched: it may be stopped, or hang. The other one doesn't
// have the pipe open, only what polls it, or the end of the watcher wouldn't let a crash go on.
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

// Close ends what Guard has started, if anything.
func (w *Watch) Close() {
	if w.guard == nil || w.guard.Kill() != nil { // after Descend this one may not; the guard sees its end
		return
	}
	w.guard.Wait() // or it would be left to process 1, which may not wait for it
	w.guard = nil
}

// beGuard waits for what its watcher waits for, and ends it if it isn't done in time.
func beGuard(patience time.Duration) {
	unseen("coredumpy-guard")
	poll, watched := os.NewFile(pollFD, "poll"), os.NewFile(watcherFD, "process")
	if err := pollAlso(poll, watcherFD); err != nil {
		os.Exit(1)
	}
	e, err := nextEvent(poll, -1)
	if err == nil && e.Fd != watcherFD {
		e, err = nextEvent(poll, patience) // the pipe is polled once
	}
	if err == nil && e.Fd != watcherFD {
		syscall.RawSyscall6(pidfdSendSignal, watched.Fd(), uintptr(syscall.SIGKILL), 0, 0, 0, 0)
	}
	os.Exit(0)
}

// pollOnce returns what tells once that there is something to be read from fd, or nobody
// writes to it any more.
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

// pollAlso has poll tell of another descriptor as well, and again and again.
func pollAlso(poll *os.File, fd int) error { return pollFor(poll, fd, syscall.EPOLLIN) }

func pollFor(poll *os.File, fd int, events uint32) error {
	e := syscall.EpollEvent{Events: events, Fd: int32(fd)}
	return os.NewSyscallError("epoll_ctl", syscall.EpollCtl(int(poll.Fd()), syscall.EPOLL_CTL_ADD, fd, &e))
}

// nextEvent waits as long as patience says, for ever if that is negative. If nothing has
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
