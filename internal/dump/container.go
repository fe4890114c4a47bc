package dump

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"strconv"

	"coredumpy/internal/caveat"
	"coredumpy/internal/corefile"
	"coredumpy/internal/notation"
)

// target returns the value of the object that v refers to.
func (v Value) target() Value {
	if v.core == nil || v.Object() == 0 {
		return Value{core: v.core, typ: unknownType, why: v.why}
	}
	k := v.Kind()
	o := v.core.object(part{v.Object(), k == reflect.Slice || k == reflect.Map || k == reflect.Chan})
	if o.typ != unknownType && !v.holds(o.typ) {
		text := fmt.Sprintf("object %d is of %.100s, and not of %.100s", v.Object(), o.typ, v.typ)
		return Value{core: v.core, typ: unknownType, why: caveat.Reason{Kind: caveat.Damaged, Text: text}}
	}
	if o.addr == 0 && k != reflect.Func {
		o.addr = v.rec.Addr
	}
	return o
}

// holds reports whether an object of a type can hold the elements of v. What is elsewhere has
// a type of its own.
func (v Value) holds(o *Type) bool {
	t := v.typ
	if v.was != nil {
		t = v.was
	}
	switch v.Kind() {
	case reflect.Map, reflect.Chan:
		return o.rec.ID == t.rec.ID
	case reflect.Slice:
		return o.rec.ID == t.rec.ID || o.kind == reflect.Array
	}
	return true
}

// array returns the array that a slice is a slice of.
func (v Value) array() Value {
	if v.base != nil {
		return *v.base
	}
	a := v.target()
	if a.Kind() == reflect.Slice && v.rec != nil {
		// The object has the slice's type: slices of all lengths share it.
		a.typ = v.core.arrayOf(a.typ, v.rec.Len)
	}
	if a.Kind() != reflect.Array {
		return Value{core: v.core, typ: unknownType, why: orNotStored(cmp.Or(v.why, a.why))}
	}
	return a
}

// arrayOf returns the type of an array for a slice of that type and length.
func (c *Core) arrayOf(slice *Type, length int64) *Type {
	if last := &c.lastArray; last.slice != slice || last.array.rec.Len != length {
		last.slice = slice
		last.array = &Type{core: c, kind: reflect.Array, rec: &corefile.Type{
			Name: slice.rec.Name, Kind: reflect.Array.String(), Elem: slice.rec.Elem, Len: length,
		}, elem: slice.elem}
	}
	return c.lastArray.array
}

// clip returns n, the stored length, or the value's length if that is less.
func (v Value) clip(n int) int {
	return int(max(0, min(int64(n), v.Len())))
}

func (c *Core) object(p part) Value {
	if o := c.objects[p]; o != nil {
		return o.value
	}
	rec, err := c.file.Object(p.id)
	o := &object{}
	if err != nil {
		o.value = Value{core: c, typ: unknownType, why: ofRecord(err, p.id)}
	} else if t := c.typeOf(rec.Type); p.elements {
		o.value = c.parse(t, rec.Value, rec.Addr, &o.forms)
	} else {
		o.value = c.decode(t, rec.Value, rec.Addr, &o.forms)
	}
	c.objects[p] = o
	return o.value
}

// ofRecord returns the reason for an object whose record can't be read.
func ofRecord(err error, id int) caveat.Reason {
	var failed *corefile.RecordError
	switch {
	case errors.Is(err, corefile.ErrNotFound):
		return caveat.Reason{Kind: caveat.NoRecord, N: int64(id)}
	case errors.As(err, &failed):
		return caveat.Reason{Kind: caveat.BadRecord, N: int64(id), Text: failed.Err.Error()}
	}
	return caveat.Of(err)
}

// Len returns the length of a string, array, slice, map or channel when the dump was made;
// [Value.Stored] returns how much of it is in the dump.
func (v Value) Len() int64 {
	switch k := v.Kind(); {
	case k == reflect.Array:
		return v.typ.Len()
	case v.rec != nil && (v.rec.Len > 0 || k != reflect.String):
		return v.rec.Len
	case v.data:
		return int64(len(v.text))
	}
	return 0
}

// Cap returns the capacity of a slice or channel, -1 if it isn't known.
func (v Value) Cap() int64 {
	if v.rec == nil {
		return 0
	}
	return v.rec.Cap
}

