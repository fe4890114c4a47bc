package dump

import (
	"encoding/json"
	"fmt"
	"iter"
	"reflect"
	"runtime"
	"slices"
	"sync"

	"coredumpy/internal/caveat"
	"coredumpy/internal/corefile"
	"coredumpy/internal/syntax"
)

// Node is an object, by its id, or a variable: those have numbers after the objects'.
type Node uint32

// At is the place of a channel, or of what else goroutines wait for, in the memory of a node.
type At struct {
	Node
	Addr  uint64
	Type  *Type
	Steps string // from the node's value to it: .mu, [3].mu
}

// Root is a variable from which references start, of a frame or of a package.
type Root struct {
	Goroutine  int64 // 0 for a variable of a package
	Frame, Var int   // indexes; Frame is -1 for the value of a panic, Var is one of Globals
}

// Graph says which variables and objects refer to which objects. It takes some 30 bytes for
// each object, and holds none of their text.
type Graph struct {
	// At says, for each address asked for, where it is in the dump; see NewGraph.
	At map[uint64][]At
	// Aside has the nodes that hold copies of what goroutines can wait for, whose addresses
	// aren't in the dump: closures that captured it by reference.
	Aside []Node
	// Cut counts references to what isn't in the dump, because of a limit or because memory
	// couldn't be read.
	Cut int

	core    *Core
	objects int
	roots   []Root
	first   []uint32 // where the references of a node begin in refs, and one more at the end
	refs    []Node
	back    []uint32 // likewise, who refers to a node
	backs   []Node
}

// What is known about an object while the graph is made.
const (
	seen     = 1 << iota // as a value
	elements             // as the elements of a slice, map or channel
)

// builder has what is needed only while a graph is made.
type builder struct {
	*Graph
	scan    scanner
	sought  []uint64 // addresses, sorted
	state   []uint8  // of each object, see seen
	addrs   []uint64 // of objects, if a reference has had them
	queue   []uint32 // twice the ids of objects, plus one for their elements
	current Node
	from    []Node // of each reference
	held    []place
}

// place is the memory of a node, or a part of it: a value of a type, or n of them.
type place struct {
	node Node
	addr uint64
	typ  int
	n    uint64 // 0 if it isn't an array
}

// maxObjects bounds the objects of a graph: no file that can be opened has more.
const maxObjects = 1 << 30

// NewGraph reads all goroutines and objects. It calls visit with each goroutine, which
// returns the addresses to look for; the record isn't kept. If stop ends it, there is no
// graph. The error is why a goroutine or a variable couldn't be read.
func (c *Core) NewGraph(visit func(*Goroutine) []uint64, stop func() bool) (*Graph, error) {
	n := min(c.file.MaxObject(), maxObjects)
	b := &builder{Graph: &Graph{At: map[uint64][]At{}, objects: n, core: c},
		state: make([]uint8, n+1), addrs: make([]uint64, n+1)}
	b.scan = scanner{old: c.file.Old(), plans: c.plans(), refer: b.refer, missing: b.missing}
	b.from, b.refs = make([]Node, 0, 2*n), make([]Node, 0, 2*n) // objects refer to about two others
	globals, failed := c.file.Globals()
	for i := range globals {
		b.root(Root{Var: i}, &globals[i])
	}
	for g, err := range c.goroutines() {
		switch {
		case stop():
			return nil, nil
		case err != nil:
			failed = err
			continue
		}
		b.sought = append(b.sought, visit(g)...)
		if g.Panic != nil {
			b.root(Root{Goroutine: g.ID, Frame: -1}, g.Panic)
		}
		for i := range g.Frames {
			vars := g.Frames[i].Frame.Vars
			for j := range vars {
				b.root(Root{g.ID, i, j}, &vars[j])
			}
		}
	}
	slices.Sort(b.sought)
	b.sought = slices.Compact(b.sought)
	for i := 0; i < len(b.queue); i++ {
		if i%4096 == 0 && stop() {
			return nil, nil
		}
		b.object(part{int(b.queue[i] / 2), b.queue[i]%2 == 1})
	}
	for _, h := range b.held {
		b.within(h)
	}
	b.queue, b.addrs, b.state = nil, nil, nil
	b.index()
	return b.Graph, failed
}

// goroutines reads all goroutines, as many at once as there are processors.
func (c *Core) goroutines() iter.Seq2[*Goroutine, error] {
	const atOnce = 256 // in memory
	return func(yield func(*Goroutine, error) bool) {
		ids := c.Goroutines()
		var read [atOnce]*Goroutine
		var failed [atOnce]error
		for len(ids) > 0 {
			n := min(len(ids), atOnce)
			var wg sync.WaitGroup
			workers := runtime.GOMAXPROCS(0)
			for w := range workers {
				wg.Add(1)
				go func() {
					defer wg.Done()
					for i := w; i < n; i += workers {
						read[i], failed[i] = c.Goroutine(ids[i])
					}
				}()
			}
			wg.Wait()
			for i := range n {
				if !yield(read[i], failed[i]) {
					return
				}
			}
			ids = ids[n:]
		}
	}
}

