package capture

import (
	"encoding/binary"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"coredumpy/internal/corefile"
	"coredumpy/internal/gotypes"
	"coredumpy/internal/target"
)

// runners are the functions of package testing that call a test, a fuzz test or
// an example on a goroutine, Go 1.24 to 1.27. Benchmarks have no time limit.
var runners = []string{"testing.tRunner", "testing.fRunner", "testing.runExample"}

// timedOut reports whether the event is that tests have exceeded their time limit.
func (c *capturer) timedOut() bool {
	return c.event != nil && c.event.Panic && strings.HasPrefix(c.head.Message, "test timed out after ")
}

// testGoroutine returns the goroutine of the test that an event is about, if the event
// happened on another one; nil if there is none.
func (c *capturer) testGoroutine(current *corefile.Goroutine) *corefile.Goroutine {
	switch {
	case c.event == nil:
	case c.timedOut():
		return c.stuckTest()
	case c.event.Goroutine == 0 &&
		slices.ContainsFunc(current.Frames, func(f corefile.Frame) bool { return f.Func == "testing.(*M).Run" }):
		return c.stuckTest() // a signal that came while no goroutine ran: somebody has lost patience
	case c.head.Test != "" && !slices.ContainsFunc(current.Frames, ofTest):
		// A race is found when the test starts or ends another one.
		for i, g := range c.goroutines {
			if slices.ContainsFunc(g.Frames, ofTest) && c.testName(i) == c.head.Test {
				return g
			}
		}
	}
	return nil
}

// ofTest reports whether a frame is neither package testing's nor the runtime's.
func ofTest(f corefile.Frame) bool {
	return f.Package != "testing" && f.Package != "runtime" && filepath.Base(f.File) != generated
}

// generated is the main file that the go command generates for a test binary.
const generated = "_testmain.go"

// stuckTest returns the goroutine of a test. If package testing has panicked because of
// the time limit (testing.(*M).startAlarm), it is the test that had been running longest.
func (c *capturer) stuckTest() *corefile.Goroutine {
	running, first := runningTests(c.head.Message)
	for _, runner := range runners {
		var stuck *corefile.Goroutine
		longest := time.Duration(-1)
		for i, g := range c.goroutines {
			if !runs(g, runner) {
				continue
			}
			name := c.testName(i)
			if name == "" {
				name = first
			}
			if d := running[name]; d > longest {
				stuck, longest, c.head.Test = g, d, name
			}
		}
		if stuck != nil {
			return stuck
		}
	}
	return nil
}

// runs reports whether a goroutine is in a test that runner has called. A test that waits
// for its subtests, or for its turn, isn't the stuck one.
func runs(g *corefile.Goroutine, runner string) bool {
	i := slices.IndexFunc(g.Frames, func(f corefile.Frame) bool { return f.Func == runner })
	return i >= 0 && slices.ContainsFunc(g.Frames[:i], ofTest) &&
		!slices.ContainsFunc(g.Frames[:i], func(f corefile.Frame) bool {
			return f.Func == "testing.(*T).Run" || f.Func == "testing.(*T).Parallel"
		})
}

// runningTests reads which tests were running, and for how long:
//
//	test timed out after 1s
//		running tests:
//			TestOuter/n1 (1s)
func runningTests(message string) (running map[string]time.Duration, first string) {
	running = make(map[string]time.Duration)
	_, list, _ := strings.Cut(message, "running tests:")
	for line := range strings.Lines(list) {
		name, took, ok := strings.Cut(strings.TrimSpace(line), " (")
		d, err := time.ParseDuration(strings.TrimSuffix(took, ")"))
		if !ok || err != nil {
			continue
		}
		running[name] = d
		if first == "" {
			first = name
		}
	}
	return running, first
}

// testName returns the name of the test that goroutine number i runs, "" if it isn't
// known: t.common.name of tRunner's argument.
func (c *capturer) testName(i int) string {
	frames, _, _ := c.p.Stack(c.read[i], c.req.Limits.Frames) // a part of the stack will do
	return c.testOf(frames)
}

// testOf returns the name of the test whose function is among frames.
func (c *capturer) testOf(frames []target.Frame) string {
	for f := range frames {
		if frames[f].Func != runners[0] {
			continue
		}
		for _, v := range c.finder.Of(&frames[f]) {
			if v.Name != "t" || v.Reason != nil || v.Type.Elem() == nil {
				continue
			}
			var b [8]byte
			if c.p.Mem.Read(b[:], v.Addr) == nil {
				return c.text(v.Type.Elem(), binary.LittleEndian.Uint64(b[:]), "common", "name")
			}
		}
	}
	return ""
}

// text reads the string in a field of a field of a struct.
func (c *capturer) text(t *gotypes.Type, at uint64, path ...string) string {
	for _, name := range path {
		fields := t.Fields()
		i := slices.IndexFunc(fields, func(f gotypes.Field) bool { return f.Name == name })
		if i < 0 || fields[i].Type == nil {
			return ""
		}
		t, at = fields[i].Type, at+uint64(fields[i].Offset)
	}
	var h [16]byte // address and length
	if c.p.Mem.Read(h[:], at) != nil {
		return ""
	}
	return c.p.Text(binary.LittleEndian.Uint64(h[:]), binary.LittleEndian.Uint64(h[8:]))
}
