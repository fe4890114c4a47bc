package capture

import (
	"bytes"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"time"

	"coredumpy/internal/caveat"
	"coredumpy/internal/corefile"
	"coredumpy/internal/symbol"
)

// maxTraceback bounds the text of all goroutines' tracebacks, in bytes.
const maxTraceback = 64 << 20

// fromTraceback makes goroutines from the runtime's own traceback, which needs no debug
// information: they have functions, files and lines, but no variables.
func (c *capturer) fromTraceback() {
	text := c.req.Trace
	switch {
	case !c.req.Limits.AllGoroutines:
	case canStop():
		var whole bool
		if text, whole = allStacks(maxTraceback); !whole {
			c.note("not all goroutines: their tracebacks are longer than %d MB", maxTraceback>>20)
			c.cut("goroutines", max(runtime.NumGoroutine()-strings.Count(text, "\n\n")-1, 1))
		}
	default:
		c.note("only the current goroutine: the others can't be stopped with GODEBUG=asyncpreemptoff=1")
	}
	gs := parseTraceback(text)
	var current *corefile.Goroutine
	for i, g := range gs {
		if g.ID == c.req.Goroutine {
			current = g
			gs = append(append([]*corefile.Goroutine{g}, gs[:i]...), gs[i+1:]...)
			break
		}
	}
	if current == nil {
		current = &corefile.Goroutine{ID: c.req.Goroutine}
		gs = append([]*corefile.Goroutine{current}, gs...)
	}
	current.Status, current.Wait, current.Trace = "running", 0, trimTrace(c.req.Trace, c.req.Entry)
	parsed := parseTraceback(c.req.Trace)
	c.stack = c.textStack(parsed)
	frames, top := shown(c, c.trimText(parsed, 0))
	current.Frames = frames
	c.panicValues(current, nil)
	if len(current.Frames) == 0 {
		current.Frames = []corefile.Frame{{}} // for the variables that were passed
	}
	c.given(&current.Frames[top])
	c.top(current, top)
	for _, g := range gs {
		if n := len(g.Frames) - c.req.Limits.Frames; n > 0 {
			g.Frames, g.More = g.Frames[:c.req.Limits.Frames], g.More+n
			c.cut("frames", n)
		}
		if g.ID != c.self && (g.CreatedBy == nil || !c.helps(g.CreatedBy.Func)) {
			c.goroutines = append(c.goroutines, g)
		}
	}
	if n := c.limit(); len(c.goroutines) > n {
		c.cut("goroutines", len(c.goroutines)-n)
		c.goroutines = c.goroutines[:n]
	}
}

// trimText does what trim does, on frames from a traceback, and removes more frames after it.
func (c *capturer) trimText(gs []*corefile.Goroutine, more int) []corefile.Frame {
	if len(gs) == 0 {
		return nil
	}
	frames := gs[0].Frames
	for i := range frames {
		if frames[i].Func != c.req.Entry {
			continue
		}
		rest := frames[i+1:]
		for len(rest) > 0 && (rest[0].Func == "panic" || symbol.Wrapper(rest[0].Func) || c.passedOn(rest[0].Func) ||
			strings.HasPrefix(rest[0].Func, "runtime.") && rest[0].Func != "runtime.main" ||
			c.req.Head.Test != "" && rest[0].Package == "testing" && rest[0].Func != "testing.tRunner") {
			rest = rest[1:]
		}
		if len(rest) > 0 {
			return rest[min(more, len(rest)-1):]
		}
	}
	return frames
}

// missed returns the frames of the traceback that follow those of a stack that couldn't
// be read to its end: the runtime also knows code without debug information, such as a
// plugin's.
func missed(frames, text []corefile.Frame) []corefile.Frame {
	n := len(frames)
	if n > len(text) || n > 0 && (frames[n-1].File != text[n-1].File || frames[n-1].Line != text[n-1].Line) {
		return nil
	}
	text = text[n:]
	for i := range text {
		text[i].Note.Kind = caveat.TracebackOnly
	}
	return text
}

// trimTrace removes from a traceback what is above entry's caller, which is this
// package's own, and keeps the header.
func trimTrace(trace, entry string) string {
	header, rest, ok := strings.Cut(trace, "\n")
	i := strings.Index(rest, entry+"(")
	if !ok || i < 0 {
		return trace
	}
	for range 2 { // the function, and its file and line
		_, after, ok := strings.Cut(rest[i:], "\n")
		if !ok {
			return trace
		}
		rest, i = after, 0
	}
	return header + "\n" + rest
}

// allStacks returns the tracebacks of all goroutines. If they are longer than limit, which
// must be 64 KiB or more, it returns some of them, each of them whole.
func allStacks(limit int) (text string, whole bool) {
	for n := 64 << 10; ; n *= 4 {
		buf := make([]byte, n)
		got := runtime.Stack(buf, true)
		if got < n {
			return string(buf[:got]), true
		}
		if n >= limit {
			return string(buf[:max(0, bytes.LastIndex(buf[:got], []byte("\n\n")))]), false
		}
	}
}

