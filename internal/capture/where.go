package capture

import (
	"encoding/binary"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"coredumpy/internal/cause"
	"coredumpy/internal/corefile"
	"coredumpy/internal/gotypes"
	"coredumpy/internal/symbol"
	"coredumpy/internal/target"
)

// A dump opens where it happened: where the panic was, or on the line that failed a test.
// This file decides which frame that is, for dumps made in the process and from outside
// alike. It doesn't move the other frames.

// stack has what decides on which frame of a goroutine a dump opens.
type stack struct {
	frames  []corefile.Frame  // all known frames, with places and packages only
	from    int               // the first that isn't part of making the dump
	above   int               // how many at the top aren't in the dump
	panics  map[int][2]uint64 // values of panics, by the frame of runtime.gopanic
	faults  map[int]bool      // the panics that the runtime began
	helpers map[string]bool   // functions that have called t.Helper
}

// stackOf makes a stack of frames that were read from memory.
func (c *capturer) stackOf(frames []target.Frame) *stack {
	s := &stack{panics: map[int][2]uint64{}, faults: map[int]bool{}, helpers: map[string]bool{}}
	for i := range frames {
		f := &frames[i]
		s.frames = append(s.frames, corefile.Frame{Place: corefile.Place{Func: f.Func, File: f.File, Line: f.Line},
			Package: f.Package})
		switch {
		case f.Func == gopanic:
			if v, ok := c.panicWords(f); ok {
				s.panics[i] = v
			}
			s.faults[i] = i+1 < len(frames) && frames[i+1].IsRuntime()
		case f.Package == "testing":
			for _, v := range c.finder.Of(f) {
				if v.Reason == nil {
					c.p.Helpers(s.helpers, v.Type, v.Addr)
				}
			}
		}
	}
	c.ownHelpers(s)
	s.from = c.below(s.frames)
	return s
}

// below returns the first frame below the function that the program called, 0 if there is
// none.
func (c *capturer) below(frames []corefile.Frame) int {
	return 1 + slices.IndexFunc(frames, func(f corefile.Frame) bool {
		return c.req.Entry != "" && f.Func == c.req.Entry
	})
}

// ownHelpers adds the helpers that the test given to OnFailure knows.
func (c *capturer) ownHelpers(s *stack) {
	if at := c.req.testAddr(); at != 0 {
		c.p.Helpers(s.helpers, gotypes.TypeAny, at)
	}
}

const gopanic = "runtime.gopanic"

// panicWords returns the value of the panic for which a frame of runtime.gopanic runs.
func (c *capturer) panicWords(f *target.Frame) (words [2]uint64, ok bool) {
	for _, v := range c.finder.Of(f) {
		var b [16]byte
		if v.Name == "e" && v.Reason == nil && c.p.Mem.Read(b[:], v.Addr) == nil {
			return [2]uint64{binary.LittleEndian.Uint64(b[:]), binary.LittleEndian.Uint64(b[8:])}, true
		}
	}
	return words, false
}

// textStack makes a stack of the frames in the request's traceback, where a panic is a
// frame called panic. The return addresses of the same calls show which panics the runtime
// began.
//
//	panic({0x4a1b20?, 0x4e5f60?})
//		/usr/local/go/src/runtime/panic.go:783 +0x132
func (c *capturer) textStack(parsed []*corefile.Goroutine) *stack {
	s := &stack{panics: map[int][2]uint64{}, faults: map[int]bool{}, helpers: map[string]bool{}}
	if len(parsed) > 0 {
		s.frames = parsed[0].Frames
	}
	s.from = c.below(s.frames)
	c.ownHelpers(s)
	values := panicsIn(c.req.Trace)
	began := begunByRuntime(c.req.Callers)
	n := 0
	for i := range s.frames {
		if s.frames[i].Func != "panic" {
			continue
		}
		if n < len(values) {
			s.panics[i] = values[n]
		}
		s.faults[i] = n >= len(values) || n >= len(began) || began[n]
		n++
	}
	return s
}

// panicsIn returns the values of the panics in the traceback of one goroutine, the latest
// first, up to where frames are left out; {0, 0} is one that isn't known.
func panicsIn(trace string) (values [][2]uint64) {
	for line := range strings.Lines(trace) {
		if strings.HasPrefix(line, "...") {
			break // "...additional frames elided..."
		}
		if args, ok := strings.CutPrefix(line, "panic("); ok {
			values = append(values, interfaceWords(args))
		}
	}
	return values
}

