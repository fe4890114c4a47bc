package target

import (
	"sync/atomic"

	"coredumpy/internal/unsafely"
)

// maxSignalStack bounds how much of a signal stack is searched, from its upper end. A
// signal's context is there, below the floating-point registers.
const maxSignalStack = 16 << 10

// maxContext bounds how much of the context is kept: the general registers are at its
// beginning (ucontext_t and mcontext_t in the kernel's headers, amd64 and arm64).
const maxContext = 1 << 10

// firstContext receives the first copy: allocating memory takes longer than main may take
// to end the program, see capture.Hold.
var (
	firstContext [maxContext]byte
	firstTaken   atomic.Bool
)

// SignalStack returns a copy of the context on the calling thread's signal stack, with the
// registers from before the last signal. If it can't find the context, it returns the
// upper end of that stack; nil if there is no signal stack.
func SignalStack() []byte {
	sp, size := unsafely.SignalStack()
	if sp == 0 {
		return nil
	}
	end := sp + size
	from := end - min(size, maxSignalStack)
	if context := contextOn(sp, size, from, end); context != 0 {
		n := min(end-context, maxContext)
		if firstTaken.CompareAndSwap(false, true) {
			unsafely.Load(firstContext[:n], context)
			return firstContext[:n]
		}
		from, end = context, context+n
	}
	b := make([]byte, end-from)
	unsafely.Load(b, from)
	return b
}

// RehearseSignal runs the code of SignalStack, without effect: code takes longer when it
// runs for the first time. No other goroutine may run yet.
func RehearseSignal() {
	SignalStack()
	firstTaken.Store(false)
}

// contextOn returns the address of the context of the last signal on a signal stack; 0 if
// there is none between from and end. It recognises it by the stack that it names:
// uc_stack, behind the two words uc_flags and uc_link.
func contextOn(sp, size, from, end uintptr) uintptr {
	const stack = 2 * word  // uc_stack in ucontext_t
	const ssSize = 2 * word // ss_size in stack_t
	for at := (end - maxContext) &^ (word - 1); at >= from+stack && at < end; at -= word {
		var w [word]byte
		if unsafely.Load(w[:], at); le64(w[:]) != uint64(sp) {
			continue
		}
		if unsafely.Load(w[:], at+ssSize); le64(w[:]) == uint64(size) {
			return at - stack
		}
	}
	return 0
}
