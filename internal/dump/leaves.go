package dump

import (
	"reflect"

	"coredumpy/internal/caveat"
)

// maxLeaves bounds how many values are looked at for one address: those of a forged dump may all
// overlap.
const maxLeaves = 1000

// Leaves calls visit with the values that hold a byte of memory, and which of their bytes it is:
// numbers, the innermost ones of structs and arrays, until visit returns false. Values that
// overlap may hold the byte in several ways. It reports false if there were too many to visit all, or
// if stop, which it asks now and then, reports true while the dump is read to find them.
func (c *Core) Leaves(addr uint64, visit func(leaf Value, offset uint64) bool, stop func() bool) (all bool) {
	steps := 2
	if c.file.Old() {
		steps = 3 // only references say where objects are
	}
	m, n := c.prepared(0), 0
	if !m.prepare(steps, stop) {
		return false
	}
	for _, x := range []*extents{&m.objects, &m.variables, &m.led} {
		more := true
		x.around(addr, func(e *extent) bool {
			if n++; n > maxLeaves {
				return false
			}
			if leaf, offset, ok := e.value(c).leaf(addr - e.start); ok {
				more = visit(leaf, offset)
			}
			return more
		})
		if !more || n > maxLeaves {
			break
		}
	}
	return n <= maxLeaves
}

// leaf returns the innermost value in v that has a byte of it.
func (v Value) leaf(offset uint64) (leaf Value, at uint64, ok bool) {
	for range maxRereadDepth * 4 {
		if v.why.Kind == caveat.Redacted || v.Redacted() {
			return v, offset, true
		}
		switch v.Kind() {
		case reflect.Struct:
			i, start := v.typ.fieldAt(offset)
			if i < 0 {
				return v, 0, false // padding
			}
			v, offset = v.Field(i), offset-start
		case reflect.Array:
			size := uint64(max(v.typ.Elem().Size(), 0))
			if size == 0 || offset/size >= uint64(v.Stored()) {
				return v, 0, false
			}
			v, offset = v.Index(int(offset/size)), offset%size
		default:
			return v, offset, v.Valid() || v.why.Kind == caveat.Redacted
		}
	}
	return v, 0, false
}

// fieldAt returns the field of a struct that has the byte at an offset, and where it starts; -1
// if none has.
func (t *Type) fieldAt(offset uint64) (i int, start uint64) {
	for i := range t.NumField() {
		start, known := t.offset(i)
		_, field, _ := t.Field(i)
		if known && offset >= start && offset-start < uint64(max(field.Size(), 0)) {
			return i, start
		}
	}
	return -1, 0
}
