package dump

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"sort"

	"coredumpy/internal/caveat"
	"coredumpy/internal/corefile"
)

// memory finds what the dump holds at an address: objects and variables. It reads more of the
// dump only when that is needed: objects first, then variables, and then, in an order that takes
// long, everything that variables lead to.
type memory struct {
	core *Core
	read int // how many of the steps below are done

	objects, variables, led extents
	unsure                  extents // of objects that may be elements, or what a pointer points to

	last *Goroutine // of which a variable was read last: its others are often wanted next

	seen map[part]bool
	todo []Value // func values, maps and channels whose contents are still to be read
	left int     // objects that may still be read
	stop func() bool
}

// extents are values and where they are.
type extents struct {
	list    []extent // ascending by start once they are sorted
	longest uint64
}

// extent is where a value is.
type extent struct {
	start, size uint64
	part        part      // an object
	variable    *Value    // or a variable of a package
	frame       *calledIn // or a variable of a frame
}

// calledIn says which frame: it is read when one of its variables is wanted.
type calledIn struct {
	goroutine int64
	frame     int
}

// maxLooked bounds how many objects are read to find addresses.
const maxLooked = 2_000_000

// at returns the value of type t at an address. It isn't valid if the dump doesn't hold the
// memory there, or holds pointers where t has numbers.
func (c *Core) at(addr uint64, t *Type) Value {
	if k := t.Kind(); k == reflect.Struct && t.NumField() == 0 || k == reflect.Array && t.Len() == 0 {
		return t.Zero() // there is nothing to read
	}
	m := c.prepared(0)
	for i, in := range []*extents{&m.objects, &m.variables, &m.led} {
		if i == 2 && !c.file.Old() && !m.unsure.has(addr) {
			break // it finds nothing more
		}
		c.prepared(i + 1)
		if v := in.at(c, addr, t); v.Valid() {
			return v
		}
	}
	if m.left <= 0 {
		return notThere(t, addr, caveat.Of(fmt.Errorf("not among the first %d objects of the dump", maxLooked)))
	}
	return notThere(t, addr, notStored)
}

// prepared returns the memory after so many of its steps.
func (c *Core) prepared(steps int) *memory {
	if c.memory == nil {
		c.memory = &memory{core: c, seen: map[part]bool{}, left: maxLooked}
	}
	m := c.memory
	m.prepare(steps, func() bool { return false })
	return m
}

// prepare does so many of the steps, or those before stop reports true. A step that is stopped has
// found nothing, and begins again the next time. It reports whether all are done.
func (m *memory) prepare(steps int, stop func() bool) bool {
	for ; m.read < steps; m.read++ {
		m.stop = stop
		switch m.read {
		case 0:
			m.readObjects()
			m.objects.sort()
		case 1:
			m.readVariables()
			m.variables.sort()
		case 2:
			m.readAll()
			m.led.sort()
		}
		if stop() {
			m.undo()
			return false
		}
	}
	return true
}

// undo forgets what the current step has found.
func (m *memory) undo() {
	switch m.read {
	case 0:
		m.objects, m.unsure = extents{}, extents{}
	case 1:
		m.variables = extents{}
	case 2:
		m.led, m.todo, m.seen, m.left = extents{}, nil, map[part]bool{}, maxLooked
	}
}

func (x *extents) add(e extent) {
	x.list = append(x.list, e)
	x.longest = max(x.longest, e.size)
}

func (x *extents) sort() {
	slices.SortFunc(x.list, func(a, b extent) int { return cmp.Compare(a.start, b.start) })
}

// around calls visit with the extents that hold an address, the last one first, until it returns
// false.
func (x *extents) around(addr uint64, visit func(*extent) bool) {
	end := sort.Search(len(x.list), func(i int) bool { return x.list[i].start > addr })
	for i := end - 1; i >= 0 && addr-x.list[i].start < x.longest; i-- {
		if e := &x.list[i]; addr-e.start < e.size && !visit(e) {
			return
		}
	}
}

func (x *extents) has(addr uint64) (found bool) {
	x.around(addr, func(*extent) bool {
		found = true
		return false
	})
	return found
}

// at returns the value of type t at an address; it isn't valid if there is none.
func (x *extents) at(c *Core, addr uint64, t *Type) (found Value) {
	x.around(addr, func(e *extent) bool {
		whole := e.value(c)
		if v := whole.at(addr-e.start, t); v.Valid() {
			found = v
			return false
		}
		if !found.Valid() {
			if found = whole.reread(addr-e.start, t); found.Valid() {
				found.addr = addr
			}
		}
		return true
	})
	return found
}

