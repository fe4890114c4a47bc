package repl

import (
	"fmt"
	"path"
	"strconv"
	"strings"

	"coredumpy/internal/dump"
	"coredumpy/internal/heap"
	"coredumpy/internal/inspector"
	"coredumpy/internal/printable"
)

const originHelp = `origin order      the statements that may have set order, of which the last before the line comes
                  first; if it is an argument, what the caller passes, and where that comes from
origin order.User the same for a part of a variable
It is read in the source, so it isn't known which of several statements was the last to run.
Then come other places that refer to the same object, as refs lists them. -v shows more of both.`

// These bound what origin prints without -v.
const (
	shownSettings = 5
	shownHolders  = 5
)

// origin is the command origin.
func (s *session) origin(args string) error {
	args, verbose := cutVerbose(args)
	r, err := s.evaluate("origin", args)
	if err != nil {
		return err
	}
	origins, err := s.in.Origins(args)
	switch {
	case err != nil:
		return err
	case len(origins) == 0 || !origins[0].Local:
		return fmt.Errorf("origin: %s doesn't begin with a variable of the frame: origin follows those; refs says who "+
			"refers to it", args)
	}
	for i := range origins {
		s.originOf(&origins[i], verbose)
	}
	if r.Const == nil && !r.Nil && r.Value.Object() != 0 {
		s.holders(args, r, verbose)
	}
	s.noteResult(args, r)
	return nil
}

// originOf prints where a value comes from in a frame.
func (s *session) originOf(o *inspector.Origin, verbose bool) {
	file := printable.Line(path.Base(o.At.File))
	where := fmt.Sprintf("frame %d, %s at %s:%d", o.Frame, printable.Line(o.At.Func), file, o.At.Line)
	if o.Frame < 0 {
		where = fmt.Sprintf("%s at %s:%d, in the goroutine that started this one", printable.Line(o.At.Func), file,
			o.At.Line)
	}
	s.out.Bold(printable.Line(o.Expr))
	s.out.Printf("  (%s)\n", where)
	for i, set := range o.Settings {
		if i == shownSettings && !verbose {
			s.out.Printf("    (%d more: origin -v)\n", len(o.Settings)-i)
			break
		}
		remark := ""
		switch {
		case set.Address:
			remark = "   (it may be set through its address)"
		case set.Part:
			remark = "   (a part)"
		}
		if set.Later {
			remark += "   (in a loop or a function literal)"
		}
		start := fmt.Sprintf("    %s:%d  ", file, set.Line)
		room := s.show.columns() - printable.Width(start+remark, 0)
		s.out.Printf("%s%s%s\n", start, printable.Cut(printable.Line(set.Text), max(room, shownKey)), remark)
	}
	switch {
	case o.Argument >= 0:
		s.out.Printf("    %s\n", s.passed(o))
	case len(o.Settings) > 0 || o.Frame < 0:
	case o.Unclear:
		s.out.Printf("    (the source doesn't say what sets it)\n")
	case o.Local:
		s.out.Printf("    (no statement before this line sets it)\n")
	}
}

// passed says which argument a variable is, and what the caller passes.
func (s *session) passed(o *inspector.Origin) string {
	what := "the receiver"
	if o.Argument > 0 {
		what = "argument " + strconv.Itoa(o.Argument)
	}
	text := what + " of " + printable.Line(o.At.Func)
	switch at := fmt.Sprintf("%s:%d", printable.Line(path.Base(o.CallAt.File)), o.CallAt.Line); {
	case o.CallAt.File == "":
		return text + ", whose caller isn't in the dump"
	case o.Call == "":
		return text + ", called at " + at + ", where the source has no single call of it"
	case o.Passed == "":
		return text + ", called at " + at + ": " + printable.Cut(printable.Line(o.Call), widestCall)
	default:
		return text + " ← " + printable.Cut(printable.Line(o.Passed), widestCall) + " in " +
			printable.Cut(printable.Line(o.Call), widestCall) + " at " + at
	}
}

// widestCall is how wide the text of a call may be.
const widestCall = 60

// holders prints other places that refer to the same object.
func (s *session) holders(expr string, r inspector.Evaluated, verbose bool) {
	most := shownHolders
	if verbose {
		most = mostPlaces
	}
	var found *heap.Referrers
	var err error
	s.onHeap(func(h *heap.Heap, p dump.Progress) { found, err = h.Refs(r.Value, most, p) })
	if found == nil || err != nil {
		return
	}
	var lines []string
	own := "p " + printable.Line(expr)
	for _, v := range found.Variables {
		first := int64(0)
		if len(v.Goroutines) > 0 {
			first = v.Goroutines[0]
		}
		for _, steps := range v.Steps {
			line := s.command(heap.Path{Goroutine: first, Frame: v.Frame, Expr: v.Name + steps})
			if rest := len(v.Goroutines) - 1; rest > 0 && line != own {
				line += fmt.Sprintf("   and %s more", printable.Count(rest, "goroutine"))
			}
			lines = append(lines, line)
		}
	}
	for _, p := range found.Places {
		lines = append(lines, s.command(p))
	}
	shown := 0
	for _, line := range lines {
		switch {
		case line == own:
			continue
		case shown == most:
			s.out.Printf("    (more: refs %s)\n", printable.Line(expr))
			return
		case shown == 0:
			s.out.Printf("the same object:\n")
		}
		shown++
		s.out.Printf("    %s\n", strings.TrimSpace(line))
	}
}
