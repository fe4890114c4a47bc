package waits

import (
	"reflect"
	"slices"
	"strconv"

	"coredumpy/internal/dump"
)

// Path is an expression for a thing, in a frame of a goroutine. It needs no frame if it
// begins with a package-level variable.
type Path struct {
	Goroutine int64 // 0: none is needed
	Frame     int
	Expr      string
}

// Path returns an expression for a thing, from a variable of its first waiter if possible.
// It reports false if no expression can be evaluated in the dump.
func (r *Report) Path(t *Thing) (Path, bool) {
	r.look.value(t)
	return r.look.paths[t].Path, r.look.paths[t].ok
}

// found is a path and its value.
type found struct {
	Path
	value dump.Value
	ok    bool
}

// value returns the value of a thing.
func (l *look) value(t *Thing) (dump.Value, bool) {
	if p, ok := l.paths[t]; ok {
		return p.value, p.ok
	}
	var f found
	for _, c := range l.chains(t, t.Waiters[0].ID) {
		if f = l.follow(t, c); f.ok {
			break
		}
	}
	if l.paths == nil {
		l.paths = map[*Thing]found{}
	}
	l.paths[t] = f
	return f.value, f.ok
}

// chain is the references that lead from a variable to a thing.
type chain struct {
	root  dump.Root
	nodes []dump.Node // objects
	at    dump.At
}

// chains returns chains to a thing, the best first: those from variables of goroutine own.
func (l *look) chains(t *Thing, own int64) (chains []chain) {
	const (
		deepest = 10
		enough  = 5000 // nodes
		most    = 64   // chains
	)
	next := map[dump.Node]dump.Node{} // the next node towards the thing
	ats := map[dump.Node]dump.At{}
	var level []dump.Node
	for _, a := range t.at {
		if _, ok := ats[a.Node]; !ok {
			ats[a.Node], next[a.Node] = a, 0
			level = append(level, a.Node)
		}
	}
	for range deepest {
		var above []dump.Node
		for _, n := range level {
			if root, ok := l.graph.Root(n); ok {
				chains = append(chains, chainFrom(root, n, next, ats))
				continue
			}
			for _, back := range l.graph.Backs(n) {
				if _, ok := next[back]; !ok && len(next) < enough {
					next[back] = n
					above = append(above, back)
				}
			}
		}
		isOwn := func(c chain) bool { return c.root.Goroutine == own }
		if level = above; len(chains) > most || slices.ContainsFunc(chains, isOwn) {
			break
		}
	}
	slices.SortStableFunc(chains, func(a, b chain) int { return l.rank(a, own) - l.rank(b, own) })
	return chains[:min(len(chains), most)]
}

// rank says how good a chain is: 0 is best, from a variable of goroutine own in a function of
// the program.
func (l *look) rank(c chain, own int64) int {
	switch {
	case c.root.Goroutine == own && !l.inStandard(c.root):
		return 0
	case c.root.Goroutine == 0:
		return 1
	case !l.inStandard(c.root):
		return 2
	}
	return 3
}

func chainFrom(root dump.Root, n dump.Node, next map[dump.Node]dump.Node, ats map[dump.Node]dump.At) chain {
	c := chain{root: root}
	for {
		if at, ok := ats[n]; ok {
			c.at = at
			return c
		}
		n = next[n]
		c.nodes = append(c.nodes, n)
	}
}

// inStandard reports whether a variable belongs to a function of the standard library.
func (l *look) inStandard(r dump.Root) bool {
	g := l.goroutine(r.Goroutine)
	return g != nil && r.Frame >= 0 && int(r.Frame) < len(g.Frames) && l.in.Standard(&g.Frames[r.Frame])
}

// goroutine returns a goroutine's record, nil if there is none. It caches the last ones.
func (l *look) goroutine(id int64) *dump.Goroutine {
	const most = 64
	if g, ok := l.recent[id]; ok || id == 0 {
		return g
	}
	g, err := l.in.Goroutine(id)
	if err != nil {
		return nil
	}
	if l.recent == nil || len(l.recent) == most {
		l.recent = map[int64]*dump.Goroutine{}
	}
	l.recent[id] = g
	return g
}

// variable returns a root's variable, nil if an expression can't name it.
func (l *look) variable(r dump.Root) *dump.Variable {
	return l.in.RootVariable(r, l.goroutine(r.Goroutine))
}

