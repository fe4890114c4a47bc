package heap

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"coredumpy/internal/caveat"
	"coredumpy/internal/dump"
)

// inner returns the value in an interface that refers to no object itself.
func inner(v dump.Value) dump.Value {
	for i := 0; v.Kind() == reflect.Interface && v.Object() == 0 && v.Valid() && !v.IsNil() && i < deepest; i++ {
		v = v.Elem()
	}
	return v
}

// isReference reports whether values of a kind refer to objects.
func isReference(k reflect.Kind) bool {
	switch k {
	case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Chan, reflect.Func, reflect.Interface:
		return true
	}
	return false
}

// target returns the object that a reference refers to.
func (h *Heap) target(v dump.Value) (n dump.Node, err error) {
	n = dump.Node(v.Object())
	switch {
	case n != 0 && int(n) <= h.graph.Objects() && h.graph.Has(n):
		return n, nil
	case v.IsNil():
		return 0, errors.New("it is nil")
	case v.Reason().Kind != caveat.None:
		return 0, fmt.Errorf("what it refers to isn't in the dump: %s", v.Reason())
	}
	return 0, errors.New("it refers to no object in the dump")
}

var errStopped = errors.New("stopped")

// object returns the object that a value refers to, or that it is itself; 0 if nothing refers
// to it, so that it is no object of its own.
func (h *Heap) object(v dump.Value, progress dump.Progress) (n dump.Node, err error) {
	switch {
	case isReference(v.Kind()):
		return h.target(v)
	case v.Addr() == 0:
		return 0, errors.New("it has no address in the dump")
	}
	ids, ok := h.graph.ObjectsAt(v.Addr(), v.Type(), progress)
	switch {
	case !ok:
		return 0, errStopped
	case len(ids) == 0:
		return 0, nil
	}
	return dump.Node(ids[0]), nil
}

// Referrers are who refers to an object.
type Referrers struct {
	Variables []Variables // that refer to it themselves
	Places    []Path      // in objects, no more than asked for
	Objects   int         // that refer to it
	Unnamed   []Unnamed   // objects to which no expression leads, among those looked at
	Looked    int         // how many objects were looked at
	Rest      bool        // an object that was looked at has more references than there are in Places
	Partial   bool        // the dump may lack others
}

// Unnamed is how many objects of a type there are.
type Unnamed struct {
	Type   string
	Count  int
	GaveUp bool // an expression may lead there: the search for one has ended early
}

// Variables are variables of the same name on the same line of the same function.
type Variables struct {
	Func       string // "" for a package-level variable
	Name       string
	Frame      int // of the first goroutine
	Goroutines []int64
	Steps      []string // from the variable's value to the reference: .User, [3]; "" for itself
	Rest       bool     // there are more
	Note       string   // the doubts about the first, with its name; "" if there are none
}

// Refs returns who refers to the object that a value is or refers to, and no more than most
// places in objects; nil if progress stops it.
func (h *Heap) Refs(v dump.Value, most int, progress dump.Progress) (*Referrers, error) {
	h.failed = 0
	r := &Referrers{Partial: h.Partial()}
	n, err := h.object(inner(v), progress)
	switch {
	case err == errStopped:
		return nil, nil
	case err != nil || n == 0:
		return r, err
	}
	objects := r.addVariables(h, n)
	r.Objects = len(objects)
	if !r.addPlaces(h, n, objects, most, progress) {
		return nil, nil
	}
	return r, nil
}

// addVariables adds the variables that refer to an object, and returns the objects that do.
func (r *Referrers) addVariables(h *Heap, n dump.Node) (objects []dump.Node) {
	kinds := map[uint32]int{}
	for _, from := range h.graph.Referrers(n) {
		root, ok := h.graph.Root(from)
		if !ok {
			objects = append(objects, from)
			continue
		}
		i, known := kinds[root.Kind]
		if !known {
			i = len(r.Variables)
			kinds[root.Kind] = i
			r.Variables = append(r.Variables, h.variables(from, root, n))
		}
		if root.Goroutine != 0 {
			r.Variables[i].Goroutines = append(r.Variables[i].Goroutines, root.Goroutine)
		}
	}
	return objects
}

// addPlaces adds the places in objects that refer to another object, no more than most. It
// reports false if progress stops it.
func (r *Referrers) addPlaces(h *Heap, n dump.Node, objects []dump.Node, most int, progress dump.Progress) bool {
	unnamed := map[Unnamed]int{}
	for i, from := range objects {
		if progress(i, len(objects)) {
			return false
		}
		if len(r.Places) >= most || i >= most {
			break
		}
		r.Looked++
		base, ok := h.to(from)
		if !ok {
			unnamed[Unnamed{Type: h.graph.Type(from), GaveUp: h.gaveUp}]++
			continue
		}
		before := len(r.Places)
		h.references(from, base, n, func(l located) bool {
			if r.Rest = len(r.Places) == most; !r.Rest {
				r.Places = append(r.Places, l.Path)
			}
			return !r.Rest
		})
		if len(r.Places) == before {
			base.Part = true
			r.Places = append(r.Places, base.content().Path)
		}
	}
	slices.SortStableFunc(r.Places, comparePaths)
	r.Unnamed = counted(unnamed)
	return true
}

// counted returns how many objects of each kind there are, the most first.
func counted(unnamed map[Unnamed]int) (all []Unnamed) {
	for u, count := range unnamed {
		u.Count = count
		all = append(all, u)
	}
	slices.SortFunc(all, func(a, b Unnamed) int {
		return cmp.Or(b.Count-a.Count, strings.Compare(a.Type, b.Type))
	})
	return all
}

// variables returns the first of the variables of a kind that refer to an object.
func (h *Heap) variables(from dump.Node, root dump.Root, n dump.Node) Variables {
	vs := Variables{Frame: int(max(root.Frame, 0))}
	if g := h.goroutine(root.Goroutine); root.Goroutine != 0 && g != nil && root.Frame >= 0 {
		f := &g.Frames[root.Frame]
		vs.Func, vs.Name = f.Func, f.Frame.Vars[root.Var].Name
	}
	l, ok := h.root(root)
	if !ok {
		return vs
	}
	vs.Name, vs.Note = l.Expr, l.Note
	h.references(from, l, n, func(found located) bool {
		if vs.Rest = len(vs.Steps) == maxWays; !vs.Rest {
			vs.Steps = append(vs.Steps, found.Expr[len(l.Expr):])
		}
		return !vs.Rest
	})
	return vs
}
