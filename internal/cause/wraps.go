package cause

import (
	"reflect"
	"strings"

	"coredumpy/internal/gotypes"
	"coredumpy/internal/target"
)

// These bound the search for a panic value in another one.
const (
	maxWrapDepth = 8
	maxWrapParts = 512
	minWrapText  = 4 // bytes; a shorter text may be in another by chance
)

// PassesOn reports whether a panic with the value outer passes on one with the value
// inner, both given by their two words: the values are the same; or outer holds inner, as
// an error that wraps it does; or the text of outer contains that of inner.
func PassesOn(p *target.Process, outer, inner [2]uint64) bool {
	if inner[0] == 0 || outer[0] == 0 {
		return false
	}
	if outer == inner {
		return true
	}
	it, iat, err := p.Dynamic(gotypes.TypeAny, p.Interface(inner), inner[0], inner[1])
	if err != nil || it == nil {
		return false
	}
	w := &wrapping{p: p, typ: it, data: inner[1]}
	at := p.Interface(outer)
	if w.search(gotypes.TypeAny, at, maxWrapDepth) {
		return true
	}
	ot, oat, err := p.Dynamic(gotypes.TypeAny, at, outer[0], outer[1])
	if err != nil || ot == nil {
		return false
	}
	x := &texts{p: p}
	was, ok1 := x.held(it, iat)
	is, ok2 := x.held(ot, oat)
	return ok1 && ok2 && len(was) >= minWrapText && strings.Contains(is, was)
}

// held returns the text of a value inside another: a string, or an error of the standard
// library.
func (x *texts) held(t *gotypes.Type, at uint64) (string, bool) {
	if t.Kind == reflect.String {
		return x.textAt(at)
	}
	return x.errorText(t, at, maxWrapped)
}

// wrapping searches a value for another one, given by the type and data word that an
// interface has for it.
type wrapping struct {
	p     *target.Process
	typ   *gotypes.Type
	data  uint64
	parts int
}

// search reports whether the value of type t at an address has the other one in it, at most
// depth references and structs deep.
func (w *wrapping) search(t *gotypes.Type, at uint64, depth int) bool {
	if w.parts++; t == nil || depth == 0 || w.parts > maxWrapParts {
		return false
	}
	switch t.Kind {
	case reflect.Interface:
		return w.searchInterface(t, at, depth)
	case reflect.Pointer:
		to, err := w.p.PointerAt(at)
		if err != nil || to == 0 || t.Elem() == nil {
			return false
		}
		return t == w.typ && to == w.data || t.Elem().Kind != reflect.Pointer && w.search(t.Elem(), to, depth-1)
	case reflect.Struct:
		for _, f := range t.Fields() {
			if w.search(f.Type, at+uint64(f.Offset), depth-1) {
				return true
			}
		}
	case reflect.Slice:
		return w.searchSlice(t, at, depth)
	}
	return false
}

func (w *wrapping) searchInterface(t *gotypes.Type, at uint64, depth int) bool {
	h, err := w.p.ReadPair(at)
	if err != nil {
		return false
	}
	dyn, to, err := w.p.Dynamic(t, at, h[0], h[1])
	if err != nil || dyn == nil {
		return false
	}
	return dyn == w.typ && h[1] == w.data || w.search(dyn, to, depth-1)
}

// searchSlice searches a slice of errors, as errors.Join makes.
func (w *wrapping) searchSlice(t *gotypes.Type, at uint64, depth int) bool {
	elem := t.Elem()
	if elem == nil || elem.Kind != reflect.Interface {
		return false
	}
	h, err := w.p.ReadPair(at)
	if err != nil {
		return false
	}
	for i := range min(h[1], maxWrapParts) {
		if w.search(elem, h[0]+i*2*gotypes.Word, depth-1) {
			return true
		}
	}
	return false
}
