package page

import (
	"fmt"
	"slices"
	"strings"

	"coredumpy/internal/dump"
	"coredumpy/internal/inspector"
	"coredumpy/internal/pretty"
	"coredumpy/internal/printable"
)

// These bound the goroutines in a page.
const (
	maxGroups        = 20_000
	maxIDs           = 200_000  // of goroutines in groups
	maxGoroutineText = 40 << 20 // bytes of JSON about goroutines with their variables
	maxFrames        = 500      // of a goroutine
	maxGroupFrames   = 60       // of a group
	maxVars          = 1000     // of a frame
)

// groups is the block with all goroutines, without variables.
type groups struct {
	Names  []string `json:"names"` // of functions and files
	Groups []group  `json:"groups"`
	Order  []goID   `json:"order"`            // of the rows with goroutines
	Labels []label  `json:"labels,omitempty"` // of goroutines that have some
}

type label struct {
	ID   goID   `json:"id"`
	Text string `json:"text"`
}

// group is a set of goroutines that do the same at the same place.
type group struct {
	Status string   `json:"status"`
	Wait   string   `json:"wait,omitempty"`
	IDs    []goID   `json:"ids"`
	More   int      `json:"more,omitempty"`   // goroutines whose ids aren't here
	User   int      `json:"user"`             // the frame that says most
	Frames [][3]int `json:"frames,omitempty"` // function and file, as indexes of names, and line
	By     *place   `json:"by,omitempty"`
	System bool     `json:"system,omitempty"`
}

// goroutines writes the groups, and then each goroutine with its variables: the current one, one
// of each group, and the others.
func (p *page) goroutines() {
	labels := []label{}
	all := func(g *dump.Goroutine) bool {
		if len(g.Labels) > 0 && len(labels) < maxIDs {
			labels = append(labels, label{goID(g.ID), line(labelText(g.Labels))})
		}
		return true
	}
	found, read := 0, len(p.in.Goroutines())
	grouped, _, failed := p.in.Groups(func(g *dump.Goroutine) bool { found++; return all(g) },
		func() bool { return p.progress(whileGrouping, found, read) })
	if p.stopped {
		return
	}
	if failed != nil {
		p.leave("goroutines that can't be read: " + line(failed.Error()))
	}
	order := p.writeGroups(grouped, labels)
	out := rows{out: p.out, kind: "goroutine"}
	for i, id := range order {
		if p.progress(whileListing, i, len(order)) {
			return
		}
		if out.size > maxGoroutineText {
			p.leave(fmt.Sprintf("the variables of %s: there is room for %d MB about goroutines",
				printable.Count(len(order)-i, "goroutine"), maxGoroutineText>>20))
			break
		}
		g, err := p.in.Goroutine(id)
		if err != nil {
			out.add(goroutine{ID: goID(id), Note: line(err.Error())})
			continue
		}
		out.add(p.goroutine(&out, g))
		if i == 0 { // what the page shows first
			out.flush()
			for _, n := range p.sources.wanted {
				p.sources.write(n)
			}
			p.out.markup(script)
		}
	}
	if len(order) == 0 {
		p.out.markup(script)
	}
	out.flush()
}

// writeGroups writes the block of groups, and returns the goroutines in the order of their rows.
func (p *page) writeGroups(all []*inspector.Group, labels []label) (order []int64) {
	out := groups{Names: []string{}, Groups: []group{}, Labels: labels}
	names := map[string]int{}
	name := func(s string) int {
		n, ok := names[s]
		if !ok {
			n = len(out.Names)
			names[s] = n
			out.Names = append(out.Names, line(s))
		}
		return n
	}
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b *inspector.Group) int { return rank(a) - rank(b) })
	left := maxIDs
	var others []int64
	current, _ := p.in.Selected()
	for i, gr := range all {
		g, err := p.in.Goroutine(gr.IDs[0])
		if err != nil {
			continue // can't be: it was read when the groups were made
		}
		if i >= maxGroups || left == 0 {
			p.leave(fmt.Sprintf("%s with other stacks", printable.Count(len(all)-i, "group of goroutines")))
			break
		}
		ids := gr.IDs[:min(len(gr.IDs), left)]
		left -= len(ids)
		w := group{Status: line(g.Status), Wait: waited(gr.Shortest, gr.Longest), IDs: goIDs(ids),
			More: len(gr.IDs) - len(ids), User: p.in.UserFrame(g), By: placeOf(g.CreatedBy), System: gr.System}
		for f := range g.Frames[:min(len(g.Frames), max(maxGroupFrames, min(w.User+1, maxFrames)))] {
			at := &g.Frames[f].Place
			w.Frames = append(w.Frames, [3]int{name(at.Func), name(at.File), at.Line})
		}
		out.Groups = append(out.Groups, w)
		first := gr.IDs[0]
		if gr.Current && current != nil {
			first = current.ID
		}
		order = append(order, first)
		for _, id := range ids {
			if id != first {
				others = append(others, id)
			}
		}
	}
	order = append(order, others...)
	out.Order = goIDs(order)
	p.out.write("groups", 0, 1, out)
	return order
}

// rank puts the runtime's own goroutines last.
func rank(g *inspector.Group) int {
	if g.System && !g.Current {
		return 1
	}
	return 0
}

