package heap

import (
	"cmp"
	"fmt"
	"slices"

	"coredumpy/internal/dump"
)

// Amount is a number of objects and their bytes.
type Amount struct {
	Objects int
	Bytes   int64
}

func (a *Amount) add(bytes int64) {
	a.Objects++
	a.Bytes += bytes
}

// extents returns where objects are in memory, nil if progress stops it.
func (h *Heap) extents(progress dump.Progress) *dump.Extents {
	if h.where == nil {
		h.where = h.graph.Extents(progress)
	}
	return h.where
}

// Size is how much memory a value leads to.
type Size struct {
	Own       Amount  // the object that the value is or refers to; or the value, if it is part of one
	Reachable Amount  // from it, with itself
	Only      *Amount // what of that nothing else leads to; nil if the value is part of an object
	Partial   bool    // the dump may lack objects
}

// Size returns how much memory a value leads to, nil if progress stops it.
func (h *Heap) Size(v dump.Value, progress dump.Progress) (*Size, error) {
	s := &Size{Partial: h.Partial()}
	var from []dump.Node
	part := false // of an object, or of none
	switch v = inner(v); {
	case isReference(v.Kind()):
		n, err := h.target(v)
		if err != nil {
			return nil, err
		}
		from = append(from, n)
	case !v.Valid():
		return nil, fmt.Errorf("it has no value: %s", v.Reason())
	default:
		var ids []int
		ok := true
		if v.Addr() != 0 {
			ids, ok = h.graph.ObjectsAt(v.Addr(), v.Type(), progress)
		}
		switch {
		case !ok:
			return nil, nil
		case len(ids) > 0:
			from = append(from, dump.Node(ids[0]))
		default:
			part, from = true, h.graph.Targets(v)
		}
	}
	where := h.extents(progress)
	if where == nil {
		return nil, nil
	}
	below := h.mark(from, 0)
	where.Each(func(m dump.Node) bool { return below[m] && h.graph.Has(m) },
		func(_ dump.Node, bytes int64) { s.Reachable.add(bytes) })
	if part {
		s.Own = Amount{1, max(v.Type().Size(), 0)}
		if !where.Hold(v.Addr(), func(m dump.Node) bool { return below[m] }) {
			s.Reachable.add(s.Own.Bytes)
		}
		return s, nil
	}
	where.Each(func(m dump.Node) bool { return m == from[0] }, func(_ dump.Node, bytes int64) { s.Own.add(bytes) })
	s.Only = h.only(where, below, from[0])
	return s, nil
}

// only returns how much memory would be gone without an object: it is below the object, and
// reachable only through that. What it has in common with other objects stays.
func (h *Heap) only(where *dump.Extents, below []bool, n dump.Node) *Amount {
	var roots []dump.Node
	h.graph.RootNodes(func(n dump.Node, _ dump.Root) { roots = append(roots, n) })
	elsewhere := h.mark(roots, n)
	gone := &Amount{}
	where.Each(func(m dump.Node) bool { return h.graph.Has(m) && (below[m] || elsewhere[m]) },
		func(m dump.Node, bytes int64) {
			if gone.Bytes += bytes; !elsewhere[m] {
				gone.Objects++
			}
		})
	where.Each(func(m dump.Node) bool { return h.graph.Has(m) && elsewhere[m] },
		func(_ dump.Node, bytes int64) { gone.Bytes -= bytes })
	return gone
}

// mark returns the nodes that are reachable from some, but not through one, 0 for any.
func (h *Heap) mark(from []dump.Node, not dump.Node) (marked []bool) {
	marked = make([]bool, h.graph.Nodes())
	stack := slices.Clone(from)
	for _, n := range from {
		marked[n] = true
	}
	for len(stack) > 0 {
		n := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for _, to := range h.graph.Refs(n) {
			if !marked[to] && to != not {
				marked[to] = true
				stack = append(stack, to)
			}
		}
	}
	return marked
}

// TypeAmount is how many objects of a type there are.
type TypeAmount struct {
	Type string
	Amount
}

// Histogram returns how many objects there are of each wanted type, those with the most bytes
// first, and the sum of them. Memory that objects have in common counts for the first of
// them. ok is false if progress stops it.
func (h *Heap) Histogram(wanted func(typ string) bool, progress dump.Progress) (
	types []TypeAmount, all Amount, ok bool) {
	where := h.extents(progress)
	if where == nil {
		return nil, all, false
	}
	byType, byName := map[*dump.Type]*Amount{}, map[string]*Amount{}
	where.Each(h.graph.Has, func(n dump.Node, bytes int64) {
		t := h.graph.TypeOf(n)
		a := byType[t]
		if a == nil {
			if a = byName[t.String()]; a == nil {
				a = &Amount{}
				byName[t.String()] = a
			}
			byType[t] = a
		}
		a.add(bytes)
	})
	for name, a := range byName {
		if wanted(name) {
			types = append(types, TypeAmount{name, *a})
			all.Objects, all.Bytes = all.Objects+a.Objects, all.Bytes+a.Bytes
		}
	}
	slices.SortFunc(types, func(a, b TypeAmount) int {
		return cmp.Or(cmp.Compare(b.Bytes, a.Bytes), cmp.Compare(b.Objects, a.Objects), cmp.Compare(a.Type, b.Type))
	})
	return types, all, true
}