// Stored returns how many elements, entries or fields of the value are in the dump; for
// strings, how many bytes.
func (v Value) Stored() int {
	switch v.Kind() {
	case reflect.Slice:
		return v.clip(v.array().Stored() - v.from)
	case reflect.Map:
		if v.parts != nil {
			return len(v.parts) / 2
		}
		return v.contents().list.Len() / 2
	case reflect.Chan:
		return v.contents().list.Len()
	}
	if v.data {
		return len(v.text)
	}
	switch {
	case v.parts != nil:
		return len(v.parts)
	case v.zero && v.Kind() == reflect.Array:
		return int(v.Len())
	case v.zero:
		return v.typ.NumField()
	}
	return v.list.Len()
}

// contents returns the value with the elements of a map or channel: the object that v refers
// to, or v.
func (v Value) contents() Value {
	if v.list.Given() {
		return v
	}
	return v.target()
}

// Index returns element i of an array or slice, or buffered value i of a channel.
func (v Value) Index(i int) Value {
	switch v.Kind() {
	case reflect.Slice:
		if a := v.array(); i >= 0 && i < v.Stored() {
			return a.Index(v.from + i)
		}
		return Value{core: v.core, typ: v.typ.Elem(), why: orNotStored(v.Reason())}
	case reflect.Chan:
		return v.element(v.contents(), i, 0)
	case reflect.Array:
		elem := v.typ.Elem()
		var addr uint64
		if v.addr != 0 {
			addr = v.addr + uint64(i)*uint64(elem.Size())
		}
		if v.data {
			return v.byteAt(elem, i, addr)
		}
		switch {
		case i >= 0 && i < len(v.parts):
			return v.parts[i]
		case v.zero && i >= 0 && int64(i) < v.Len():
			return elem.Zero()
		}
		return v.element(v, i, addr)
	}
	return Value{core: v.core, typ: unknownType, why: caveat.Reason{Kind: caveat.NoIndex, Text: v.Type().String()}}
}

// Slice returns v[low:high:limit] of a string, array or slice, and of a map the entries from
// number low on. Bounds that don't fit are clipped.
func (v Value) Slice(low, high, limit int64) Value {
	length := v.Len()
	if v.Kind() == reflect.Slice {
		length = max(length, v.Cap())
	}
	high = max(0, min(high, length))
	low = max(0, min(low, high))
	w := v
	w.rec = &notation.Value{Addr: v.Pointer(), Len: high - low}
	switch v.Kind() {
	case reflect.String:
		stored := int64(len(v.text))
		low, high = min(low, stored), min(high, stored)
		if w.rec.Redacted = v.Redacted(); w.rec.Redacted {
			high = max(low, int64(notation.MaskCut(v.text, int(high))))
		}
		w.text, w.addr = v.text[low:high], 0
	case reflect.Map:
		if v.sorted != nil {
			return v.Entries(low, v.Len())
		}
		w.why = v.Reason()
		entries := v.contents()
		w.list, w.in = entries.list.From(2*int(min(low, int64(entries.list.Len())))), entries.in
		w.rec.Len = v.Len() - low
	case reflect.Array, reflect.Slice:
		if v.IsNil() {
			return v
		}
		base := v
		if v.Kind() == reflect.Slice {
			base = v.array()
		} else {
			rec := &corefile.Type{Name: "[]" + v.typ.Elem().String(), Kind: "slice", Elem: v.typ.rec.Elem}
			w.typ = &Type{core: v.core, kind: reflect.Slice, rec: rec, elem: v.typ.elem}
			w.rec.Addr, w.why = v.addr, caveat.Reason{}
		}
		// A slice may start anywhere, but beyond what is stored nothing differs.
		stored := base.Stored()
		w.base, w.from, w.addr = &base, min(v.from+int(min(low, int64(stored))), stored), 0
		w.raw, w.list, w.text, w.data = nil, notation.List{}, "", false
		if w.rec.Cap = max(limit, high) - low; v.Cap() < 0 {
			w.rec.Cap = -1
		}
		if w.rec.Addr != 0 {
			w.rec.Addr += uint64(low) * uint64(v.typ.Elem().Size())
		}
	default:
		return Value{core: v.core, typ: unknownType, why: caveat.Reason{Kind: caveat.NoSlice, Text: v.Type().String()}}
	}
	return w
}

func (v Value) element(of Value, i int, addr uint64) Value {
	if i < 0 || i >= of.list.Len() {
		return Value{core: v.core, typ: v.typ.Elem(), addr: addr, why: orNotStored(v.Reason())}
	}
	return v.core.decode(v.typ.Elem(), of.list.At(i), addr, of.in)
}

