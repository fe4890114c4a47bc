// Package stacks shows where goroutines are: one stack in the columns of the
// Delve debugger, or all goroutines, those with the same stack together.
package stacks

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"coredumpy/internal/corefile"
	"coredumpy/internal/safetext"
)

// Writer is what stacks are written to.
type Writer interface {
	io.Writer
	Bold(text string)
	Err() error // not nil if writing has become pointless
}

// Write writes the outermost call last, as Delve does:
//
//	0  0x000000000053ee13 in main.handle
//	   at /src/main.go:103
//
// At most limit frames are written. under, if not nil, is called after each to
// write more about it, in lines that begin with indent.
func Write(w Writer, g *corefile.Goroutine, limit int, under func(frame int, indent string)) {
	frames := g.Frames[:min(limit, len(g.Frames))]
	digits := len(strconv.Itoa(len(frames) - 1))
	indent := strings.Repeat(" ", digits+2)
	for i := range frames {
		fmt.Fprintf(w, "%*d  0x%016x in ", digits, i, frames[i].PC)
		w.Bold(safetext.Line(frames[i].Func))
		fmt.Fprintf(w, "\n%sat %s\n", indent, Position(frames[i].Place))
		if under != nil {
			under(i, indent+"    ")
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
		fmt.Fprintf(w, "%screated by %s\n%sat %s\n", indent, by, indent, Position(*g.CreatedBy))
	}
}

// Position returns file and line.
func Position(p corefile.Place) string {
	if p.File == "" {
		return "(unknown)"
	}
	return fmt.Sprintf("%s:%d", safetext.Line(p.File), p.Line)
}

func createdBy(g *corefile.Goroutine) string {
	if g.CreatedBy == nil || g.CreatedBy.Func == "" {
		return ""
	}
	name := safetext.Line(g.CreatedBy.Func)
	if g.Parent == 0 {
		return name
	}
	return fmt.Sprintf("%s in goroutine %d", name, g.Parent)
}

// State returns what a goroutine does, as in a traceback: "chan receive, 5m0s".
func State(g *corefile.Goroutine) string {
	return safetext.Line(g.Status) + waiting(g.Wait, g.Wait)
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

// Program knows which code is the program's own.
type Program struct{ modules []string }

// NewProgram returns what a dump says about the program's modules.
func NewProgram(b *corefile.Build) *Program {
	p := &Program{}
	if b == nil {
		return p
	}
	p.modules = append(p.modules, b.Main)
	for _, d := range b.Deps {
		p.modules = append(p.modules, d[0])
	}
	return p
}

// UserFrame returns the innermost frame outside the standard library; if there
// is none the innermost outside the runtime, or 0.
func (p *Program) UserFrame(frames []corefile.Frame) int {
	outside := -1
	for i := range frames {
		pkg := packageOf(&frames[i])
		if pkg == "runtime" || strings.HasPrefix(pkg, "runtime/") || strings.HasPrefix(pkg, "internal/") {
			continue
		}
		if outside < 0 {
			outside = i
		}
		if !p.standard(pkg) {
			return i
		}
	}
	return max(outside, 0)
}

func packageOf(f *corefile.Frame) string {
	if f.Package != "" {
		return f.Package
	}
	slash := strings.LastIndexByte(f.Func, '/') + 1
	name, _, _ := strings.Cut(f.Func[slash:], ".")
	return f.Func[:slash] + name
}

// standard reports whether a package is of the standard library: its path
// begins with no domain, and no module's path.
func (p *Program) standard(pkg string) bool {
	first, _, _ := strings.Cut(pkg, "/")
	if first == "main" || first == "command-line-arguments" || strings.Contains(first, ".") {
		return false
	}
	for _, m := range p.modules {
		if m != "" && (pkg == m || strings.HasPrefix(pkg, m+"/")) {
			return false
		}
	}
	return len(p.modules) > 0
}
