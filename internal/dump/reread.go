package dump

import (
	"encoding/binary"
	"math"
	"reflect"
)

// maxReread bounds how many bytes are read as another type.
const maxReread = 1 << 12

// byteOrders maps GOARCH to the byte order.
var byteOrders = map[string]binary.ByteOrder{
	"amd64": binary.LittleEndian, "arm64": binary.LittleEndian, "386": binary.LittleEndian,
	"arm": binary.LittleEndian, "riscv64": binary.LittleEndian, "loong64": binary.LittleEndian,
	"ppc64le": binary.LittleEndian, "mips64le": binary.LittleEndian, "mipsle": binary.LittleEndian,
	"s390x": binary.BigEndian, "ppc64": binary.BigEndian, "mips64": binary.BigEndian, "mips": binary.BigEndian,
}

// ByteOrder returns the order of the bytes in the program's memory, if it is known.
func (c *Core) ByteOrder() (order binary.ByteOrder, known bool) {
	order, known = byteOrders[c.Head().Arch]
	return order, known
}

// reread returns the bytes at an offset in v as a value of type t.
func (v Value) reread(offset uint64, t *Type) Value {
	if t.Size() <= 0 || t.Size() > maxReread || offset > maxReread {
		return Value{}
	}
	if _, known := t.core.ByteOrder(); !known {
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
	switch v.Kind() {
	case reflect.Array:
		size := int(v.typ.Elem().Size())
		return appendParts(b, n, v.Stored(), func(i int) (Value, int) { return v.Index(i), i * size })
	case reflect.Struct:
		fields := v.typ.rec.Fields
		return appendParts(b, n, len(fields), func(i int) (Value, int) { return v.Field(i), int(fields[i].Offset) })
	}
	for _, word := range v.words() {
		part, size, ok := word.word()
		if !ok || size < 1 || size > 8 {
			return b, false
		}
		var all [8]byte
		order, _ := v.core.ByteOrder()
		if order == binary.ByteOrder(binary.BigEndian) {
			part <<= 64 - 8*size
		}
		order.PutUint64(all[:], part)
		b = append(b, all[:size]...)
	}
	return b, true
}

// words returns the words of which a value consists: those of a slice are its address, length and
// capacity, those of a complex number its parts. Other values are one.
func (v Value) words() []Value {
	switch {
	case v.Kind() == reflect.Complex64 || v.Kind() == reflect.Complex128:
		part := v.core.Basic(reflect.Float32 + v.Kind() - reflect.Complex64)
		return []Value{part.OfFloat(real(v.Complex())), part.OfFloat(imag(v.Complex()))}
	case v.Kind() == reflect.Slice && v.Cap() >= 0 && (v.Pointer() != 0 || v.IsNil()):
		word := v.core.Basic(reflect.Uint64)
		if v.typ.Size() == 3*4 {
			word = v.core.Basic(reflect.Uint32)
		}
		return []Value{word.OfUint(v.Pointer()), word.OfUint(uint64(v.Len())), word.OfUint(uint64(v.Cap()))}
	}
	return []Value{v}
}

// appendParts appends the first n bytes of an array or a struct, whose parts have offsets.
func appendParts(b []byte, n, parts int, part func(i int) (v Value, offset int)) ([]byte, bool) {
	start := len(b)
	for i := 0; i < parts && len(b)-start < n; i++ {
		v, offset := part(i)
		if len(b)-start != offset {
			return b, false // padding, which isn't in the dump
		}
		var ok bool
		if b, ok = v.appendBytes(b, n-(len(b)-start)); !ok {
			return b, false
		}
	}
	return b, true
}

// word returns the memory of a number, and its size in bytes. Which bits a NaN has isn't in the dump.
func (v Value) word() (word uint64, size int64, ok bool) {
	size = v.typ.Size()
	switch k := v.Kind(); {
	case k == reflect.Bool && v.Bool():
		return 1, 1, true
	case k == reflect.Bool:
		return 0, 1, true
	case k >= reflect.Int && k <= reflect.Int64:
		return uint64(v.Int()), size, true
	case k >= reflect.Uint && k <= reflect.Uintptr || k == reflect.UnsafePointer:
		return v.Uint(), size, true
	case k == reflect.Func && v.IsNil():
		return 0, size, true
	case k == reflect.Pointer || k == reflect.Map || k == reflect.Chan:
		return v.Pointer(), size, v.Pointer() != 0 || v.IsNil()
	case k == reflect.Float32 && !math.IsNaN(v.Float()):
		return uint64(math.Float32bits(float32(v.Float()))), 4, true
	case k == reflect.Float64 && !math.IsNaN(v.Float()):
		return math.Float64bits(v.Float()), 8, true
	}
	return 0, 0, false
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
	switch k := t.Kind(); {
	case k == reflect.Array && t.Elem().Size() > 0 && t.Len() <= size/t.Elem().Size():
		elem := t.Elem()
		return t.fromParts(b, int(t.Len()), depth, func(i int) (*Type, int64) { return elem, int64(i) * elem.Size() })
	case k == reflect.Struct && t.NumField() <= maxReread:
		return t.fromParts(b, t.NumField(), depth, func(i int) (*Type, int64) {
			_, typ, _ := t.Field(i)
			return typ, t.rec.Fields[i].Offset
		})
	}
	var all [8]byte
	copy(all[:], b[:min(size, 8)])
	order, _ := t.core.ByteOrder()
	word := order.Uint64(all[:])
	if order == binary.ByteOrder(binary.BigEndian) {
		word >>= 64 - 8*min(size, 8)
	}
	return t.fromWord(word)
}

// fromParts returns bytes as an array or a struct of so many parts, which have offsets.
func (t *Type) fromParts(b []byte, n, depth int, part func(i int) (typ *Type, offset int64)) Value {
	parts, end := make([]Value, n), int64(0)
	for i := range parts {
		typ, offset := part(i)
		if offset < end || offset > int64(len(b)) { // fields of a forged type may overlap, without end
			return Value{}
		}
		end = offset + max(typ.Size(), 0)
		if parts[i] = typ.fromBytes(b[offset:], depth+1); !parts[i].Valid() {
			return Value{}
		}
	}
	return t.OfParts(parts)
}

// fromWord returns the memory of a number as a value of type t.
func (t *Type) fromWord(word uint64) Value {
	unused := 64 - 8*min(t.Size(), 8)
	switch k := t.Kind(); {
	case k == reflect.Bool && word <= 1:
		return t.OfBool(word == 1)
	case k >= reflect.Int && k <= reflect.Int64:
		return t.OfInt(int64(word<<unused) >> unused)
	case k >= reflect.Uint && k <= reflect.Uintptr, k == reflect.UnsafePointer && word != 0:
		return t.OfUint(word)
	case k == reflect.Float32:
		return t.OfFloat(float64(math.Float32frombits(uint32(word))))
	case k == reflect.Float64:
		return t.OfFloat(math.Float64frombits(word))
	}
	return Value{}
}