// readObjects notes where all objects are. In format 1 only references say so.
func (m *memory) readObjects() {
	c := m.core
	if c.file.Old() {
		return
	}
	pointed := map[int]bool{} // types of what pointers point to
	for _, id := range c.file.Types() {
		if t := c.typeOf(id); t.Kind() == reflect.Pointer {
			pointed[t.record().Elem] = true
		}
	}
	for id, last := 1, c.file.MaxObject(); id <= last && (id%1024 != 0 || !m.stop()); id++ {
		typ, text, addr, ok := c.file.RawObject(id)
		if !ok || addr == 0 {
			continue
		}
		t := c.typeOf(typ)
		e := extent{start: addr, size: uint64(max(t.Size(), 0)), part: part{id: id}}
		switch k := t.Kind(); {
		case k == reflect.Slice && pointed[typ] && !surelyElements(text):
			e.size = max(e.size, sizeOf(t, text))
			m.unsure.add(e)
		case k == reflect.Slice:
			e.part.elements, e.size = true, sizeOf(t, text)
			m.objects.add(e)
		case (k == reflect.Map || k == reflect.Chan) && pointed[typ]:
			m.unsure.add(e)
		case k != reflect.Map && k != reflect.Chan:
			m.objects.add(e)
		}
	}
	m.unsure.sort()
}

// surelyElements reports whether the text of a slice's object can't be that of a slice itself:
// [object,len,cap], an object or null.
func surelyElements(text []byte) bool {
	if at(text, 0) != '[' {
		return at(text, 0) == '"'
	}
	for i, n := 1, 1; i < len(text) && n <= 3; i, n = i+1, n+1 {
		if at(text, i) == '-' {
			i++
		}
		if _, i = number(text, i); at(text, i) == ']' {
			return n == 1
		} else if at(text, i) != ',' {
			return true
		}
	}
	return true
}

// sizeOf returns how much memory the elements in a slice's object take at most.
func sizeOf(t *Type, text []byte) uint64 {
	n := len(text)
	if at(text, 0) == '[' {
		n = count(text)
	}
	return uint64(n) * uint64(max(t.Elem().Size(), 0))
}

// readVariables notes where the variables are.
func (m *memory) readVariables() {
	for g, err := range m.core.AllGoroutines() {
		if m.stop() {
			return
		}
		if err != nil {
			continue
		}
		for i := range g.Frames {
			frame := &calledIn{g.ID, i}
			for _, v := range g.Frames[i].Frame.Vars {
				size := m.core.typeOf(v.Type).Size()
				if v.Addr != 0 && size > 0 {
					m.variables.add(extent{start: v.Addr, size: uint64(size), frame: frame})
				}
			}
		}
	}
	globals, _ := m.core.Globals()
	for i := range globals {
		if v := &globals[i].Value; known(&globals[i]) {
			m.variables.add(extent{start: v.addr, size: uint64(v.Type().Size()), variable: v})
		}
	}
}

// known reports whether it is known that a variable, which may be hidden, is what is at its address.
func known(v *Variable) bool {
	has := v.Value.Valid() || v.Value.why.Kind == caveat.Redacted
	return v.Value.addr != 0 && has && len(v.Doubts) == 0
}

// readAll finds everything that variables lead to.
func (m *memory) readAll() {
	for _, id := range m.core.Goroutines() {
		if m.stop() {
			return
		}
		g, err := m.core.Goroutine(id)
		if err != nil {
			continue
		}
		for i := range g.Frames {
			m.lookAll(g.Frames[i].Vars())
		}
		if p := g.PanicValue(); p != nil {
			m.look(p.Value)
		}
	}
	globals, _ := m.core.Globals()
	m.lookAll(globals)
	for i := 0; m.left > 0 && (i < len(m.led.list) || len(m.todo) > 0) && !m.stop(); {
		if last := len(m.todo) - 1; last >= 0 {
			v := m.todo[last]
			m.todo = m.todo[:last]
			m.contents(v)
			continue
		}
		m.look(m.led.list[i].value(m.core)) // this may add others
		i++
	}
	m.seen = nil
}

func (m *memory) lookAll(vars []Variable) {
	for i := range vars {
		m.look(vars[i].Value)
	}
}

