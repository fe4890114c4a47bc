package repl

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"coredumpy/internal/dump"
	"coredumpy/internal/printable"
)

// writer is what stacks are written to.
type writer interface {
	io.Writer
	Bold(text string)
	Err() error // not nil once writing is pointless
}

// writeStack writes the outermost call last, as Delve does:
//
//	0  0x000000000053ee13 in main.handle
//	   at /src/main.go:103
//
// At most limit frames are written. under, if not nil, is called after each to
// write more about it, in lines that begin with indent.
func writeStack(w writer, g *dump.Goroutine, limit int, under func(f *dump.Frame, indent string)) {
	frames := g.Frames[:min(limit, len(g.Frames))]
	digits := len(strconv.Itoa(len(frames) - 1))
	indent := strings.Repeat(" ", digits+2)
	for i := range frames {
		fmt.Fprintf(w, "%*d  0x%016x in ", digits, i, frames[i].PC)
		w.Bold(printable.Line(frames[i].Func))
		fmt.Fprintf(w, "\n%sat %s\n", indent, position(frames[i].Place))
		if under != nil {
			under(&frames[i], indent+"    ")
			fmt.Fprintln(w)
		}
		if w.Err() != nil {
			return
		}
	}
	switch n := len(g.Frames) - len(frames); {
	case n > 0:
		fmt.Fprintf(w, "(%d more frames: bt %d)\n", n, len(g.Frames))
	case g.More > 0:
		fmt.Fprintf(w, "(%d more frames are not in the dump)\n", g.More)
	}
	if by := createdBy(g); by != "" {
		fmt.Fprintf(w, "%screated by %s\n%sat %s\n", indent, by, indent, position(*g.CreatedBy))
	}
}

// position returns the file and line of p.
func position(p dump.Place) string {
	if p.File == "" {
		return "(unknown)"
	}
	return fmt.Sprintf("%s:%d", printable.Line(p.File), p.Line)
}

func createdBy(g *dump.Goroutine) string {
	if g.CreatedBy == nil || g.CreatedBy.Func == "" {
		return ""
	}
	name := printable.Line(g.CreatedBy.Func)
	if g.Parent == 0 {
		return name
	}
	return fmt.Sprintf("%s in goroutine %d", name, g.Parent)
}

// state returns what a goroutine does, as in a traceback: "chan receive, 5m0s".
func state(g *dump.Goroutine) string {
	return printable.Line(g.Status) + waiting(g.Wait, g.Wait)
}

func waiting(shortest, longest int64) string {
	from, to := time.Duration(shortest).Truncate(time.Second), time.Duration(longest).Truncate(time.Second)
	switch {
	case to < time.Second:
		return ""
	case from == to:
		return ", " + to.String()
	}
	return fmt.Sprintf(", %v to %v", from, to)
}
