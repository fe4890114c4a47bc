package views

import (
	"cmp"
	"reflect"
	"strings"

	"coredumpy/internal/caveat"
	"coredumpy/internal/dump"
)

// chain gathers the values of elements that are linked by a field: those of container/list and
// container/ring, Go 1.24 to 1.27.
type chain struct {
	values  []dump.Value
	missing caveat.Reason // why there are fewer
}

// maxChain is how many elements of a chain are read.
const maxChain = 1000

// maxPath is how many elements of a chain an expression can reach.
const maxPath = 100

// follow gathers values from the element that p points to, until it is the one at end.
func (c *chain) follow(r *Reader, p dump.Value, end uint64, most int64) {
	for p.Valid() && !p.IsNil() && p.Pointer() != end {
		if int64(len(c.values)) >= min(most, maxChain) || r.left == 0 {
			c.missing = caveat.Reason{Kind: caveat.TooMany}
			return
		}
		r.left--
		e := p.Elem()
		value, ok1 := fieldOf(e, "Value")
		next, ok2 := at(e, "next", reflect.Pointer)
		if !ok1 || !ok2 {
			c.missing = cmp.Or(e.Reason(), p.Reason(), notStored)
			return
		}
		c.values, p = append(c.values, value), next
	}
	if !p.Valid() {
		c.missing = cmp.Or(p.Reason(), notStored)
	}
}

// view returns the values as a list; the first is at path.
func (c *chain) view(path string) View {
	return View{Form: List, Len: len(c.values), Missing: c.missing, Child: func(i int) Child {
		child := Child{Value: c.values[i]}
		if i < maxPath {
			child.Path = path + strings.Repeat(".next", i) + ".Value"
		}
		return child
	}}
}

// ofList shows the values in a list.List.
func ofList(r *Reader, v dump.Value) (view View, ok bool) {
	first, ok1 := at(v, "root.next", reflect.Pointer)
	length, ok2 := at(v, "len", reflect.Int)
	root, ok3 := fieldOf(v, "root")
	if !ok1 || !ok2 || !ok3 || length.Int() < 0 {
		return view, false
	}
	var c chain
	c.follow(r, first, cmp.Or(root.Addr(), 1), length.Int())
	more := length.Int() - int64(len(c.values))
	switch {
	case more > 0:
		c.missing = cmp.Or(c.missing, notStored)
	case root.Addr() == 0: // its end can't be told
		c.missing = caveat.Reason{}
	}
	view = c.view(".root.next")
	view.More = max(more, 0)
	return view, true
}

// ofElement shows the value in a list.Element.
func ofElement(_ *Reader, v dump.Value) (view View, ok bool) {
	value, ok := fieldOf(v, "Value")
	if _, linked := fieldOf(v, "list"); !ok || !linked {
		return view, false
	}
	return inner(value, ".Value"), true
}

// ofRing shows the values in a ring.Ring, beginning with this element.
func ofRing(r *Reader, v dump.Value) (view View, ok bool) {
	value, ok1 := fieldOf(v, "Value")
	next, ok2 := at(v, "next", reflect.Pointer)
	if !ok1 || !ok2 || v.Addr() == 0 {
		return view, false
	}
	c := chain{values: []dump.Value{value}}
	c.follow(r, next, v.Addr(), maxNodes)
	return c.view(""), true
}
