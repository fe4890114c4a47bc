package dump

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"math"
	"reflect"
	"slices"
	"sort"

	"coredumpy/internal/caveat"
	"coredumpy/internal/corefile"
)

// memory finds what the dump holds at an address: objects and variables. An object's
// address is known from what refers to it.
type memory struct {
	core    *Core
	extents []extent // ascending by start
	longest uint64
	seen    map[part]bool
	todo    []Value // func values, maps and channels whose contents are still to be read
	left    int     // objects that may still be read
}

// extent is where a value is.
type extent struct {
	start, size uint64
	part        part   // an object
	variable    *Value // or a variable
}

// maxLooked bounds how many objects are read to find addresses.
const maxLooked = 2_000_000

// at returns the value of type t at an address. It isn't valid if the dump doesn't hold the
// memory there, or holds pointers where t has numbers.
func (c *Core) at(addr uint64, t *Type) Value {
	if c.memory == nil {
		c.memory = &memory{core: c, seen: map[part]bool{}, left: maxLooked}
		c.memory.read()
	}
	m := c.memory
	end := sort.Search(len(m.extents), func(i int) bool { return m.extents[i].start > addr })
	var found Value
	for i := end - 1; i >= 0 && addr-m.extents[i].start < m.longest; i-- {
		x := &m.extents[i]
		if addr-x.start >= x.size {
			continue
		}
		whole := x.value(c)
		if v := whole.at(addr-x.start, t); v.Valid() {
			return v
		}
		if !found.Valid() {
			found = whole.reread(addr-x.start, t)
		}
	}
	switch {
	case found.Valid():
		found.addr = addr
		return found
	case m.left <= 0:
		return notThere(t, addr, caveat.Of(fmt.Errorf("not among the first %d objects of the dump", maxLooked)))
	}
	return notThere(t, addr, notStored)
}

// read finds everything that variables lead to.
func (m *memory) read() {
	for _, id := range m.core.Goroutines() {
		g, err := m.core.Goroutine(id)
		if err != nil {
			continue
		}
		for i := range g.Frames {
			m.addVariables(g.Frames[i].Vars())
		}
		if p := g.PanicValue(); p != nil {
			m.look(p.Value)
		}
	}
	globals, _ := m.core.Globals()
	m.addVariables(globals)
	for i := 0; m.left > 0 && (i < len(m.extents) || len(m.todo) > 0); {
		if last := len(m.todo) - 1; last >= 0 {
			v := m.todo[last]
			m.todo = m.todo[:last]
			m.contents(v)
			continue
		}
		m.look(m.extents[i].value(m.core)) // this may add others
		i++
	}
	m.seen = nil
	slices.SortFunc(m.extents, func(a, b extent) int { return cmp.Compare(a.start, b.start) })
}

func (m *memory) add(x extent) {
	m.extents = append(m.extents, x)
	m.longest = max(m.longest, x.size)
}

