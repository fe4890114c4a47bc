package heap

import (
	"cmp"
	"go/token"
	"reflect"
	"strconv"
	"strings"

	"coredumpy/internal/dump"
	"coredumpy/internal/inspector"
)

// Path is an expression for a value, in a frame of a goroutine. It needs no frame if it begins
// with a package-level variable.
type Path struct {
	Goroutine int64 // 0: none is needed
	Frame     int
	Expr      string
	Key       bool   // the value is in the key of the map's entry that the expression is for
	Part      bool   // it is in a part of the expression's value that no expression names
	Note      string // the doubts about the variable, with its name; "" if there are none
}

// located is a path to a variable, or to a reference to an object, and its value.
type located struct {
	Path
	value dump.Value
}

// rank says how useful paths from a variable are.
type rank uint8

const (
	unnamed  rank = iota // no expression can name it
	standard             // of a function in the standard library
	other                // of the program's code
	global               // of a package
	own                  // of the program's code in the goroutine that the dump is about
)

// rankOf returns the rank of a variable.
func (h *Heap) rankOf(r dump.Root) rank {
	switch v := h.rootVariable(r); {
	case v == nil:
		return unnamed
	case r.Goroutine == 0:
		return global
	case r.Frame >= 0 && h.in.Standard(&h.goroutine(r.Goroutine).Frames[r.Frame]):
		return standard
	case r.Goroutine == h.in.Head().Goroutine:
		return own
	}
	return other
}

// rootVariable returns a variable with a value, nil if no expression can name it.
func (h *Heap) rootVariable(r dump.Root) *dump.Variable {
	if r.Goroutine == 0 {
		return h.in.RootVariable(r, nil)
	}
	g := h.goroutine(r.Goroutine)
	if g != nil && r.Frame < 0 {
		v := g.PanicValue()
		if v == nil || len(g.Frames) > 0 && g.Frames[0].Declares("panic") {
			return nil
		}
		v.Name = "panic"
		return v
	}
	if v := h.in.RootVariable(r, g); v != nil && v.Value.Valid() && token.IsIdentifier(v.Name) {
		return v
	}
	return nil
}

// findWays finds the shortest way to each object.
func (h *Heap) findWays() {
	if h.parents != nil {
		return
	}
	g := h.graph
	h.parents = make([]dump.Node, g.Nodes())
	ranks, known := make([]rank, g.RootKinds()), make([]bool, g.RootKinds())
	var seeds [own + 1][]dump.Node
	g.RootNodes(func(n dump.Node, r dump.Root) {
		if !known[r.Kind] || r.Goroutine == h.in.Head().Goroutine {
			ranks[r.Kind], known[r.Kind] = h.rankOf(r), true
		}
		rank := ranks[r.Kind]
		if rank == own && r.Goroutine != h.in.Head().Goroutine {
			rank = other
		}
		seeds[rank] = append(seeds[rank], n)
	})
	var queue []dump.Node
	for rank := own; rank > unnamed; rank-- {
		queue = append(queue, seeds[rank]...)
	}
	for i := 0; i < len(queue); i++ {
		for _, to := range g.Refs(queue[i]) {
			if h.parents[to] == 0 {
				h.parents[to] = queue[i]
				queue = append(queue, to)
			}
		}
	}
}

// These bound the search for a path.
const (
	deepest   = 100 // references
	maxTried  = 300 // nodes
	maxWays   = 8   // to each node
	maxFailed = 100 // shortest ways that no expression can follow, for all objects of a command
	maxExpr   = 2000
)

// to returns a path to an object, by the shortest way if expressions can follow that. If it finds
// none because it has tried as many ways as it may, it sets gaveUp.
func (h *Heap) to(n dump.Node) (l located, ok bool) {
	h.findWays()
	h.gaveUp = false
	s := search{Heap: h, left: maxTried, on: map[dump.Node]bool{}}
	return s.to(n, deepest)
}

// search is the search for a path to one object.
type search struct {
	*Heap
	left int                // nodes that may still be tried
	on   map[dump.Node]bool // the nodes on the way
}

func (s *search) to(n dump.Node, depth int) (l located, ok bool) {
	if l, ok := s.located[n]; ok {
		return l, true
	}
	if root, ok := s.graph.Root(n); ok {
		return s.root(root)
	}
	if s.left--; s.left < 0 || depth == 0 {
		s.gaveUp = true
	}
	if s.gaveUp || s.on[n] {
		return l, false
	}
	s.on[n] = true
	defer delete(s.on, n)
	way := func(from dump.Node) bool {
		base, ok := s.to(from, depth-1)
		if ok {
			l, ok = s.step(from, base, n)
		}
		if ok {
			s.located[n] = l
		}
		return ok
	}
	shortest := s.parents[n]
	if shortest == 0 {
		return l, false // no expression leads to it
	}
	if way(shortest) {
		return l, true
	}
	if s.failed++; s.failed > maxFailed {
		s.gaveUp = true
		return l, false
	}
	tried := 0
	for _, from := range s.graph.Backs(n) {
		if _, root := s.graph.Root(from); from == shortest || !root && s.parents[from] == 0 {
			continue
		}
		if way(from) {
			return l, true
		}
		if tried++; tried == maxWays {
			s.gaveUp = true
			break
		}
	}
	return l, false
}

