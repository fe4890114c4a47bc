package stacks

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"coredumpy/internal/corefile"
	"coredumpy/internal/safetext"
)

// Groups are goroutines, those that do the same at the same place together.
type Groups struct {
	Program *Program
	Current int64 // id of the goroutine to mark

	list  []*group
	index map[string]*group
	count int
}

type group struct {
	first             *corefile.Goroutine // without variables
	ids               []int64
	shortest, longest int64 // waits
	current           bool
}

// shownIDs is how many of a group's ids are shown.
const shownIDs = 12

// Add adds a goroutine.
func (gs *Groups) Add(g *corefile.Goroutine) {
	var key strings.Builder
	key.WriteString(g.Status + "\n" + g.Note)
	for i := range g.Frames {
		fmt.Fprintf(&key, "\n%s:%d", g.Frames[i].Func, g.Frames[i].Line)
	}
	if g.CreatedBy != nil {
		fmt.Fprintf(&key, "\n%s:%d", g.CreatedBy.Func, g.CreatedBy.Line)
	}
	if gs.index == nil {
		gs.index = map[string]*group{}
	}
	gr := gs.index[key.String()]
	if gr == nil {
		for i := range g.Frames {
			g.Frames[i].Vars = nil
		}
		gr = &group{first: g, shortest: g.Wait, longest: g.Wait}
		gs.index[key.String()] = gr
		gs.list = append(gs.list, gr)
	}
	gr.ids = append(gr.ids, g.ID)
	gr.shortest, gr.longest = min(gr.shortest, g.Wait), max(gr.longest, g.Wait)
	gr.current = gr.current || g.ID == gs.Current
	gs.count++
}

// Write writes the groups: that of the current goroutine first, the larger ones
// before the smaller, the runtime's own last. If verbose, with all frames and ids.
func (gs *Groups) Write(w Writer, verbose bool) {
	slices.SortStableFunc(gs.list, func(a, b *group) int {
		if a.current != b.current {
			if a.current {
				return -1
			}
			return 1
		}
		return cmp.Compare(len(b.ids), len(a.ids))
	})
	var system []int64
	for _, gr := range gs.list {
		if w.Err() != nil {
			return
		}
		if !verbose && !gr.current && ofRuntime(gr.first.Frames) {
			system = append(system, gr.ids...)
			continue
		}
		gs.writeGroup(w, gr, verbose)
	}
	if len(system) > 0 {
		fmt.Fprintf(w, "  %s of the runtime: %s\n", counted(len(system), "goroutine"), idList(system, false))
	}
	fmt.Fprintf(w, "[%s in %s]\n", counted(gs.count, "goroutine"), counted(len(gs.list), "group"))
}

func (gs *Groups) writeGroup(w Writer, gr *group, verbose bool) {
	mark := "  "
	if gr.current {
		mark = "* "
	}
	fmt.Fprintf(w, "%s%s [%s%s]: %s\n", mark, counted(len(gr.ids), "goroutine"),
		safetext.Line(gr.first.Status), waiting(gr.shortest, gr.longest), gs.ids(gr, verbose))
	frames := gr.first.Frames
	if !verbose && len(frames) > 0 {
		user := gs.Program.UserFrame(frames)
		frames = frames[user : user+1]
	}
	for i := range frames {
		fmt.Fprint(w, "      ")
		w.Bold(safetext.Line(frames[i].Func))
		fmt.Fprintf(w, " at %s\n", Position(frames[i].Place))
	}
	if gr.first.Note != "" {
		fmt.Fprintf(w, "      (%s)\n", safetext.Line(gr.first.Note))
	}
	if c := gr.first.CreatedBy; c != nil && c.Func != "" {
		fmt.Fprintf(w, "      created by %s at %s\n", safetext.Line(c.Func), Position(*c))
	}
}

// ids lists the ids of a group; the current one stands first.
func (gs *Groups) ids(gr *group, verbose bool) string {
	ids := slices.Clone(gr.ids)
	if i := slices.Index(ids, gs.Current); i > 0 {
		copy(ids[1:i+1], ids[:i])
		ids[0] = gs.Current
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

// ofRuntime reports whether nothing but the runtime is on a stack.
func ofRuntime(frames []corefile.Frame) bool {
	outside := func(f corefile.Frame) bool { return packageOf(&f) != "runtime" }
	return len(frames) > 0 && !slices.ContainsFunc(frames, outside)
}

func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
