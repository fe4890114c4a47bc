package clock

import (
	"syscall"
	"time"
)

// EagerTries is how often Pause gives way without sleeping.
const EagerTries = 20

// Pause waits a little before the next try.
func Pause(try int) {
	if try < EagerTries {
		syscall.RawSyscall(syscall.SYS_SCHED_YIELD, 0, 0, 0)
		return
	}
	d := min(50*time.Microsecond<<min((try-EagerTries)/4, 10), time.Millisecond)
	ts := syscall.NsecToTimespec(int64(d))
	syscall.Nanosleep(&ts, nil)
}