// root returns the path to a variable.
func (h *Heap) root(r dump.Root) (l located, ok bool) {
	v := h.rootVariable(r)
	if v == nil {
		return l, false
	}
	l = located{Path{Goroutine: r.Goroutine, Frame: int(max(r.Frame, 0)), Expr: v.Name}, v.Value}
	if note := v.Note(); note != "" {
		l.Note = v.Name + ": " + note
	}
	return l, true
}

// step continues the path to a node with a reference from it to an object.
func (h *Heap) step(from dump.Node, base located, to dump.Node) (l located, ok bool) {
	const most = 8 // references
	tried := 0
	h.references(from, base, to, func(found located) bool {
		for found.value.Kind() == reflect.Interface && found.value.Object() != int(to) && found.value.Object() == 0 &&
			found.value.Valid() && !found.value.IsNil() {
			found.value = found.value.Elem()
		}
		tried++
		l, ok = found, !found.Key && found.value.Object() == int(to)
		if !ok && tried == most {
			h.gaveUp = true
		}
		return !ok && tried < most
	})
	return l, ok
}

// references calls visit with the path to each reference from a node to an object that an
// expression can name.
func (h *Heap) references(from dump.Node, base located, to dump.Node, visit func(located) (more bool)) {
	follow := func(at located) func([]dump.Step) bool {
		return func(steps []dump.Step) bool {
			l, ok := at.walk(steps)
			return !ok || visit(l)
		}
	}
	if _, root := h.graph.Root(from); root {
		h.graph.References(base.value, int(to), follow(base))
		return
	}
	h.graph.ReferencesIn(from, int(to), follow(base.content()))
}

// content returns what a reference refers to, and an expression for it.
func (l located) content() located {
	v := l.value
	switch v.Kind() {
	case reflect.Pointer:
		l.value = v.Elem()
		// A pointer to the first field of a struct may be shown as one to the struct.
		if l.value.Kind() != reflect.Struct || l.value.Type() != v.Type().Elem() {
			l.Expr = "(*" + l.Expr + ")"
		}
	case reflect.Interface:
		l.value = v.Elem()
	case reflect.Func:
		l.value = v.Closure()
	}
	return l
}

// walk follows steps; ok is false if no expression can.
func (l located) walk(steps []dump.Step) (_ located, ok bool) {
	for _, s := range steps {
		for n := 0; l.value.Kind() == reflect.Interface && l.value.Object() == 0 && n < deepest; n++ {
			l.value = l.value.Elem()
		}
		v, more := l.value, ""
		switch s.Kind {
		case dump.FieldStep:
			if v.Kind() != reflect.Struct || s.Index >= v.Type().NumField() {
				return l, false
			}
			l.value, more = v.Field(s.Index), fieldName(v.Type(), s.Index)
		case dump.ElementStep:
			l.value, more = v.Index(s.Index), "["+strconv.Itoa(s.Index)+"]"
		default:
			key, value := v.Entry(s.Index)
			if text := inspector.KeyLiteral(key); text != "" {
				l.value, more = value, "["+text+"]"
			}
			if s.Kind == dump.KeyStep {
				l.Expr, l.Key, l.value = l.Expr+more, true, key
				return l, more != "" && len(l.Expr) <= maxExpr
			}
		}
		if l.Expr += more; more == "" || len(l.Expr) > maxExpr {
			return l, false
		}
	}
	return l, true
}

// fieldName returns the selector for a field, "" if none is sure to mean it.
func fieldName(t *dump.Type, i int) string {
	name := unqualified(t, i)
	if name == "_" || !token.IsIdentifier(name) {
		return ""
	}
	for j := range t.NumField() {
		if j != i && unqualified(t, j) == name {
			return ""
		}
	}
	return "." + name
}

// unqualified returns the name of a field; that of an embedded one without its package and
// type arguments.
func unqualified(t *dump.Type, i int) string {
	name, _, embedded := t.Field(i)
	if embedded {
		name, _, _ = strings.Cut(name, "[")
		name = name[strings.LastIndexByte(name, '.')+1:]
	}
	return name
}

// comparePaths orders paths: those from variables of packages first, then by goroutine, frame
// and expression.
func comparePaths(a, b Path) int {
	return cmp.Or(cmp.Compare(a.Goroutine, b.Goroutine), cmp.Compare(a.Frame, b.Frame), cmp.Compare(a.Expr, b.Expr))
}
