package crash

import (
	"runtime"

	"coredumpy/internal/capture"
	"coredumpy/internal/symbol"
	"coredumpy/internal/unsafely"
)

// This file finds out how OnPanic was called: by a panic, and deferred by itself or
// called by a function that was deferred.

// NilPanics is set if recover returns nil for panic(nil), as it did before Go
// 1.21 and still does with GODEBUG=panicnil=1.
var NilPanics = capture.Godebug("panicnil=1")

// Panicking reports whether the function that called it was called by a panic.
//
//go:noinline
func Panicking() bool {
	var pcs [8]uintptr
	return byPanic(runtime.CallersFrames(pcs[:runtime.Callers(3, pcs[:])]))
}

// byPanic reports whether the first of frames is runtime.gopanic, after those that lie
// between a deferred function and its caller.
func byPanic(frames *runtime.Frames) bool {
	for {
		f, more := frames.Next()
		if f.Function == "runtime.gopanic" {
			return true
		}
		if !more || f.Function != "runtime.deferreturn" && !symbol.Wrapper(f.Function) {
			return false
		}
	}
}

// DeferredCaller returns where OnPanic was called, if a deferred function called it. The
// panic must have called that function: one that is called meanwhile, and defers OnPanic
// for itself, returns as usual. DeferredCaller must be called two calls above OnPanic.
//
//go:noinline
func DeferredCaller() (caller uintptr, ok bool) {
	var pcs [8]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(4, pcs[:])])
	f, _ := frames.Next() // what called OnPanic
	return f.PC, byPanic(frames) && !byItself()
}

// byItself reports whether the OnPanic that runs was deferred by itself: then its caller
// is a function that the compiler has made, or the runtime.
//
//go:noinline
func byItself() bool {
	var pcs [8]uintptr
	for i, pc := range pcs[:unsafely.ReturnAddresses(pcs[:])] {
		if f := runtime.FuncForPC(pc - 1); f != nil && f.Name() == capture.Face+".OnPanic" && i+1 < len(pcs) {
			caller := runtime.FuncForPC(pcs[i+1] - 1)
			return caller == nil || symbol.Wrapper(caller.Name()) || caller.Name() == "runtime.deferreturn"
		}
	}
	return true
}
