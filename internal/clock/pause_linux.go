package clock

import (
	"syscall"
	"time"
)

// EagerTries is how often Pause yields the processor before it begins to sleep.
const EagerTries = 20

// Pause waits a little before the next try, numbered from 0.
func Pause(try int) {
	if try < EagerTries {
		syscall.RawSyscall(syscall.SYS_SCHED_YIELD, 0, 0, 0)
		return
	}
	d := min(50*time.Microsecond<<min((try-EagerTries)/4, 10), time.Millisecond)
	ts := syscall.NsecToTimespec(int64(d))
	syscall.Nanosleep(&ts, nil)
}
