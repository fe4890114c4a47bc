package dump

import (
	"encoding/binary"
	"math"
	"reflect"
)

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
		parts, end := make([]Value, t.NumField()), int64(0)
		for i := range parts {
			_, typ, _ := t.Field(i)
			at := t.rec.Fields[i].Offset
			if at < end || at > int64(len(b)) { // fields of a forged type may overlap, without end
				return Value{}
			}
			end = at + max(typ.Size(), 0)
			if parts[i] = typ.fromBytes(b[at:], depth+1); !parts[i].Valid() {
				return Value{}
			}
		}
		return t.OfParts(parts)
	}
	return Value{}
}
