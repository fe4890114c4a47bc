package dump

import (
	"cmp"
	"reflect"
	"slices"
	"sync"
)

// References calls visit with the steps from a value to each reference in it to an object,
// until visit returns false. It keeps no steps.
func (g *Graph) References(v Value, object int, visit func(steps []Step) (more bool)) {
	s := g.finder(object, visit)
	s.value(g.plans[v.Type().record().ID], v.raw, 0)
}

// ReferencesIn is References from the content of an object: a value, or the elements of a
// slice, map or channel.
func (g *Graph) ReferencesIn(from Node, object int, visit func(steps []Step) (more bool)) {
	typ, text, _, ok := g.core.file.RawObject(int(from))
	p := g.plans[typ]
	if !ok || p == nil {
		return
	}
	s := g.finder(object, visit)
	if p.isList() && !g.values.has(from) {
		s.content(p, text)
		return
	}
	s.value(p, text, 0)
}

// Targets returns the objects to which a value refers.
func (g *Graph) Targets(v Value) (targets []Node) {
	s := &scanner{old: g.core.file.Old(), plans: g.plans, want: references}
	s.refer = func(_ uint64, id int, _ uint64, _ *plan) {
		if id > 0 && id <= g.objects {
			targets = append(targets, Node(id))
		}
	}
	s.value(g.plans[v.Type().record().ID], v.raw, 0)
	return targets
}

func (g *Graph) finder(object int, visit func([]Step) bool) *scanner {
	s := &scanner{old: g.core.file.Old(), plans: g.plans, want: references, path: make([]Step, 0, 16)}
	s.refer = func(_ uint64, id int, _ uint64, _ *plan) {
		if id == object && !s.done {
			s.done = !visit(s.path)
		}
	}
	return s
}

// Leaf is a value in a dump that consists of no others, or a reference.
type Leaf struct {
	Node  Node // the object that it is in; 0 if it is in a variable
	Root  Root // the variable
	Steps []Step
}

// Search says what to look for in all values of a dump.
type Search struct {
	Kinds []reflect.Kind // of values; for a text of bytes that of an array
	// Leaf reports whether a value that consists of no others is looked for. text is the value
	// as package notation writes it. Several goroutines call it at once.
	Leaf func(k reflect.Kind, text []byte) bool
	// Objects are those to which references are looked for, too.
	Objects []int
	// Most is how many leaves to return. The others are only counted.
	Most int
}

// Leaves finds values: those in variables first, in the order of the dump, then those in
// objects. count is how many there are. If progress stops the search, ok is false.
func (g *Graph) Leaves(find Search, progress Progress) (leaves []Leaf, count int, ok bool) {
	goroutines := g.core.Goroutines()
	all := len(goroutines) + g.core.file.Pieces()
	h := g.newHunter(find)
	globals, _ := g.core.file.Globals()
	for i := range globals {
		h.variable(&stackVariable{Root: Root{Var: int32(i)}, typ: globals[i].Type, value: globals[i].Value})
	}
	done, stopped := 0, false
	g.core.stackVariables(h.variable, func() bool {
		done++
		stopped = stopped || progress(done, all)
		return stopped
	})
	if stopped {
		return nil, 0, false
	}
	leaves, count = h.found, h.count
	var mu sync.Mutex
	var found []Leaf
	ok = g.core.eachPiece(func() (func(int), func()) {
		h := g.newHunter(find)
		piece := func(i int) { g.core.file.Piece(i, h.object) }
		return piece, func() {
			mu.Lock()
			defer mu.Unlock()
			found, count = append(found, h.found...), count+h.count
		}
	}, func(done, all int) bool { return progress(len(goroutines)+done, len(goroutines)+all) })
	slices.SortStableFunc(found, func(a, b Leaf) int { return cmp.Compare(a.Node, b.Node) })
	leaves = append(leaves, found...)
	return leaves[:min(len(leaves), find.Most)], count, ok
}

// hunter finds leaves. Several hunt at once.
type hunter struct {
	*Graph
	find  Search
	scan  scanner
	at    Leaf // where it is
	found []Leaf
	count int
}

func (g *Graph) newHunter(find Search) *hunter {
	h := &hunter{Graph: g, find: find}
	h.scan = scanner{old: g.core.file.Old(), plans: g.plans, want: kindsOf(find.Kinds...), path: make([]Step, 0, 16)}
	h.scan.leaf = func(p *plan, text []byte) {
		if find.Leaf(p.kind, text) {
			h.hit()
		}
	}
	h.scan.missing = func(text []byte) {
		if find.Leaf(reflect.Invalid, text) {
			h.hit()
		}
	}
	if len(find.Objects) > 0 {
		h.scan.want |= references
		h.scan.refer = func(_ uint64, id int, _ uint64, _ *plan) {
			if slices.Contains(find.Objects, id) {
				h.hit()
			}
		}
	}
	return h
}

// hit notes the current value. A piece of the file comes after those before it, so the first
// ones that a hunter finds are the first ones of the file that it has seen.
func (h *hunter) hit() {
	if h.count++; len(h.found) < h.find.Most {
		leaf := h.at
		leaf.Steps = slices.Clone(h.scan.path)
		h.found = append(h.found, leaf)
	}
}

func (h *hunter) variable(v *stackVariable) {
	h.at = Leaf{Root: v.Root}
	h.scan.value(h.plans[v.typ], v.value, 0)
}

func (h *hunter) object(id, typ int, text []byte, _ uint64) {
	p := h.plans[typ]
	if id > h.objects || p == nil {
		return
	}
	h.at = Leaf{Node: Node(id)}
	if p.isList() && !h.values.has(Node(id)) {
		h.scan.content(p, text)
		return
	}
	h.scan.value(p, text, 0)
}

// Address returns the address of an object, 0 if it isn't known.
func (g *Graph) Address(n Node) uint64 {
	if g.addrs != nil {
		return g.addrs[n]
	}
	addr, _ := g.core.file.Address(int(n))
	return addr
}

// maxAt bounds the objects at one address that are told apart: a struct, its first field, the
// first field of that, and so on.
const maxAt = 16

// ObjectsAt returns the objects of a type at an address, in the order of the dump. A nil type
// stands for any. If progress stops the search, ok is false.
func (g *Graph) ObjectsAt(addr uint64, t *Type, progress Progress) (ids []int, ok bool) {
	typ := t.record().ID
	for n, at := range g.addrs {
		if at == addr && n > 0 && (t == nil || int(g.types[n]) == typ) {
			ids = append(ids, n)
		}
	}
	if ids != nil {
		return ids[:min(len(ids), maxAt)], true
	}
	var mu sync.Mutex
	ok = g.core.eachPiece(func() (func(int), func()) {
		return func(i int) {
			g.core.file.Piece(i, func(object, kind int, _ []byte, at uint64) {
				if at != addr || t != nil && kind != typ {
					return
				}
				mu.Lock()
				defer mu.Unlock()
				ids = append(ids, object)
			})
		}, func() {}
	}, progress)
	slices.Sort(ids)
	return ids[:min(len(ids), maxAt)], ok
}
