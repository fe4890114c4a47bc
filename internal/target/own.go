package target

import (
	"errors"
	"fmt"
	"os"
	"runtime"

	"coredumpy/internal/debuginfo"
	"coredumpy/internal/memory"
)

// Self returns this process. Info is nil if the executable has no debug information, can't
// be found, or isn't the one running. The calling goroutine must have set
// debug.SetPanicOnFault.
func Self() *Process {
	p := newProcess(memory.Own{})
	p.inlined = ownCalls
	p.Info, p.Slide = kept.take()
	if p.Info == nil {
		p.Info, p.Slide, p.InfoErr = ownInfo()
	}
	p.Prepare(p.layouts())
	if p.InfoErr == nil && customProcs.Load() == 0 {
		p.findCustomProcs()
	}
	return p
}

// ownInfo opens the debug information of this process. On Linux the kernel keeps the
// executable available even after a deploy has replaced it; elsewhere the file must agree
// with the running code.
func ownInfo() (info *debuginfo.File, slide uint64, err error) {
	name, err := os.Executable()
	path := "/proc/self/exe"
	if runtime.GOOS != "linux" {
		if path = name; err != nil {
			return nil, 0, fmt.Errorf("executable not found: %w", err)
		}
	}
	if info, err = debuginfo.Open(path); err != nil {
		return nil, 0, err
	}
	info.LookBeside(beside(name, os.Getenv(debuginfo.ListVariable)))
	info.Preload()
	if err = info.DWARFError(); err == nil {
		slide, err = ownSlide(info)
	}
	if err != nil {
		info.Close()
		return nil, 0, err
	}
	return info, slide, nil
}

// ownCalls finds inlined calls in the runtime's own tables.
func ownCalls(pc uint64, fn debuginfo.Call) (calls []debuginfo.Call) {
	// CallersFrames expects return addresses, and expands only frames that have a caller.
	frames := runtime.CallersFrames([]uintptr{uintptr(pc) + 1, 0})
	for more := true; more; {
		var f runtime.Frame
		f, more = frames.Next()
		c := fn
		c.Name, c.File, c.Line, c.Inlined = f.Function, f.File, f.Line, more
		calls = append(calls, c)
	}
	return calls
}

var errStale = errors.New("the executable on disk is not the one running")

// ownSlide finds the distance from addresses in the file to those in the process by a
// function of this package, and checks it with that function's callers.
func ownSlide(info *debuginfo.File) (uint64, error) {
	var pcs [32]uintptr
	n := runtime.Callers(1, pcs[:])
	frames := runtime.CallersFrames(pcs[:n])
	self, _ := frames.Next()
	fn, ok := info.FuncByName(self.Function)
	if !ok || self.Func == nil {
		return 0, errStale
	}
	slide := uint64(self.Func.Entry()) - fn.Entry
	for {
		f, more := frames.Next()
		if f.Func != nil { // not inlined
			got, ok := info.Func(uint64(f.Func.Entry()) - slide)
			if !ok || uint64(f.Func.Entry())-slide != got.Entry {
				return 0, errStale
			}
		}
		if !more {
			return slide, nil
		}
	}
}