func labelText(labels []string) string {
	var pairs []string
	for pair := range slices.Chunk(labels, 2) {
		pairs = append(pairs, strings.Join(pair, "="))
	}
	return strings.Join(pairs, ", ")
}

// goroutine is a goroutine with its variables.
type goroutine struct {
	ID     goID    `json:"id"`
	Status string  `json:"status"`
	Wait   string  `json:"wait,omitempty"`
	Note   string  `json:"note,omitempty"`
	Labels string  `json:"labels,omitempty"`
	By     *place  `json:"by,omitempty"`
	Parent *goID   `json:"parent,omitempty"`
	Panic  []part  `json:"panic,omitempty"` // the value, then those of earlier panics
	Frames []frame `json:"frames"`
	More   int     `json:"more,omitempty"` // frames that aren't in the dump
	Left   int     `json:"left,omitempty"` // frames that aren't in the page
}

type frame struct {
	place
	PC    string      `json:"pc,omitempty"`
	Code  string      `json:"code,omitempty"` // whose: "std", "lib"; "" is the program's own
	Flags string      `json:"flags,omitempty"`
	Note  string      `json:"note,omitempty"`
	Vars  []part      `json:"vars,omitempty"`
	Left  int         `json:"left,omitempty"`  // variables that aren't in the page
	Lines []lineValue `json:"lines,omitempty"` // what to show beside lines of the source
}

// lineValue is a value to show beside a line of the source.
type lineValue struct {
	Line  int    `json:"l"`
	Name  string `json:"n"`
	Text  string `json:"v"`
	Class string `json:"c,omitempty"`
}

func (p *page) goroutine(in *rows, g *dump.Goroutine) goroutine {
	out := goroutine{ID: goID(g.ID), Status: line(g.Status), Wait: waited(g.Wait, g.Wait), Note: line(g.Note.String()),
		Labels: line(labelText(g.Labels)), By: placeOf(g.CreatedBy), More: g.More, Frames: []frame{}}
	if g.Parent != 0 {
		id := goID(g.Parent)
		out.Parent = &id
	}
	if v := g.PanicValue(); v != nil {
		v.Name = "panic"
		out.Panic = append(out.Panic, p.variable(in, v, v.Name, root{g.ID, 0}))
		for _, v := range g.EarlierPanics() {
			v.Name = "earlier"
			out.Panic = append(out.Panic, p.variable(in, &v, "", root{g.ID, 0}))
		}
	}
	shown := g.Frames[:min(len(g.Frames), maxFrames)]
	for i := range shown {
		out.Frames = append(out.Frames, p.frame(in, g, i))
	}
	out.Left = len(g.Frames) - len(shown)
	return out
}

func (p *page) frame(in *rows, g *dump.Goroutine, n int) frame {
	f := &g.Frames[n]
	out := frame{place: place{line(f.Func), line(f.File), f.Line}, Note: line(f.Note.String())}
	if f.PC != 0 {
		out.PC = fmt.Sprintf("%#x", f.PC)
	}
	switch {
	case p.in.Mine(f):
	case p.in.Module(f) == inspector.Standard:
		out.Code = "std"
	default:
		out.Code = "lib"
	}
	var flags []string
	if f.Inlined {
		flags = append(flags, "inlined")
	}
	if f.Optimized {
		flags = append(flags, "optimized")
	}
	out.Flags = strings.Join(flags, ", ")
	vars := f.Vars()
	for i := range vars[:min(len(vars), maxVars)] {
		v := &vars[i]
		expr := ""
		if !v.Shadowed && f.Variable(v.Name) == v {
			expr = v.Name
		}
		out.Vars = append(out.Vars, p.variable(in, v, expr, root{g.ID, n}))
	}
	out.Left = max(len(vars)-maxVars, 0)
	out.Lines = p.lineValues(f)
	p.sources.want(f.File)
	return out
}

func (p *page) variable(in *rows, v *dump.Variable, expr string, from root) part {
	out := p.values.part(in, v.Name, shown{value: v.Value, expr: expr}, asVariable, from)
	out.Kind, out.Line, out.Note, out.Outer = string(v.Role), v.Line, line(v.Note()), v.Shadowed
	return out
}

// inline bounds the text of a value beside a line of the source.
var inline = pretty.Options{Views: true, String: 40, Elements: 4, Depth: 0, Bytes: 56, Name: line}

// lineValues returns the values beside the lines of a frame's function.
func (p *page) lineValues(f *dump.Frame) (all []lineValue) {
	if p.in.Module(f) == inspector.Standard {
		return nil // nobody looks for the reason there, and it takes time
	}
	for _, v := range p.in.LineValues(f, 1, f.Line) {
		value := v.Variable.Value
		all = append(all, lineValue{v.Line, line(v.Name), line(p.text(value, inline)), class(value)})
	}
	return all
}

// globals writes the package-level variables.
func (p *page) globals() {
	vars, err := p.in.Globals()
	if err != nil {
		p.leave("package-level variables that can't be read: " + line(err.Error()))
	}
	out := rows{out: p.out, kind: "global"}
	for i := range vars {
		v := &vars[i]
		out.add(p.variable(&out, v, inspector.GlobalExpr(v.Name), root{}))
	}
	out.flush()
}
