package capture

import (
	"slices"

	"coredumpy/internal/symbol"
	"coredumpy/internal/target"
)

// trim removes the frames of this package, and those through which a panic or package
// testing reached it: the top frame is the program's own. If the stack isn't whole, there
// may be none.
func (c *capturer) trim(frames []target.Frame, whole bool) []target.Frame {
	i := slices.IndexFunc(frames, func(f target.Frame) bool { return f.Func == c.req.Entry })
	if i < 0 {
		c.note("frame of %s not found: the stack begins with the capture's own frames", c.req.Entry)
		return frames
	}
	i++
	deferred := i < len(frames) && (symbol.Wrapper(frames[i].Func) || frames[i].Func == "runtime.gopanic" ||
		frames[i].Func == "runtime.Goexit")
	if deferred {
		for i < len(frames) && (symbol.Wrapper(frames[i].Func) || frames[i].IsRuntime() || c.testing(&frames[i]) ||
			c.passedOn(frames[i].Func)) {
			i++
		}
	}
	switch {
	case i < len(frames):
		return frames[i:]
	case whole:
		return frames
	}
	return nil
}

// trimRuntime removes the runtime's frames at the top of a stack, unless there are no
// others.
func trimRuntime(frames []target.Frame) []target.Frame {
	i := slices.IndexFunc(frames, func(f target.Frame) bool {
		return !f.IsRuntime() && f.Func != "os.runtime_beforeExit" // part of the runtime, but named otherwise
	})
	return frames[max(i, 0):]
}

// trimPassed removes the functions of this package at the top of another process's stack
// that have dumped the panic and panicked again: the top frame is where the panic came
// from.
func (c *capturer) trimPassed(frames []target.Frame) []target.Frame {
	if c.event == nil || !c.event.Panic || len(frames) == 0 || !c.passedOn(frames[0].Func) {
		return frames
	}
	i := slices.IndexFunc(frames, func(f target.Frame) bool {
		return !c.passedOn(f.Func) && !symbol.Wrapper(f.Func) && !f.IsRuntime()
	})
	return frames[max(i, 0):]
}

// passedOn reports whether name is a function of the package that has dumped the panic
// and panicked again.
func (c *capturer) passedOn(name string) bool {
	pkg := c.req.Package
	return name == pkg+".OnPanic" || name == pkg+".OnFailure"
}

// testing reports whether the frame is one through which package testing ends a test.
func (c *capturer) testing(f *target.Frame) bool {
	return c.req.Head.Test != "" && f.Package == "testing"
}
