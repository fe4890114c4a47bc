package unsafely

import (
	"syscall"
	"unsafe"
)

// Monotonic returns what the runtime's clock shows in every process, in
// nanoseconds: CLOCK_MONOTONIC (runtime.nanotime1). 0 if that can't be told.
func Monotonic() int64 {
	const clockMonotonic = 1
	var t struct{ sec, nsec int64 }
	_, _, errno := syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, clockMonotonic, uintptr(unsafe.Pointer(&t)), 0)
	if errno != 0 {
		return 0
	}
	return t.sec*1e9 + t.nsec
}
