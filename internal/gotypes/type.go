package gotypes

import (
	"reflect"
	"strings"
)

// Type describes a Go type as a reader of memory needs it. It is made from the
// runtime's own descriptor (rtype.go) or from debug information (dwarftype.go).
// The same type is always the same *Type within a Process.
type Type struct {
	Name string // as in Go source, with import paths for packages
	Kind reflect.Kind
	Size int64
	Len  int64 // of an array

	// Index numbers the types of a Process from 1, for tables with an entry for each type;
	// 0 for types that weren't read from a description.
	Index int

	Empty  bool // an interface type without methods
	Direct bool // values are stored in the data word of an interface itself

	elem, key *Type
	fields    []Field
	maps      *mapLayout
	pointers  []int64 // see pointerWords; nil if not computed yet
	ptr       *Type   // pointer to this type, made on demand
	resolve   func()  // fills elem, key, fields and maps; nil once done
}

// Field is a field of a struct.
type Field struct {
	Name     string
	Type     *Type
	Offset   int64
	Embedded bool
	Indirect bool // the field holds a pointer to its value: captured by reference

	Undecided bool // debug information doesn't tell whether it is Indirect
}

func (t *Type) complete() {
	if f := t.resolve; f != nil {
		t.resolve = nil
		f()
		switch {
		case t.IsShape():
			t.elem = nil // what it says is invented
		case t.Kind == reflect.Struct && strings.HasPrefix(t.Name, "sync/atomic.Pointer["):
			t.typePointer()
		}
	}
}

// typePointer gives the unsafe.Pointer in a sync/atomic.Pointer[T] the type that it surely
// has: *T. The first field, of type [0]*T, is there to say so (sync/atomic, type.go).
func (t *Type) typePointer() {
	var real *Type
	for i := range t.fields {
		switch f := &t.fields[i]; {
		case f.Type == nil:
		case f.Type.Kind == reflect.Array && f.Type.Len == 0 && real == nil:
			if real = f.Type.Elem(); real == nil || real.Kind != reflect.Pointer {
				return
			}
		case f.Name == "v" && f.Type.Kind == reflect.UnsafePointer && real != nil:
			f.Type = real
		}
	}
}

// IsShape reports whether t stands for all pointers in generic code.
func (t *Type) IsShape() bool {
	return t.Kind == reflect.Pointer && strings.HasPrefix(t.Name, ShapePrefix)
}

// Elem returns the element type of a pointer, slice, array, map or channel;
// nil if it isn't known.
func (t *Type) Elem() *Type {
	t.complete()
	return t.elem
}

// Key returns the key type of a map.
func (t *Type) Key() *Type {
	t.complete()
	return t.key
}

// Fields returns the fields of a struct.
func (t *Type) Fields() []Field {
	t.complete()
	return t.fields
}

// PointerTo returns the type of pointers to t.
func PointerTo(t *Type) *Type {
	if t.ptr == nil {
		t.ptr = &Type{Name: "*" + t.Name, Kind: reflect.Pointer, Size: word, elem: t}
	}
	return t.ptr
}

// structOf makes a struct type that has no name in the program.
func structOf(name string, size int64, fields []Field) *Type {
	return &Type{Name: name, Kind: reflect.Struct, Size: size, fields: fields}
}

// sizeOf returns the size that values of kind must have, 0 if they may have any size.
func sizeOf(k reflect.Kind) int64 {
	switch k {
	case reflect.Bool, reflect.Int8, reflect.Uint8:
		return 1
	case reflect.Int16, reflect.Uint16:
		return 2
	case reflect.Int32, reflect.Uint32, reflect.Float32:
		return 4
	case reflect.Int, reflect.Uint, reflect.Int64, reflect.Uint64, reflect.Uintptr, reflect.Float64,
		reflect.Complex64, reflect.Pointer, reflect.UnsafePointer, reflect.Map, reflect.Chan, reflect.Func:
		return 8
	case reflect.String, reflect.Interface, reflect.Complex128:
		return 16
	case reflect.Slice:
		return 24
	}
	return 0
}

// ShapePrefix begins the names of shapes (cmd/compile/internal/noder/reader.go,
// shapify). All pointers are of the shape go.shape.*uint8.
const ShapePrefix = "go.shape."

// PointerWords returns the offsets of the words in a value of type t that the collector
// treats as pointers; only the first ones if there are many.
func (t *Type) PointerWords() []int64 {
	if t.pointers == nil {
		t.pointers = pointerWords(t, 0, []int64{})
	}
	return t.pointers
}

// maxPointerWords bounds how many words of a variable are looked at.
const maxPointerWords = 64

// pointerWords appends the offsets of the words in a value of type t that the collector
// treats as pointers. The first word of an interface isn't one: types aren't collected.
func pointerWords(t *Type, off int64, dst []int64) []int64 {
	if t == nil || len(dst) >= maxPointerWords {
		return dst
	}
	switch t.Kind {
	case reflect.Pointer, reflect.UnsafePointer, reflect.Map, reflect.Chan, reflect.Func, reflect.String, reflect.Slice:
		return append(dst, off)
	case reflect.Interface:
		return append(dst, off+word)
	case reflect.Struct:
		for _, f := range t.Fields() {
			dst = pointerWords(f.Type, off+f.Offset, dst)
		}
	case reflect.Array:
		if e := t.Elem(); e != nil {
			for i := int64(0); i < t.Len && len(dst) < maxPointerWords; i++ {
				n := len(dst)
				if dst = pointerWords(e, off+i*e.Size, dst); len(dst) == n {
					break
				}
			}
		}
	}
	return dst
}

// Field returns the field of that name of a struct type.
func (t *Type) Field(name string) (Field, bool) {
	for _, f := range t.Fields() {
		if f.Name == name && f.Type != nil {
			return f, true
		}
	}
	return Field{}, false
}
