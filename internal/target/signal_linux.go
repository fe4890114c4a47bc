package target

import (
	"syscall"
	"unsafe"
)

// maxSignalStack bounds what is copied of a signal stack, from its upper end.
// A signal's context is there.
const maxSignalStack = 16 << 10

// SignalStack returns a copy of the calling thread's signal stack, with the
// registers from before the last signal. It returns nil if there is none.
func SignalStack() []byte {
	var s struct { // stack_t, sigaltstack(2)
		sp    uintptr
		flags int32
		size  uintptr
	}
	if _, _, errno := syscall.RawSyscall(syscall.SYS_SIGALTSTACK, 0, uintptr(unsafe.Pointer(&s)), 0); errno != 0 || s.sp == 0 {
		return nil
	}
	b := make([]byte, min(s.size, maxSignalStack))
	load(b, s.sp+s.size-uintptr(len(b)))
	return b
}
