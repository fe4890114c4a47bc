//go:build amd64 || arm64

package ptrace

import (
	"syscall"
	"time"

	"coredumpy/internal/unsafely"
)

// unstoppings is how often Unstopped makes a process go on.
const unstoppings = 8

// Unstopped makes this process go on, at the latest after d, if somebody stops it with a
// signal: otherwise a process that this one keeps stopped would stay stopped as long.
// That lasts for eight times d, or until end is called. The kernel sends SIGCONT, which
// has no effect on a running process.
//
// Each time has a timer of its own. A periodic timer stops for good once its signal has
// been ignored (since Linux 6.13), or once a new SIGSTOP has discarded the signal (any
// Linux).
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
