package repl

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"coredumpy/internal/inspector"
	"coredumpy/internal/printable"
)

// shownIDs is how many of a group's ids are shown.
const shownIDs = 12

// writeGroups writes groups, of count goroutines in all. If verbose is set it writes all
// frames and ids; otherwise the runtime's own goroutines come last, in one line.
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
		fmt.Fprintf(s.out, "  %s of the runtime: %s\n",
			printable.Count(len(system), "goroutine"), idList(system, false))
	}
	fmt.Fprintf(s.out, "[%s in %s]\n", printable.Count(count, "goroutine"), printable.Count(len(groups), "group"))
}

func (s *session) writeGroup(gr *inspector.Group, verbose bool) {
	first, err := s.in.Goroutine(gr.IDs[0])
	if err != nil {
		return // can't be: it was read when the groups were made
	}
	mark := "  "
	if gr.Current {
		mark = "* "
	}
	w := s.out
	fmt.Fprintf(w, "%s%s [%s%s]: %s\n", mark, printable.Count(len(gr.IDs), "goroutine"),
		printable.Line(first.Status), waiting(gr.Shortest, gr.Longest), s.ids(gr, verbose))
	frames := first.Frames
	if !verbose && len(frames) > 0 {
		user := s.in.UserFrame(first)
		frames = frames[user : user+1]
	}
	for i := range frames {
		fmt.Fprint(w, "      ")
		w.Bold(printable.Line(frames[i].Func))
		fmt.Fprintf(w, " at %s\n", position(frames[i].Place))
	}
	if len(first.Note.String()) > 0 {
		fmt.Fprintf(w, "      (%s)\n", printable.Line(first.Note.String()))
	}
	if c := first.CreatedBy; c != nil && c.Func != "" {
		fmt.Fprintf(w, "      created by %s at %s\n", printable.Line(c.Func), position(*c))
	}
}

// ids lists the ids of a group, that of the selected goroutine first.
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
