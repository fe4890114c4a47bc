//go:build !darwin && !dragonfly && !freebsd && !linux && !netbsd && !openbsd && !windows

package clock

import "time"

// The system's clock can't be read on this system: in a bubble the clock is the bubble's.

func system() time.Time { return time.Now() }

func sleep(d time.Duration) { time.Sleep(d) }
