package stacks

import (
	"cmp"
	"fmt"
	"hash/maphash"
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
	// Lookup returns a goroutine that was added. Of a million goroutines no
	// frames are kept.
	Lookup func(id int64) (*corefile.Goroutine, error)

	list  []*group
	index map[[2]uint64]*group // by what makes them the same
	count int
	text  []byte // of a key
}

type group struct {
	ids               []int64
	shortest, longest int64 // waits
	current           bool
	system            bool // started by the runtime, and nothing else is on the stack
}

// shownIDs is how many of a group's ids are shown.
const shownIDs = 12

// Add adds a goroutine.
func (gs *Groups) Add(g *corefile.Goroutine) {
	key := gs.key(g)
	gr := gs.index[key]
	if gr == nil {
		gr = &group{shortest: g.Wait, longest: g.Wait, system: ofRuntime(g)}
		if gs.index == nil {
			gs.index = map[[2]uint64]*group{}
		}
		gs.index[key] = gr
		gs.list = append(gs.list, gr)
	}
	gr.ids = append(gr.ids, g.ID)
	gr.shortest, gr.longest = min(gr.shortest, g.Wait), max(gr.longest, g.Wait)
	gr.current = gr.current || g.ID == gs.Current
	gs.count++
}

var seeds = [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}

// key returns what is the same for all goroutines of a group.
func (gs *Groups) key(g *corefile.Goroutine) (key [2]uint64) {
	gs.text = append(append(append(gs.text[:0], g.Status...), '\n'), g.Note...)
	place := func(p *corefile.Place) {
		gs.text = append(append(append(gs.text, '\n'), p.Func...), ':')
		gs.text = strconv.AppendInt(gs.text, int64(p.Line), 10)
	}
	for i := range g.Frames {
		place(&g.Frames[i].Place)
	}
	if g.CreatedBy != nil {
		place(g.CreatedBy)
	}
	// The seeds aren't known to whoever has made the dump. A cryptographic hash would be in
	// every program that imports coredumpy.
	return [2]uint64{maphash.Bytes(seeds[0], gs.text), maphash.Bytes(seeds[1], gs.text)}
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
		if !verbose && !gr.current && gr.system {
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
	first, err := gs.Lookup(gr.ids[0])
	if err != nil {
		return // it could be read when it was added
	}
	mark := "  "
	if gr.current {
		mark = "* "
	}
	fmt.Fprintf(w, "%s%s [%s%s]: %s\n", mark, counted(len(gr.ids), "goroutine"),
		safetext.Line(first.Status), waiting(gr.shortest, gr.longest), gs.ids(gr, verbose))
	frames := first.Frames
	if !verbose && len(frames) > 0 {
		user := gs.Program.UserFrame(frames)
		frames = frames[user : user+1]
	}
	for i := range frames {
		fmt.Fprint(w, "      ")
		w.Bold(safetext.Line(frames[i].Func))
		fmt.Fprintf(w, " at %s\n", Position(frames[i].Place))
	}
	if first.Note != "" {
		fmt.Fprintf(w, "      (%s)\n", safetext.Line(first.Note))
	}
	if c := first.CreatedBy; c != nil && c.Func != "" {
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

// ofRuntime reports whether a goroutine is the runtime's own: it started it, and nothing
// else is on the stack. One of the program's whose callers are missing isn't.
func ofRuntime(g *corefile.Goroutine) bool {
	outside := func(f corefile.Frame) bool { return packageOf(&f) != "runtime" }
	if by := g.CreatedBy; by != nil && outside(corefile.Frame{Place: *by}) {
		return false
	}
	return len(g.Frames) > 0 && !slices.ContainsFunc(g.Frames, outside)
}

func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
