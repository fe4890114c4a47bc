//go:build unix

package benchtest

import (
	"syscall"
	"time"
)

// cpuTime returns the time that this process has used on all processors.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