// follow turns a chain into an expression, and evaluates it.
func (l *look) follow(t *Thing, c chain) (f found) {
	v := l.variable(c.root)
	if v == nil {
		return f
	}
	expr, value, budget := v.Name, v.Value, maxSearch
	for i, n := range c.nodes {
		look := search
		if i > 0 {
			switch value.Kind() {
			case reflect.Slice, reflect.Map, reflect.Chan:
				look = searchElements
			}
			expr, value = content(expr, value)
		}
		steps, ref, ok := look(value, int(n), &budget)
		if !ok {
			return f
		}
		expr, value = expr+steps, ref
	}
	f.Path = Path{c.root.Goroutine, int(max(c.root.Frame, 0)), expr + c.at.Steps}
	r, err := l.in.EvaluateIn(l.goroutine(c.root.Goroutine), f.Frame, f.Expr)
	if err != nil {
		return f
	}
	f.value = r.Value
	if t.Kind == Channel {
		if f.value.Kind() == reflect.Interface {
			f.value = f.value.Elem()
		}
		f.ok = f.value.Kind() == reflect.Chan && f.value.Pointer() == t.Addr
		return f
	}
	f.ok = lockOf(f.value) == t.Addr
	for f.value.Kind() == reflect.Pointer || f.value.Kind() == reflect.Interface {
		f.value = f.value.Elem()
	}
	return f
}

// maxSearch bounds how many values are searched for one path.
const maxSearch = 20_000

// content returns the target of a reference, and an expression for it.
func content(expr string, ref dump.Value) (string, dump.Value) {
	switch ref.Kind() {
	case reflect.Pointer:
		e := ref.Elem()
		switch e.Kind() {
		case reflect.Struct, reflect.Array: // the thing is a field or an element of it
			return expr, e
		}
		return "(*" + expr + ")", e
	case reflect.Interface:
		return expr, ref.Elem()
	case reflect.Func:
		return expr, ref.Closure()
	}
	return expr, ref
}

// search finds the reference to an object in a value, and returns the steps to it.
func search(v dump.Value, id int, budget *int) (steps string, ref dump.Value, ok bool) {
	if *budget--; *budget < 0 {
		return "", v, false
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Func, reflect.Slice, reflect.Map, reflect.Chan:
		return "", v, v.Object() == id
	case reflect.Interface:
		if v.Object() == id {
			return "", v, true
		}
		if v.Object() != 0 || v.IsNil() || !v.Valid() {
			return "", v, false
		}
		return search(v.Elem(), id, budget)
	case reflect.Struct:
		for i := range v.Type().NumField() {
			name, _, _ := v.Type().Field(i)
			if steps, ref, ok = search(v.Field(i), id, budget); ok && name != "_" {
				return "." + name + steps, ref, true
			}
		}
	case reflect.Array:
		return searchElements(v, id, budget)
	}
	return "", v, false
}

// searchElements finds the reference in the elements of an array, slice, map or channel.
func searchElements(v dump.Value, id int, budget *int) (steps string, ref dump.Value, ok bool) {
	for i := 0; i < v.Stored() && *budget > 0; i++ {
		if v.Kind() != reflect.Map {
			if steps, ref, ok = search(v.Index(i), id, budget); ok {
				return "[" + strconv.Itoa(i) + "]" + steps, ref, true
			}
			continue
		}
		key, value := v.Entry(i)
		if steps, ref, ok = search(value, id, budget); ok {
			index, ok := keyText(key)
			return "[" + index + "]" + steps, ref, ok
		}
	}
	return "", v, false
}

// keyText returns a map key as an expression, if it is a text or a number.
func keyText(key dump.Value) (text string, ok bool) {
	switch k := key.Kind(); {
	case k == reflect.String:
		text, ok = key.Text()
		return strconv.Quote(text), ok && !key.Redacted() && int64(len(text)) == key.Len()
	case k >= reflect.Int && k <= reflect.Int64:
		return strconv.FormatInt(key.Int(), 10), true
	case k >= reflect.Uint && k <= reflect.Uintptr:
		return strconv.FormatUint(key.Uint(), 10), true
	}
	return "", false
}

// pathFrom is Path from a variable of a goroutine if there is one.
func (r *Report) pathFrom(t *Thing, id int64) (Path, bool) {
	if t.Waiters[0].ID == id {
		return r.Path(t)
	}
	for _, c := range r.look.chains(t, id) {
		if c.root.Goroutine != id {
			break
		}
		if f := r.look.follow(t, c); f.ok {
			return f.Path, true
		}
	}
	return r.Path(t)
}

// Reference is a variable that leads to a thing.
type Reference struct {
	Goroutine int64 // 0: of a package
	Frame     int
	Name      string
}

// Others returns variables that lead to a thing in few steps, one of each goroutine that
// doesn't wait for it.
func (r *Report) Others(t *Thing, most int) (refs []Reference) {
	const enough = 200
	waiting := map[int64]bool{}
	for _, w := range t.Waiters {
		waiting[w.ID] = true
	}
	for _, root := range r.look.nearby(t, enough) {
		if waiting[root.Goroutine] || len(refs) == most {
			continue
		}
		if v := r.look.variable(root); v != nil {
			refs = append(refs, Reference{root.Goroutine, int(max(root.Frame, 0)), v.Name})
		}
	}
	return refs
}