// root adds a variable.
func (b *builder) root(r Root, v *corefile.Variable) {
	if unset(v) {
		defer func(n int) { b.Cut = n }(b.Cut) // nothing is missing that isn't set
	}
	p := b.scan.plans[v.Type]
	if p == nil || !p.refers && !p.waitable {
		if p == nil || p.kind == reflect.Invalid {
			b.Cut += missing(v.Value)
		}
		return
	}
	b.roots = append(b.roots, r)
	b.current = Node(b.objects + len(b.roots))
	if p.waitable && v.Addr != 0 {
		b.held = append(b.held, place{b.current, v.Addr, v.Type, 0})
	}
	b.scan.value(p, v.Value, 0)
}

// object finds the references in an object.
func (b *builder) object(o part) {
	typ, text, addr, ok := b.core.file.RawObject(o.id)
	p := b.scan.plans[typ]
	if !ok || p == nil {
		b.Cut++
		return
	}
	b.current = Node(o.id)
	if p.aside {
		b.Aside = append(b.Aside, b.current)
	}
	end := 0
	switch {
	case !o.elements:
		end = b.scan.value(p, text, 0)
	case !p.refers || p.kind != reflect.Slice && p.kind != reflect.Map && p.kind != reflect.Chan:
		end = skip(text, 0)
	case at(text, 0) == '[':
		end = b.scan.list(p, text, 0)
	default:
		end = b.scan.object(p, text, 0)
	}
	if b.scan.old { // the address follows the value, or is in the references to the object
		addr = b.addrs[o.id]
		if own, digits := number(text, end+1); at(text, end) == ',' && digits > end+1 {
			addr = own
		}
	}
	switch {
	case o.elements && p.kind == reflect.Chan:
		b.within(place{b.current, addr, typ, 0})
	case o.elements && p.kind == reflect.Slice && p.elem.waitable:
		b.within(place{b.current, addr, b.core.typeOf(typ).record().Elem, uint64(count(text))})
	case !o.elements && p.waitable:
		b.within(place{b.current, addr, typ, 0})
	}
}

// count returns how many elements the list at the beginning of a text has; if it is a part of
// an object, at least as many.
func count(text []byte) (n int) {
	if at(text, 0) != '[' {
		return len(text)
	}
	for i := 1; i < len(text) && text[i] != ']'; i++ {
		i = skip(text, i)
		n++
		if at(text, i) != ',' {
			break
		}
	}
	return n
}

// within notes which of the addresses sought are in a place.
func (b *builder) within(pl place) {
	t := b.core.typeOf(pl.typ)
	size := uint64(max(t.Size(), 1)) * max(pl.n, 1)
	if pl.typ == 0 || t.Kind() == reflect.Chan {
		size = 1
	}
	i, _ := slices.BinarySearch(b.sought, pl.addr)
	for ; i < len(b.sought) && b.sought[i]-pl.addr < size; i++ {
		at, off := At{Node: pl.node, Addr: pl.addr, Type: t}, b.sought[i]-pl.addr
		if elem := uint64(t.Size()); pl.n > 0 && elem > 0 {
			at.Steps, at.Addr = fmt.Sprintf("[%d]", off/elem), pl.addr+off/elem*elem
			off %= elem
		}
		if t.Kind() == reflect.Chan || pl.typ == 0 || at.descend(off) {
			b.At[b.sought[i]] = append(b.At[b.sought[i]], at)
		}
	}
}

// descend continues with the outermost struct around an offset that goroutines wait for, and
// reports whether there is one.
func (a *At) descend(off uint64) bool {
	const deepest = 100
	for n := 0; !Waitable(a.Type.String()); n++ {
		if n == deepest {
			return false
		}
		in := int64(off)
		switch rec := a.Type.record(); a.Type.Kind() {
		case reflect.Array:
			elem := a.Type.Elem()
			if elem.Size() <= 0 || in/elem.Size() >= rec.Len {
				return false
			}
			a.Steps += fmt.Sprintf("[%d]", in/elem.Size())
			in -= in % elem.Size()
			a.Type = elem
		case reflect.Struct:
			i := slices.IndexFunc(rec.Fields, func(f corefile.Field) bool {
				return !f.Indirect && f.Offset <= in && in < f.Offset+a.Type.ref(f.Type).Size()
			})
			if i < 0 {
				return false
			}
			in = rec.Fields[i].Offset
			a.Steps += "." + rec.Fields[i].Name
			a.Type = a.Type.ref(rec.Fields[i].Type)
		default:
			return false
		}
		a.Addr += uint64(in)
		off -= uint64(in)
	}
	return true
}

