//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package clock

import (
	"syscall"
	"time"
)

func system() time.Time {
	var tv syscall.Timeval
	if syscall.Gettimeofday(&tv) != nil { // fails only for a bad address
		return time.Now()
	}
	return time.Unix(tv.Unix())
}

func sleep(d time.Duration) {
	timeout := syscall.NsecToTimeval(max(int64(d), 0))
	syscall.Select(0, nil, nil, nil, &timeout)
}