// parseTraceback reads goroutines from a traceback as the runtime writes it
// (runtime/traceback.go). It leaves out what it can't parse.
//
//	goroutine 18 [chan receive, 2 minutes]:
//	main.worker(0xc000104000)
//		/src/main.go:12 +0x1d
//	created by main.main in goroutine 1
//		/src/main.go:30 +0x58
func parseTraceback(text string) []*corefile.Goroutine {
	var gs []*corefile.Goroutine
	for _, block := range strings.Split(text, "\n\n") {
		if g := parseGoroutine(strings.Split(strings.TrimSpace(block), "\n")); g != nil {
			gs = append(gs, g)
		}
	}
	return gs
}

func parseGoroutine(lines []string) *corefile.Goroutine {
	g := parseHeader(lines[0])
	if g == nil {
		return nil
	}
	for i := 1; i < len(lines); i++ {
		line := lines[i]
		file, no := "", 0
		if note, ok := strings.CutPrefix(line, "\t"); ok {
			// "goroutine running on other thread; stack unavailable"
			g.Note = caveat.Reasons{{Kind: caveat.Other, Text: note}}
			continue
		}
		if i+1 < len(lines) && strings.HasPrefix(lines[i+1], "\t") {
			i++
			file, no = parsePlace(lines[i])
		}
		if by, ok := strings.CutPrefix(line, "created by "); ok {
			by, parent, _ := strings.Cut(by, " in goroutine ")
			g.Parent, _ = strconv.ParseInt(parent, 10, 64)
			g.CreatedBy = &corefile.Place{Func: by, File: file, Line: no}
			continue
		}
		if n, ok := strings.CutPrefix(line, "..."); ok {
			// "...additional frames elided..." or "...12 frames elided..."
			g.More, _ = strconv.Atoi(strings.TrimSpace(strings.Split(n, " ")[0]))
			g.More = max(g.More, 1)
			continue
		}
		name := line
		if i := strings.LastIndexByte(line, '('); i > 0 {
			name = line[:i]
		}
		g.Frames = append(g.Frames, corefile.Frame{
			Place:   corefile.Place{Func: name, File: file, Line: no},
			Package: symbol.Package(name),
		})
	}
	return g
}

// parseHeader reads "goroutine 18 [chan receive, 2 minutes, locked to thread]:",
// with "gp=0xc000002380 m=nil" before the status under GOTRACEBACK=system, and
// with labels:{"key": "value"} after it under GODEBUG=tracebacklabels=1.
func parseHeader(line string) *corefile.Goroutine {
	rest, ok := strings.CutPrefix(line, "goroutine ")
	if !ok {
		return nil
	}
	id, rest, ok := strings.Cut(rest, " ")
	n, err := strconv.ParseInt(id, 10, 64)
	if !ok || err != nil {
		return nil
	}
	if i := strings.IndexByte(rest, '['); i >= 0 {
		rest = rest[i+1:]
	}
	rest, _, _ = strings.Cut(rest, " labels:{")
	rest, _, _ = strings.Cut(rest, "]")
	status, rest, _ := strings.Cut(rest, ", ")
	g := &corefile.Goroutine{ID: n, Status: status}
	for _, attr := range strings.Split(rest, ", ") {
		if m, ok := strings.CutSuffix(attr, " minutes"); ok {
			if n, err := strconv.Atoi(m); err == nil {
				g.Wait = int64(time.Duration(n) * time.Minute)
			}
		}
	}
	return g
}

// parsePlace reads "\t/src/main.go:12 +0x1d", "\t/src/main.c:12 pc=0x4010d0" or, for
// C code without debug information, "\tpc=0x4010d0".
func parsePlace(line string) (file string, no int) {
	line = strings.TrimPrefix(line, "\t")
	for _, end := range []string{" pc=0x", " +0x"} {
		if i := strings.LastIndex(line, end); i > 0 {
			line = line[:i]
		}
	}
	if strings.HasPrefix(line, "pc=0x") {
		return "", 0
	}
	i := strings.LastIndexByte(line, ':')
	if i < 0 {
		return line, 0
	}
	no, err := strconv.Atoi(line[i+1:])
	if err != nil {
		return line, 0
	}
	return line[:i], no
}

// GoroutineID reads the goroutine's id from the beginning of a traceback.
func GoroutineID(trace string) (int64, error) {
	line, _, _ := strings.Cut(trace, "\n")
	if g := parseHeader(line); g != nil {
		return g.ID, nil
	}
	return 0, fmt.Errorf("no goroutine in %.40q", line)
}
