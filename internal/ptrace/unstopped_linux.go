//go:build amd64 || arm64

package ptrace

import (
	"syscall"
	"time"

	"coredumpy/internal/unsafely"
)

// unstoppings is how often Unstopped has a process go on.
const unstoppings = 8

// Unstopped has this process go on, at the latest after d, if somebody stops it with a
// signal: another one that it keeps stopped would be stopped as long. That lasts for
// eight times d, or until end is called. The kernel sends SIGCONT, which does nothing to a
// process that runs.
//
// Each time has a timer of its own. One that goes off again and again stands still, since
// Linux 6.13, once its signal has been ignored, and with any Linux once it has been taken
// back by a new SIGSTOP.
func Unstopped(d time.Duration) (end func(), err error) {
	var timers []int32
	end = func() {
		for _, id := range timers {
			syscall.Syscall(syscall.SYS_TIMER_DELETE, uintptr(id), 0, 0)
		}
	}
	for i := range unstoppings {
		id, err := unsafely.NewSignalTimer(syscall.SIGCONT)
		if err != nil {
			end()
			return nil, err
		}
		timers = append(timers, id)
		if err := unsafely.SetTimer(id, d*time.Duration(i+1)); err != nil {
			end()
			return nil, err
		}
	}
	return end, nil
}
