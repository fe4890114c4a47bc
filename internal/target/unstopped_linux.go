//go:build amd64 || arm64

package target

import (
	"syscall"
	"time"
	"unsafe"
)

// sigevent is what a timer does (sigevent(3type), asm-generic/siginfo.h).
type sigevent struct {
	value  uint64
	signal int32
	notify int32 // 0 is SIGEV_SIGNAL
	_      [48]byte
}

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
		const monotonic = 1 // CLOCK_MONOTONIC
		e := sigevent{signal: int32(syscall.SIGCONT)}
		var id int32
		if _, _, errno := syscall.Syscall(syscall.SYS_TIMER_CREATE, monotonic, uintptr(unsafe.Pointer(&e)), uintptr(unsafe.Pointer(&id))); errno != 0 {
			end()
			return nil, errno
		}
		timers = append(timers, id)
		once := [2]syscall.Timespec{1: syscall.NsecToTimespec(int64(d) * int64(i+1))} // no interval
		if _, _, errno := syscall.Syscall6(syscall.SYS_TIMER_SETTIME, uintptr(id), 0, uintptr(unsafe.Pointer(&once)), 0, 0, 0); errno != 0 {
			end()
			return nil, errno
		}
	}
	return end, nil
}
