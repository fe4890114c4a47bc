//go:build amd64 || arm64

package target

import (
	"runtime/debug"
	"sync"
	"unsafe"
)

// innermostPanic returns the word of the calling goroutine's runtime.g that has been
// _panic in every version at least from Go 1.9 to 1.27: behind stack, stackguard0 and
// stackguard1 (runtime/runtime2.go). It isn't 0 while a panic, or runtime.Goexit, runs
// deferred calls.
func innermostPanic() uintptr

// MayPanic reports whether the calling goroutine may be panicking. It costs next to
// nothing; who wants to know has to look at the stack.
func MayPanic() bool { return innermostPanic() != 0 }

// stackEnd returns the word behind stack.lo, which is the first one of a runtime.g.
func stackEnd() uintptr

// PanicPlace returns what [PanicID] has as the place of the innermost panic of the calling
// goroutine, which has to be panicking.
//
//go:nosplit
func PanicPlace() uint64 { return uint64(stackEnd() - innermostPanic()) }

// PanicValue returns the value of the innermost panic that runs deferred calls on the
// calling goroutine, which has to be panicking. It reports false if the value can't be
// found.
func PanicValue() (value any, ok bool) {
	offset := panicArg()
	if offset < 0 {
		return nil, false
	}
	return interfaceAt(uintptr(offset)), true
}

// interfaceAt returns the interface at an offset in what innermostPanic points to: on
// the stack, which must not move meanwhile.
//
//go:nosplit
//go:norace
//go:nocheckptr
func interfaceAt(offset uintptr) any {
	addr := innermostPanic() + offset
	return **(**any)(unsafe.Pointer(&addr))
}

// PanicFrame returns where the frame is of which the innermost panic runs the deferred
// calls, in bytes from a fixed place of that panic: the further out, the more. It reports
// false if that can't be found.
func PanicFrame() (at uintptr, ok bool) {
	offset := panicFrame()
	if offset < 0 {
		return 0, false
	}
	return beyond(uintptr(offset)), true
}

// panicWords is how many words of runtime._panic are looked at: fewer than there are.
const panicWords = 12

// beyond returns how far behind what innermostPanic points to a word at an offset in it
// points.
//
//go:nosplit
//go:norace
//go:nocheckptr
func beyond(offset uintptr) uintptr {
	base := innermostPanic()
	addr := base + offset
	return **(**uintptr)(unsafe.Pointer(&addr)) - base
}

// panicFrame returns the offset of a field of runtime._panic that points to the frame, or
// into it: the first that moves outward in a panic of its own. -1 if there is none.
var panicFrame = sync.OnceValue(func() int {
	var inner, outer [panicWords]uintptr
	look := func(words *[panicWords]uintptr) {
		for i := range words {
			words[i] = beyond(uintptr(i) * word)
		}
	}
	func() {
		defer func() {
			look(&outer)
			recover()
		}()
		func() {
			defer func() { look(&inner) }()
			panic(panicWords)
		}()
	}()
	const near = 64 << 10 // bytes of the stack that the two frames and the panic take at most
	for i := range inner {
		if 0 < inner[i] && inner[i] < outer[i] && outer[i] < near {
			return i * word
		}
	}
	return -1
})

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

// panicArg returns the offset of field arg in runtime._panic, which moved in Go 1.26. It
// looks for the value in a panic of its own; -1 if it isn't there.
var panicArg = sync.OnceValue(func() (offset int) {
	offset = -1
	probe := any(new(int))
	defer func() { recover() }()
	defer func() {
		defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
		offset = indexOf(innermostPanic(), ValueID(&probe))
	}()
	panic(probe)
})

// indexOf returns where the two words of an interface are in the first words at an address,
// -1 if they aren't.
func indexOf(addr uintptr, want [2]uint64) int {
	var b [4 * word]byte
	if (ownMemory{}).Read(b[:], uint64(addr)) != nil {
		return -1
	}
	for i := 0; i+2*word <= len(b); i += word {
		if [2]uint64{le64(b[i:]), le64(b[i+word:])} == want {
			return i
		}
	}
	return -1
}