func (m *memory) addVariables(vars []Variable) {
	for i := range vars {
		v := &vars[i].Value
		if v.addr != 0 && v.Valid() && len(vars[i].Doubts) == 0 {
			m.add(extent{start: v.addr, size: uint64(v.Type().Size()), variable: v})
		} else {
			m.look(*v)
		}
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
		m.add(x)
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
	if x.variable != nil {
		return *x.variable
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

// maxReread bounds how many bytes are read as another type.
const maxReread = 1 << 12

// reread returns the bytes at an offset in v as a value of type t.
func (v Value) reread(offset uint64, t *Type) Value {
	if t.Size() <= 0 || t.Size() > maxReread || offset > maxReread {
		return Value{}
	}
	b, ok := v.appendBytes(nil, int(offset)+int(t.Size()))
	if !ok || len(b) < int(offset)+int(t.Size()) {
		return Value{}
	}
	return t.fromBytes(b[offset:], 0)
}

// appendBytes appends the first n bytes of v's memory, or fewer if v has less. Only those of
// numbers are known.
func (v Value) appendBytes(b []byte, n int) ([]byte, bool) {
	if !v.Valid() || v.Redacted() {
		return b, false
	}
	start := len(b)
	switch k := v.Kind(); {
	case k == reflect.Bool && v.Bool():
		return append(b, 1), true
	case k == reflect.Bool:
		return append(b, 0), true
	case k >= reflect.Int && k <= reflect.Int64:
		return appendWord(b, uint64(v.Int()), v.typ.Size()), true
	case k >= reflect.Uint && k <= reflect.Uintptr || k == reflect.UnsafePointer:
		return appendWord(b, v.Uint(), v.typ.Size()), true
	case k == reflect.Pointer:
		return appendWord(b, v.Pointer(), v.typ.Size()), true
	case k == reflect.Float32:
		return appendWord(b, uint64(math.Float32bits(float32(v.Float()))), 4), true
	case k == reflect.Float64:
		return appendWord(b, math.Float64bits(v.Float()), 8), true
	case k == reflect.Array:
		for i := 0; i < v.Stored() && len(b)-start < n; i++ {
			if len(b)-start != i*int(v.typ.Elem().Size()) {
				return b, false // padding, which isn't in the dump
			}
			var ok bool
			if b, ok = v.Index(i).appendBytes(b, n-(len(b)-start)); !ok {
				return b, false
			}
		}
		return b, true
	case k == reflect.Struct:
		for i := 0; i < v.typ.NumField() && len(b)-start < n; i++ {
			if len(b)-start != int(v.typ.rec.Fields[i].Offset) {
				return b, false // padding
			}
			var ok bool
			if b, ok = v.Field(i).appendBytes(b, n-(len(b)-start)); !ok {
				return b, false
			}
		}
		return b, true
	}
	return b, false
}

func appendWord(b []byte, word uint64, size int64) []byte {
	var all [8]byte
	binary.LittleEndian.PutUint64(all[:], word)
	return append(b, all[:max(0, min(size, 8))]...)
}

// maxRereadDepth bounds the nesting of types that bytes are read as: a forged type may contain
// itself.
const maxRereadDepth = 16

// fromBytes returns bytes as a value of type t; it isn't valid if t consists of anything but
// numbers.
func (t *Type) fromBytes(b []byte, depth int) Value {
	size := t.Size()
	if size <= 0 || int64(len(b)) < size || depth > maxRereadDepth {
		return Value{}
	}
	var all [8]byte
	copy(all[:], b[:min(size, 8)])
	word := binary.LittleEndian.Uint64(all[:])
	shift := 64 - 8*min(size, 8)
	switch k := t.Kind(); {
	case k == reflect.Bool && word <= 1:
		return t.OfBool(word == 1)
	case k >= reflect.Int && k <= reflect.Int64:
		return t.OfInt(int64(word<<shift) >> shift)
	case k >= reflect.Uint && k <= reflect.Uintptr, k == reflect.UnsafePointer && word != 0:
		return t.OfUint(word)
	case k == reflect.Float32:
		return t.OfFloat(float64(math.Float32frombits(uint32(word))))
	case k == reflect.Float64:
		return t.OfFloat(math.Float64frombits(word))
	case k == reflect.Array && t.Elem().Size() > 0 && t.Len() <= size/t.Elem().Size():
		parts := make([]Value, t.Len())
		for i := range parts {
			parts[i] = t.Elem().fromBytes(b[int64(i)*t.Elem().Size():], depth+1)
			if !parts[i].Valid() {
				return Value{}
			}
		}
		return t.OfParts(parts)
	case k == reflect.Struct && t.NumField() <= maxReread:
		parts := make([]Value, t.NumField())
		for i := range parts {
			_, typ, _ := t.Field(i)
			at := t.rec.Fields[i].Offset
			if at < 0 || at > int64(len(b)) {
				return Value{}
			}
			if parts[i] = typ.fromBytes(b[at:], depth+1); !parts[i].Valid() {
				return Value{}
			}
		}
		return t.OfParts(parts)
	}
	return Value{}
}
