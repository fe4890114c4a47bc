package repl

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"coredumpy/internal/dump"
	"coredumpy/internal/inspector"
	"coredumpy/internal/safetext"
)

// writer is what stacks are written to.
type writer interface {
	io.Writer
	Bold(text string)
	Err() error // not nil if writing has become pointless
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
		w.Bold(safetext.Line(frames[i].Func))
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

// position returns file and line.
func position(p dump.Place) string {
	if p.File == "" {
		return "(unknown)"
	}
	return fmt.Sprintf("%s:%d", safetext.Line(p.File), p.Line)
}

func createdBy(g *dump.Goroutine) string {
	if g.CreatedBy == nil || g.CreatedBy.Func == "" {
		return ""
	}
	name := safetext.Line(g.CreatedBy.Func)
	if g.Parent == 0 {
		return name
	}
	return fmt.Sprintf("%s in goroutine %d", name, g.Parent)
}

// state returns what a goroutine does, as in a traceback: "chan receive, 5m0s".
func state(g *dump.Goroutine) string {
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

// shownIDs is how many of a group's ids are shown.
const shownIDs = 12

// writeGroups writes groups, of count goroutines in all. If verbose, with all frames and
// ids; otherwise the runtime's own come last, in one line.
func (s *session) writeGroups(groups []*inspector.Group, count int, verbose bool) {
	var system []int64
	for _, gr := range groups {
		if s.out.Err() != nil {
			return
		}
		if !verbose && !gr.Current && gr.System {
			system = append(system, gr.IDs...)
			continue
		}
		s.writeGroup(gr, verbose)
	}
	if len(system) > 0 {
		fmt.Fprintf(s.out, "  %s of the runtime: %s\n", counted(len(system), "goroutine"), idList(system, false))
	}
	fmt.Fprintf(s.out, "[%s in %s]\n", counted(count, "goroutine"), counted(len(groups), "group"))
}

func (s *session) writeGroup(gr *inspector.Group, verbose bool) {
	first, err := s.in.Goroutine(gr.IDs[0])
	if err != nil {
		return // it could be read when the groups were made
	}
	mark := "  "
	if gr.Current {
		mark = "* "
	}
	w := s.out
	fmt.Fprintf(w, "%s%s [%s%s]: %s\n", mark, counted(len(gr.IDs), "goroutine"),
		safetext.Line(first.Status), waiting(gr.Shortest, gr.Longest), s.ids(gr, verbose))
	frames := first.Frames
	if !verbose && len(frames) > 0 {
		user := s.in.UserFrame(first)
		frames = frames[user : user+1]
	}
	for i := range frames {
		fmt.Fprint(w, "      ")
		w.Bold(safetext.Line(frames[i].Func))
		fmt.Fprintf(w, " at %s\n", position(frames[i].Place))
	}
	if first.Note != "" {
		fmt.Fprintf(w, "      (%s)\n", safetext.Line(first.Note))
	}
	if c := first.CreatedBy; c != nil && c.Func != "" {
		fmt.Fprintf(w, "      created by %s at %s\n", safetext.Line(c.Func), position(*c))
	}
}

// ids lists the ids of a group; that of the selected goroutine stands first.
func (s *session) ids(gr *inspector.Group, verbose bool) string {
	ids := slices.Clone(gr.IDs)
	if g, err := s.in.Selected(); err == nil {
		if i := slices.Index(ids, g.ID); i > 0 {
			copy(ids[1:i+1], ids[:i])
			ids[0] = g.ID
		}
	}
	return idList(ids, verbose)
}

func idList(ids []int64, verbose bool) string {
	var b strings.Builder
	for i, id := range ids {
		if i == shownIDs && !verbose {
			fmt.Fprintf(&b, ", ...+%d more", len(ids)-i)
			break
		}
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(strconv.FormatInt(id, 10))
	}
	return b.String()
}

func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
