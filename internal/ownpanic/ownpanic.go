//go:build amd64 || arm64

package ownpanic

import (
	"encoding/binary"
	"runtime/debug"
	"sync"

	"coredumpy/internal/memory"
	"coredumpy/internal/unsafely"
)

// Maybe reports whether the calling goroutine may be panicking. It costs next to nothing;
// only the stack shows whether it is.
func Maybe() bool { return unsafely.InnermostPanic() != 0 }

// Place returns the place of the calling goroutine's innermost panic, as in
// cause.PanicID. The goroutine must be panicking.
//
//go:nosplit
func Place() uint64 { return uint64(unsafely.StackEnd() - unsafely.InnermostPanic()) }

// Value returns the value of the innermost panic that runs deferred calls on the calling
// goroutine, which must be panicking. It reports false if the value can't be found.
func Value() (value any, ok bool) {
	offset := panicArg()
	if offset < 0 {
		return nil, false
	}
	return unsafely.InterfaceInPanic(uintptr(offset)), true
}

// Frame returns where the frame is whose deferred calls the innermost panic runs, in
// bytes from a fixed place of that panic: the further out, the more. It reports false if
// that can't be found.
func Frame() (at uintptr, ok bool) {
	offset := panicFrame()
	if offset < 0 {
		return 0, false
	}
	return unsafely.BeyondPanic(uintptr(offset)), true
}

// word is the size of a pointer.
const word = 8

// panicWords is how many words of runtime._panic are looked at: fewer than there are.
const panicWords = 12

// panicFrame returns the offset of a field of runtime._panic that points to the frame, or
// into it: in a panic made for this, the first field that moves outward. It returns -1 if
// there is none.
var panicFrame = sync.OnceValue(func() int {
	var inner, outer [panicWords]uintptr
	look := func(words *[panicWords]uintptr) {
		for i := range words {
			words[i] = unsafely.BeyondPanic(uintptr(i) * word)
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

// panicArg returns the offset of field arg in runtime._panic, which moved in Go 1.26. It
// looks for the value in a panic made for this; -1 if it isn't there.
var panicArg = sync.OnceValue(func() (offset int) {
	offset = -1
	probe := any(new(int))
	defer func() { recover() }()
	defer func() {
		defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
		offset = indexOf(unsafely.InnermostPanic(), unsafely.ValueID(&probe))
	}()
	panic(probe)
})

// indexOf returns where the first words at an address hold the two words of an interface,
// -1 if they don't.
func indexOf(addr uintptr, want [2]uint64) int {
	var b [4 * word]byte
	if (memory.Own{}).Read(b[:], uint64(addr)) != nil {
		return -1
	}
	for i := 0; i+2*word <= len(b); i += word {
		if [2]uint64{binary.LittleEndian.Uint64(b[i:]), binary.LittleEndian.Uint64(b[i+word:])} == want {
			return i
		}
	}
	return -1
}
