package clock

import (
	"syscall"
	"time"
)

func system() time.Time {
	var t syscall.Filetime
	syscall.GetSystemTimeAsFileTime(&t)
	return time.Unix(0, t.Nanoseconds())
}

// sleep waits for the end of this process, and gives up after d.
func sleep(d time.Duration) {
	if self, err := syscall.GetCurrentProcess(); err == nil {
		syscall.WaitForSingleObject(self, uint32(max(d.Milliseconds(), 1)))
	}
}