// interfaceWords reads the two words of an interface, "{0x4a1b20?, 0x4e5f60?})".
func interfaceWords(s string) (words [2]uint64) {
	var fields []string
	if inside, _, ok := strings.Cut(strings.TrimPrefix(s, "{"), "}"); ok {
		fields = strings.Split(inside, ", ")
	}
	if len(fields) != len(words) {
		return words
	}
	for i, f := range fields {
		n, err := strconv.ParseUint(strings.TrimSuffix(f, "?"), 0, 64)
		if err != nil {
			return [2]uint64{}
		}
		words[i] = n
	}
	return words
}

// begunByRuntime reports for each panic among return addresses whether the runtime began
// it, the latest first.
func begunByRuntime(pcs []uintptr) (began []bool) {
	if len(pcs) == 0 {
		return nil
	}
	frames, was := runtime.CallersFrames(pcs), false
	for more := true; more; {
		var f runtime.Frame
		f, more = frames.Next()
		if was {
			began = append(began, strings.HasPrefix(f.Function, "runtime.") ||
				strings.HasPrefix(f.Function, "internal/runtime/"))
		}
		was = f.Function == gopanic
	}
	return began
}

// shown removes from the current goroutine's frames, which are the last ones of c.stack,
// those that the request skips, and those above the frame the dump opens on that don't
// fit. It returns the index of that frame, too.
func shown[F any](c *capturer, frames []F) (rest []F, top int) {
	s := c.stack
	s.above = len(s.frames) - len(frames)
	last := len(frames) - 1
	if last < 0 {
		return frames, 0
	}
	top, event := c.opens(s)
	top, event = max(top-s.above, 0), max(event-s.above, 0)
	out := 0
	if n := c.req.Skip; n > 0 {
		top = min(max(top, event+n), last)
		if event == 0 {
			out = min(n, top)
		}
	}
	if top-out >= c.req.Limits.Frames {
		out = top
	}
	s.above += out
	return frames[out:], top - out
}

// topOf returns the frame of a goroutine on which a dump of another process opens.
func (c *capturer) topOf(g *corefile.Goroutine) int {
	s := c.stack
	if g.ID != c.req.Goroutine || s == nil {
		i := slices.Index(c.goroutines, g)
		if i >= len(c.read) {
			return 0
		}
		frames, _, _ := c.p.Stack(c.read[i], c.req.Limits.Frames) // a part of the stack will do
		s = c.stackOf(frames)
	}
	top, _ := c.opens(s)
	return max(top-s.above, 0)
}

// opens returns the frame on which a dump opens, and the frame of the event, which is the
// same or above it.
func (c *capturer) opens(s *stack) (top, event int) {
	event = s.from
	switch {
	case c.panicked() && !c.timedOut():
		if top, event, ok := c.panicFrame(s); ok {
			return top, event
		}
	case c.head.Test != "" || c.timedOut():
		if top, ok := c.failedFrame(s); ok {
			return top, event
		}
	case c.self != 0: // the caller's
		caller := func(f *corefile.Frame) bool { return !wrapper(f) && !strings.HasPrefix(f.Func, "runtime.") }
		if i := s.index(s.from, caller); i >= 0 {
			return i, event
		}
	}
	for _, is := range []func(f *corefile.Frame) bool{
		func(f *corefile.Frame) bool { return c.users(*f) && !wrapper(f) },
		func(f *corefile.Frame) bool {
			return !strings.HasPrefix(f.Func, "runtime.") && ofTest(*f) && !wrapper(f)
		},
		func(f *corefile.Frame) bool { return slices.Contains(runners, f.Func) }, // its variables name the test
		func(f *corefile.Frame) bool { return !c.aside(f) && f.Func != "os.Exit" },
		func(f *corefile.Frame) bool { return !strings.HasPrefix(f.Func, "runtime.") },
		func(f *corefile.Frame) bool { return true },
	} {
		if i := s.index(s.from, is); i >= 0 {
			return i, event
		}
	}
	return s.from, event
}

// panicked reports whether the event is a panic.
func (c *capturer) panicked() bool {
	return c.req.panicAddr() != 0 || c.event != nil && c.event.Panic
}

// index returns the first frame from number i on for which is returns true, -1 if there
// is none.
func (s *stack) index(i int, is func(f *corefile.Frame) bool) int {
	for ; i < len(s.frames); i++ {
		if is(&s.frames[i]) {
			return i
		}
	}
	return -1
}

