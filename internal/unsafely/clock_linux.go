package unsafely

import (
	"syscall"
	"unsafe"
)

// Monotonic returns CLOCK_MONOTONIC in nanoseconds, which the runtime's clock shows in
// every process (runtime.nanotime1); 0 if it can't be read.
func Monotonic() int64 {
	const clockMonotonic = 1
	var t struct{ sec, nsec int64 }
	_, _, errno := syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, clockMonotonic, uintptr(unsafe.Pointer(&t)), 0)
	if errno != 0 {
		return 0
	}
	return t.sec*1e9 + t.nsec
}
