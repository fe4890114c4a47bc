// Package clock tells the time, and waits, by the system's clock. So does package
// time, but not in a bubble of testing/synctest (Go 1.25), to which a goroutine
// belongs that was started there: it has a clock of its own, which begins in 2000
// and stands still while any goroutine of the bubble has something to do, such as
// to dump the process.
package clock

import (
	"sync"
	"time"
)

// Now returns the present time, local, as [time.Now] does. In a bubble it has no
// monotonic reading.
func Now() time.Time {
	now := time.Now()
	if fake(now) {
		return system()
	}
	return now
}

// Fake reports whether the calling goroutine is in a bubble. Timers, [time.Sleep]
// and channels that are made there are no good for waiting for what goes on
// outside.
func Fake() bool { return fake(time.Now()) }

// fake reports whether a time is by the clock of a bubble. Such a time has no
// monotonic reading, unlike all others until 2157 (runtime/time.go,
// time_runtimeNow; time/time.go, Now; Go 1.24 to 1.26).
func fake(now time.Time) bool { return now == now.Round(0) }

var sleeping sync.Mutex

// Sleep sleeps for d, or until a signal comes. It takes the goroutine's thread with
// it, and so that many sleepers don't take many threads, one sleeps at a time.
func Sleep(d time.Duration) {
	sleeping.Lock()
	defer sleeping.Unlock()
	sleep(d)
}