// refer adds a reference of the current node.
func (b *builder) refer(addr uint64, id int, p *plan) {
	if id <= 0 || id > b.objects {
		if p.kind == reflect.Chan { // its content wasn't stored
			b.held = append(b.held, place{b.current, addr, 0, 0})
		}
		return
	}
	b.from, b.refs = append(b.from, b.current), append(b.refs, Node(id))
	as, queued := uint8(seen), 2*uint32(id)
	if p.kind == reflect.Slice || p.kind == reflect.Map || p.kind == reflect.Chan {
		as, queued = elements, queued+1
	}
	if b.addrs[id] == 0 && p.kind != reflect.Func {
		b.addrs[id] = addr
	}
	if b.state[id]&as == 0 {
		b.state[id] |= as
		b.queue = append(b.queue, queued)
	}
}

// missing counts what is missing of a node.
func (b *builder) missing(text []byte) { b.Cut += missing(text) }

// missing returns 1 if what a value refers to was cut or couldn't be read, otherwise 0. It
// doesn't count the runtime's own structures: they refer to everything, and a program waits
// for none of them. [Frame.Unknown] reports what the compiler didn't keep.
func missing(text []byte) int {
	switch why := reasonOf(text); {
	case why == caveat.None, why == caveat.RuntimeOwn, why >= caveat.OptimizedOut && why <= caveat.NotSetYet:
		return 0
	}
	return 1
}

// reasonOf returns why a value is missing, None if it isn't.
func reasonOf(text []byte) caveat.Kind {
	var of struct{ X caveat.Reason }
	if len(text) == 0 || text[0] != '{' || json.Unmarshal(text, &of) != nil {
		return caveat.None
	}
	return of.X.Kind
}

// index sorts the references by their source, and by their target.
func (b *builder) index() {
	nodes := b.objects + len(b.roots) + 1
	b.first, b.backs = group(nodes, b.from, b.refs)
	forward := b.backs
	b.back, b.backs = group(nodes, b.refs, b.from)
	b.from, b.refs = nil, forward
}

// group sorts values by their keys, which are less than n: first says where the values of each
// key begin.
func group(n int, keys, values []Node) (first []uint32, sorted []Node) {
	first, sorted = make([]uint32, n+1), make([]Node, len(values))
	for _, k := range keys {
		first[k+1]++
	}
	for i := 1; i < len(first); i++ {
		first[i] += first[i-1]
	}
	next := slices.Clone(first[:n])
	for i, k := range keys {
		sorted[next[k]] = values[i]
		next[k]++
	}
	return first, sorted
}

// Refs returns what a node refers to.
func (g *Graph) Refs(n Node) []Node { return g.refs[g.first[n]:g.first[n+1]] }

// Backs returns what refers to a node.
func (g *Graph) Backs(n Node) []Node { return g.backs[g.back[n]:g.back[n+1]] }

// Nodes returns how many nodes there are: each is less than that.
func (g *Graph) Nodes() int { return g.objects + len(g.roots) + 1 }

// Root returns the variable that a node is.
func (g *Graph) Root(n Node) (r Root, ok bool) {
	if int(n) <= g.objects || int(n) >= g.Nodes() {
		return Root{}, false
	}
	return g.roots[int(n)-g.objects-1], true
}

// RootNodes calls visit with each variable.
func (g *Graph) RootNodes(visit func(Node, Root)) {
	for i, r := range g.roots {
		visit(Node(g.objects+1+i), r)
	}
}

// Type returns the type of the object that a node is, "" if it is a variable.
func (g *Graph) Type(n Node) string {
	if int(n) > g.objects {
		return ""
	}
	typ, _, _, _ := g.core.file.RawObject(int(n))
	return g.core.typeOf(typ).String()
}

// Unknown reports whether a variable of the frame that could refer to something has no value.
func (f *Frame) Unknown() bool {
	if f.Note.Kind != caveat.None {
		return true
	}
	for i := range f.Frame.Vars {
		v := &f.Frame.Vars[i]
		if k := f.core.typeOf(v.Type).Kind(); k >= reflect.Bool && k <= reflect.Complex128 || k == reflect.String {
			continue // it refers to nothing
		}
		if unset(v) {
			continue
		}
		switch reasonOf(v.Value) {
		case caveat.None, caveat.RuntimeOwn, caveat.NotSetYet:
		default:
			return true
		}
	}
	return false
}

// unset reports whether a variable may not be set yet, or isn't used again.
func unset(v *corefile.Variable) bool {
	switch v.Doubts.First() {
	case caveat.OnLine, caveat.InStatement, caveat.TargetReused, caveat.MemoryReused:
		return true
	}
	return false
}

// TypeOf returns the type of the variable with that index in the frame's record.
func (f *Frame) TypeOf(i int) string { return f.core.typeOf(f.Frame.Vars[i].Type).String() }

// Syntax returns the parsed source file of that path; nil, which has nothing, if the dump
// doesn't hold the file.
func (c *Core) Syntax(path string) *syntax.File { return c.syntax(path) }
