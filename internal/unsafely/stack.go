//go:build amd64 || arm64

package unsafely

import "unsafe"

// InnermostPanic returns the word of the calling goroutine's runtime.g that has been
// _panic in every version at least from Go 1.9 to 1.27: behind stack, stackguard0 and
// stackguard1 (runtime/runtime2.go). It isn't 0 while a panic, or runtime.Goexit, runs
// deferred calls.
func InnermostPanic() uintptr

// StackEnd returns the word behind stack.lo, which is the first one of a runtime.g.
func StackEnd() uintptr

// InterfaceInPanic returns the interface at an offset in what InnermostPanic points to: on
// the stack, which must not move meanwhile.
//
//go:nosplit
//go:norace
//go:nocheckptr
func InterfaceInPanic(offset uintptr) any {
	addr := InnermostPanic() + offset
	return **(**any)(unsafe.Pointer(&addr))
}

// BeyondPanic returns how far behind what InnermostPanic points to a word at an offset in it
// points.
//
//go:nosplit
//go:norace
//go:nocheckptr
func BeyondPanic(offset uintptr) uintptr {
	base := InnermostPanic()
	addr := base + offset
	return **(**uintptr)(unsafe.Pointer(&addr)) - base
}

// framePointer returns the frame pointer. What it points to is that of the caller,
// followed by the return address.
func framePointer() uintptr

// ReturnAddresses stores the return addresses of the calls on the calling goroutine's
// stack, innermost first, and returns how many. Unlike [runtime.Callers] it has those of
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