// look notes the extents of what v refers to, and of what is in v, which it reads in turn.
func (m *memory) look(v Value) {
	if !v.Valid() || m.left <= 0 {
		return
	}
	switch k := v.Kind(); k {
	case reflect.Struct:
		for i := range v.typ.NumField() {
			if _, t, _ := v.typ.Field(i); t.mayRefer() {
				m.look(v.Field(i))
			}
		}
	case reflect.Array:
		for i := 0; v.typ.Elem().mayRefer() && i < v.Stored(); i++ {
			m.look(v.Index(i))
		}
	case reflect.Interface:
		if v.Object() == 0 && !v.IsNil() {
			m.look(v.Elem())
			return
		}
		m.follow(v)
	default:
		m.follow(v)
	}
}

// follow notes the extent of what v refers to, if it isn't known.
func (m *memory) follow(v Value) {
	k := v.Kind()
	p := part{v.Object(), k == reflect.Slice || k == reflect.Map || k == reflect.Chan}
	if p.id == 0 || m.seen[p] {
		return
	}
	m.seen[p] = true
	m.left--
	switch k {
	case reflect.Pointer, reflect.Slice, reflect.Interface:
		x := extent{start: v.Pointer(), part: p}
		x.size = uint64(x.value(m.core).Type().Size())
		m.led.add(x)
	default:
		m.todo = append(m.todo, v)
	}
}

// contents reads what is in a func value, a map or a channel.
func (m *memory) contents(v Value) {
	switch v.Kind() {
	case reflect.Func:
		m.look(v.Closure())
	case reflect.Chan:
		for i := 0; v.typ.Elem().mayRefer() && i < v.Stored(); i++ {
			m.look(v.Index(i))
		}
	case reflect.Map:
		if !v.typ.Key().mayRefer() && !v.typ.Elem().mayRefer() {
			return
		}
		for i := range v.Stored() {
			key, elem := v.Entry(i)
			m.look(key)
			m.look(elem)
		}
	}
}

// mayRefer reports whether values of the type may refer to others.
func (t *Type) mayRefer() bool {
	k := t.Kind()
	return k != reflect.String && (k > reflect.Complex128 || k == reflect.Invalid)
}

// value returns the value in the extent. For the elements of a slice it has as many as the dump
// has.
func (x *extent) value(c *Core) Value {
	switch {
	case x.variable != nil:
		return *x.variable
	case x.frame != nil:
		return x.ofFrame(c)
	}
	v := c.object(x.part)
	v.addr = x.start
	if x.part.elements && v.Kind() == reflect.Slice {
		elem, n := v.typ.Elem(), int64(max(v.list.Len(), len(v.text)))
		rec := &corefile.Type{
			Name: fmt.Sprintf("[%d]%s", n, elem), Kind: reflect.Array.String(), Size: n * elem.Size(), Len: n,
		}
		v.typ = &Type{core: c, kind: reflect.Array, elem: elem, rec: rec}
	}
	return v
}

// ofFrame returns the variable of a frame; it isn't valid if its value isn't known.
func (x *extent) ofFrame(c *Core) (v Value) {
	m := c.prepared(0)
	if m.last == nil || m.last.ID != x.frame.goroutine {
		g, err := c.Goroutine(x.frame.goroutine)
		if err != nil {
			return v
		}
		m.last = g
	}
	g := m.last
	if x.frame.frame >= len(g.Frames) {
		return v
	}
	vars := g.Frames[x.frame.frame].Vars()
	for i := range vars {
		if vars[i].Value.addr == x.start && known(&vars[i]) && vars[i].Value.Type().Size() == int64(x.size) {
			return vars[i].Value
		}
	}
	return v
}

// at returns the value of type t at an offset in v; it isn't valid if there is none.
func (v Value) at(offset uint64, t *Type) Value {
	if !v.Valid() {
		return Value{}
	}
	if offset == 0 && v.Type().String() == t.String() {
		return v
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.typ.NumField() {
			f := v.Field(i)
			start, known := v.typ.offset(i)
			if !known {
				continue
			}
			if offset < start || offset >= start+uint64(f.Type().Size()) {
				continue
			}
			if in := f.at(offset-start, t); in.Valid() {
				return in
			}
		}
	case reflect.Array:
		if size := uint64(v.typ.Elem().Size()); size > 0 && offset/size < uint64(v.Stored()) {
			return v.Index(int(offset/size)).at(offset%size, t)
		}
	}
	return Value{}
}
