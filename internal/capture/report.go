package capture

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"coredumpy/internal/cause"
	"coredumpy/internal/caveat"
	"coredumpy/internal/clock"
	"coredumpy/internal/corefile"
	"coredumpy/internal/target"
	"coredumpy/internal/variables"
)

// Report makes a dump from nothing but the crash report of a process, so it has no
// variables. It is nil, and settled is true, if the report is of one of the panics told,
// which are already dumped. A report doesn't say where panics are: another panic of the
// same goroutine with the same value is taken for the same.
func Report(req *Request, report string, told []cause.PanicID, why error) (d *Dump, settled bool) {
	id, _ := GoroutineID(report[strings.Index(report, "\ngoroutine ")+1:])
	if values := panicsIn(report); len(values) > 0 && slices.ContainsFunc(told, func(p cause.PanicID) bool {
		return p.Goroutine == id && p.Value == values[0]
	}) {
		return nil, true
	}
	start := clock.Now()
	req.Trace = report
	p := target.Unreadable(why)
	c := &capturer{req: req, p: p, finder: variables.New(p), reasons: map[caveat.Reason][]byte{},
		Dump: &Dump{head: req.Head, redact: req.Redact}}
	c.newWalker()
	c.head.Reason, c.head.Message = causeIn(report)
	c.note("no local variables, only what the crash report says: %v%s", why, c.remedy())
	c.reported(report)
	c.finish(start)
	return c.Dump, false
}

// CrashedGoroutine reports whether a report, as far as it is written, ends with the last
// frame of the goroutine that crashed, including its line number:
//
//	main.main()
//		/src/main.go:12
func CrashedGoroutine(report string) bool {
	if !placeEnds.MatchString(report[max(0, len(report)-32):]) {
		return false
	}
	lines := strings.Split(strings.TrimSpace(report), "\n")
	call := lines[max(0, len(lines)-2)]
	for _, last := range []string{"main.main(", "created by ", "runtime.goexit("} {
		if strings.HasPrefix(call, last) {
			return true
		}
	}
	return false
}

var placeEnds = regexp.MustCompile(`\.(go|s):\d+$`)

// reported makes goroutines from the report. The first one in it is the one that crashed.
func (c *capturer) reported(report string) {
	gs := parseTraceback(report)
	thread := len(gs) > 0 && gs[0].ID == 0 // the crash was on a thread that ran no goroutine
	seen := map[int64]bool{}               // a panic's text may look like a goroutine
	gs = slices.DeleteFunc(gs, func(g *corefile.Goroutine) bool {
		out := g.ID <= 0 || seen[g.ID]
		seen[g.ID] = true
		return out
	})
	if len(gs) == 0 {
		gs = []*corefile.Goroutine{{ID: 1, Note: caveat.Reasons{{Kind: caveat.NoTraceback}}}}
	}
	current := gs[0]
	if c.goroutines = gs; thread {
		current = c.usersGoroutine(current)
	}
	c.req.Goroutine, current.Status, current.Wait = current.ID, "running", 0
	current.Trace = blockOf(report, current.ID)
	c.stack = c.textStack([]*corefile.Goroutine{current})
	frames, top := shown(c, withoutRuntime(current.Frames))
	current.Frames = frames
	c.top(current, top)
	for _, g := range gs {
		if n := len(g.Frames) - c.req.Limits.Frames; n > 0 {
			g.Frames, g.More = g.Frames[:c.req.Limits.Frames], g.More+n
			c.cut("frames", n)
		}
	}
	if i := slices.Index(gs, current); i > 0 { // the current one goes first
		copy(gs[1:i+1], gs[:i])
		gs[0] = current
	}
	if n := c.limit(); len(gs) > n {
		c.cut("goroutines", len(gs)-n)
		gs = gs[:n]
	}
	c.goroutines = gs
}

// withoutRuntime removes the runtime's frames at the top, if there are others.
func withoutRuntime(frames []corefile.Frame) []corefile.Frame {
	for i, f := range frames {
		if f.Func != "panic" && f.Package != "runtime" && !strings.HasPrefix(f.Package, "internal/runtime/") {
			return frames[i:]
		}
	}
	return frames
}

// blockOf returns the traceback of a goroutine in a report.
func blockOf(report string, id int64) string {
	for _, block := range strings.Split(report, "\n\n") {
		if strings.HasPrefix(block, "goroutine "+strconv.FormatInt(id, 10)+" ") {
			return strings.TrimRight(block, "\n") + "\n"
		}
	}
	return ""
}

// causeIn returns what a crash report says about the crash. That precedes the first
// goroutine; the runtime writes the text of a fatal error even before it begins the
// report (runtime/panic.go: printpanics, throw; runtime/signal_unix.go: fatalsignal).
//
//	panic: the first
//		panic: the second, and
//		its other lines
//	[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x47f1a2]
//
//	goroutine 1 [running]:
func causeIn(report string) (reason, message string) {
	text, _, _ := strings.Cut("\n"+report, "\ngoroutine ")
	if i := strings.LastIndex(text, "\npanic: "); i >= 0 {
		if k := strings.LastIndex(text, "\n\tpanic: "); k > i {
			i = k + 1
		}
		message = strings.TrimPrefix(text[i+1:], "panic: ")
		message, _, _ = strings.Cut(message, "\n[signal ")
		message = strings.TrimSpace(message)
		for _, end := range []string{" [recovered]", " [recovered, repanicked]"} {
			message = strings.TrimSuffix(message, end)
		}
		return corefile.ForPanic, strings.ReplaceAll(message, "\n\t", "\n")
	}
	text = strings.TrimSpace(text)
	if line, _, _ := strings.Cut(text, "\n"); strings.HasPrefix(line, "SIG") {
		return corefile.ForSignal, line
	}
	if rest, ok := strings.CutPrefix(text, "[signal "); ok {
		line, _, _ := strings.Cut(rest, " code=")
		return corefile.ForFatalError, line
	}
	return corefile.ForFatalError, "(its text isn't in the report that the runtime hands over)"
}