// byteAt returns byte i of an array of bytes, which is stored as text.
func (v Value) byteAt(elem *Type, i int, addr uint64) Value {
	e := Value{core: v.core, typ: elem, addr: addr}
	switch {
	case v.Redacted():
		e.why = caveat.Reason{Kind: caveat.Redacted}
	case i < 0 || i >= len(v.text):
		e.why = orNotStored(v.why)
	case elem.kind == reflect.Int8:
		e.raw = strconv.AppendInt(nil, int64(int8(v.text[i])), 10)
	default:
		e.raw = strconv.AppendUint(nil, uint64(v.text[i]), 10)
	}
	return e
}

func orNotStored(why caveat.Reason) caveat.Reason { return cmp.Or(why, notStored) }

// Entry returns the key and the value of map entry i, in the order of the dump or of [Value.Sorted].
func (v Value) Entry(i int) (key, value Value) {
	if v.sorted != nil && i >= 0 && i < len(v.sorted.order) {
		i = int(v.sorted.order[i])
	}
	if v.Kind() == reflect.Map && i >= 0 && i < len(v.parts)/2 {
		return v.parts[2*i], v.parts[2*i+1]
	}
	entries := v.contents()
	if v.Kind() != reflect.Map || i < 0 || i >= entries.list.Len()/2 {
		none := Value{core: v.core, typ: unknownType, why: notStored}
		return none, none
	}
	return v.core.decode(v.typ.Key(), entries.list.At(2*i), 0, entries.in),
		v.core.decode(v.typ.Elem(), entries.list.At(2*i+1), 0, entries.in)
}

// Field returns field i of a struct.
func (v Value) Field(i int) Value {
	if v.Kind() != reflect.Struct || i < 0 || i >= v.typ.NumField() {
		return Value{core: v.core, typ: unknownType, why: caveat.Reason{Kind: caveat.NoField}}
	}
	_, typ, _ := v.typ.Field(i)
	switch {
	case i < len(v.parts):
		return v.parts[i]
	case v.zero:
		return typ.Zero()
	}
	if i >= v.list.Len() {
		return Value{core: v.core, typ: typ, why: orNotStored(v.why)}
	}
	var addr uint64
	if offset, known := v.typ.offset(i); v.addr != 0 && known {
		addr = v.addr + offset
	}
	return v.core.decode(typ, v.list.At(i), addr, v.in)
}

// Elem returns what a pointer points to, or the value in an interface.
func (v Value) Elem() Value {
	switch {
	case len(v.parts) > 0 && (v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface):
		return v.parts[0]
	case v.Kind() == reflect.Interface && v.rec != nil && v.rec.Object == 0 && v.rec.Value != nil:
		return v.core.decode(v.core.typeOf(v.rec.Type), v.rec.Value, 0, v.in)
	case v.Kind() == reflect.Interface && v.rec != nil && v.rec.Object == 0:
		return Value{core: v.core, typ: v.core.typeOf(v.rec.Type), addr: v.rec.Addr, why: orNotStored(v.why)}
	case v.Kind() == reflect.Interface, v.Kind() == reflect.Pointer:
		e := v.target()
		if e.typ == unknownType && v.Kind() == reflect.Pointer {
			e.typ, e.addr = v.typ.Elem(), v.Pointer()
		}
		return e
	}
	return Value{core: v.core, typ: unknownType, why: caveat.Reason{Kind: caveat.NoPointer, Text: v.Type().String()}}
}

// Func returns the function that a func value calls.
func (v Value) Func() corefile.Place {
	if v.rec == nil {
		return corefile.Place{}
	}
	return corefile.Place{Func: v.rec.Func, File: v.rec.File, Line: v.rec.Line}
}

// Closure returns the variables that a func value has captured, as a struct; it isn't valid
// if there are none or they aren't known.
func (v Value) Closure() Value {
	if v.Kind() != reflect.Func {
		return Value{core: v.core, typ: unknownType, why: caveat.Reason{Kind: caveat.NoFunction}}
	}
	return v.target()
}

// Waiting returns how many goroutines wait to receive from and to send to a channel, and
// whether it is closed.
func (v Value) Waiting() (recv, send int, closed bool) {
	if v.Kind() != reflect.Chan {
		return 0, 0, false
	}
	if t := v.target(); t.rec != nil {
		return t.rec.Recv, t.rec.Send, t.rec.Closed
	}
	return 0, 0, false
}