// panicFrame returns the frame that panicked as event, and the one to open on as top: the
// same, or the caller of a function that has called t.Helper and then panic.
func (c *capturer) panicFrame(s *stack) (top, event int, ok bool) {
	first := s.firstPanic(c)
	event = s.index(first+1, func(f *corefile.Frame) bool { return !c.aside(f) })
	if event < 0 {
		return 0, 0, false
	}
	if f := &s.frames[event]; !s.faults[first] && s.helpers[f.Func] {
		if top = s.index(event, func(f *corefile.Frame) bool { return !c.aside(f) && !s.helpers[f.Func] }); top >= 0 {
			return top, event, true
		}
	}
	return event, event, true
}

// firstPanic returns the frame of runtime.gopanic of the panic that the latest one passes
// on, as when a deferred function recovers and panics again with the same value or one
// that wraps it; or that of the latest one if it passes on none. It returns s.from-1 if
// there is no frame of either.
//
// A panic that the runtime begins passes on none, even if it has the same value, as all
// nil dereferences have.
func (s *stack) firstPanic(c *capturer) int {
	is := func(f *corefile.Frame) bool { return f.Func == gopanic || f.Func == "panic" }
	first := s.index(s.from, is)
	if first < 0 {
		return s.from - 1
	}
	value := s.panics[first]
	switch {
	case c.req.panicAddr() != 0:
		value = c.req.panicValue()
	case c.event != nil:
		value = c.event.Value
	}
	for i := first + 1; i < len(s.frames) && !s.faults[first]; i++ {
		if v, ok := s.panics[i]; ok && is(&s.frames[i]) && cause.PassesOn(c.p, value, v) {
			first, value = i, v
		}
	}
	return first
}

// failedFrame returns the frame whose line failed a test: the program's innermost one that
// isn't a helper, or else the test function.
func (c *capturer) failedFrame(s *stack) (int, bool) {
	own := func(f *corefile.Frame) bool { return c.users(*f) && !c.aside(f) }
	inTest := func(f *corefile.Frame) bool { return isTestFile(f) && !c.aside(f) }
	for _, is := range []func(f *corefile.Frame) bool{own, inTest} {
		last := -1
		for i := s.from; i < len(s.frames); i++ {
			f := &s.frames[i]
			if !is(f) {
				continue
			}
			if last = i; !s.helpers[f.Func] && !c.forwards(s, i) {
				return i, true
			}
		}
		if last >= 0 {
			return last, true // all call t.Helper, even the test
		}
	}
	return 0, false
}

// forwards reports whether a frame is of a method that only calls the helper with its
// name, as methods of assertions bound to a test do: (*Assertions).Equal calls Equal.
func (c *capturer) forwards(s *stack, i int) bool {
	f := &s.frames[i]
	if isTestFile(f) {
		return false
	}
	for j := i - 1; j >= s.from; j-- {
		if above := &s.frames[j]; !wrapper(above) {
			return s.helpers[above.Func] && above.Package == f.Package && symbol.Base(above.Func) == symbol.Base(f.Func)
		}
	}
	return false
}

func isTestFile(f *corefile.Frame) bool {
	return strings.HasSuffix(f.File, "_test.go") && f.Package != "testing"
}

// aside reports whether an event only passed through a frame: one of the runtime, of
// package testing in a test and os.Exit, which panics there, of the package that has
// dumped a panic before, or of a function that the compiler made.
func (c *capturer) aside(f *corefile.Frame) bool {
	return wrapper(f) || f.Func == "panic" || f.Package == "runtime" ||
		strings.HasPrefix(f.Package, "internal/runtime/") ||
		(ofTesting(f.Package) || f.Func == "os.Exit") && c.inTest() || c.passedOn(f.Func) ||
		filepath.Base(f.File) == generated
}

// inTest reports whether the process runs tests.
func (c *capturer) inTest() bool {
	return c.head.Test != "" || c.head.Build != nil && strings.HasSuffix(c.head.Build.Path, ".test")
}

// ofTesting reports whether a package is testing or one of those with which it runs tests
// in bubbles.
func ofTesting(pkg string) bool {
	return pkg == "testing" || pkg == "testing/synctest" || pkg == "internal/synctest"
}

// wrapper reports whether a frame is of a function that the compiler made.
func wrapper(f *corefile.Frame) bool { return f.File == "<autogenerated>" || symbol.Wrapper(f.Func) }
