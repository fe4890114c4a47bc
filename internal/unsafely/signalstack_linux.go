package unsafely

import (
	"syscall"
	"unsafe"
)

// SignalStack returns the lowest address and the size of the calling thread's signal
// stack, sigaltstack(2); 0 if there is none.
func SignalStack() (sp, size uintptr) {
	var s struct { // stack_t
		sp    uintptr
		flags int32
		size  uintptr
	}
	_, _, errno := syscall.RawSyscall(syscall.SYS_SIGALTSTACK, 0, uintptr(unsafe.Pointer(&s)), 0)
	if errno != 0 {
		return 0, 0
	}
	return s.sp, s.size
}
