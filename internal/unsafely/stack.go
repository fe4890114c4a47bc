//go:build amd64 || arm64

package unsafely

import "unsafe"

// InnermostPanic returns field _panic of the calling goroutine's runtime.g. It is the
// word after stack, stackguard0 and stackguard1 in all versions from Go 1.9 or earlier to
// 1.27 (runtime/runtime2.go). It isn't 0 while a panic, or runtime.Goexit, runs deferred
// calls.
func InnermostPanic() uintptr

// StackEnd returns stack.hi, the second word of the calling goroutine's runtime.g.
func StackEnd() uintptr

// InterfaceInPanic returns the interface at an offset in the innermost panic. The panic
// is on the stack, which must not move meanwhile.
//
//go:nosplit
//go:norace
//go:nocheckptr
func InterfaceInPanic(offset uintptr) any {
	addr := InnermostPanic() + offset
	return **(**any)(unsafe.Pointer(&addr))
}

// BeyondPanic returns the distance from the innermost panic to where the word at an
// offset in it points.
//
//go:nosplit
//go:norace
//go:nocheckptr
func BeyondPanic(offset uintptr) uintptr {
	base := InnermostPanic()
	addr := base + offset
	return **(**uintptr)(unsafe.Pointer(&addr)) - base
}

// framePointer returns the frame pointer. It points to the caller's frame pointer, which
// the return address follows.
func framePointer() uintptr

// ReturnAddresses stores the return addresses of the calls on the calling goroutine's
// stack, innermost first, and returns their number. Unlike [runtime.Callers] it includes
// functions that the compiler made.
//
//go:nosplit
//go:norace
//go:nocheckptr
func ReturnAddresses(pcs []uintptr) int {
	fp := framePointer()
	for i := range pcs {
		if fp == 0 {
			return i
		}
		frame := *(**[2]uintptr)(unsafe.Pointer(&fp))
		fp, pcs[i] = frame[0], frame[1]
	}
	return len(pcs)
}
