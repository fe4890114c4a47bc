// Package clock tells the time, and waits, by the system's clock. Package time does so,
// too, except on a goroutine that was started in a bubble of testing/synctest (Go 1.25):
// a bubble has a clock of its own, which begins in 2000 and stands still while any of its
// goroutines has something to do, such as to dump the process.
package clock

import (
	"sync"
	"time"
)

// Now returns the present local time, as [time.Now] does. In a bubble it has no monotonic
// reading.
func Now() time.Time {
	now := time.Now()
	if fake(now) {
		return system()
	}
	return now
}

// Fake reports whether the calling goroutine is in a bubble. Timers, [time.Sleep] and
// channels that are made there can't be used to wait for what happens outside.
func Fake() bool { return fake(time.Now()) }

// fake reports whether a time comes from the clock of a bubble. Such a time has no
// monotonic reading, unlike all others until 2157 (runtime/time.go, time_runtimeNow;
// time/time.go, Now; Go 1.24 to 1.27).
func fake(now time.Time) bool { return now == now.Round(0) }

var sleeping sync.Mutex

// Sleep sleeps for d, or until a signal comes. It blocks the goroutine's thread. One
// goroutine sleeps at a time, so that many don't block many threads.
func Sleep(d time.Duration) {
	sleeping.Lock()
	defer sleeping.Unlock()
	sleep(d)
}
