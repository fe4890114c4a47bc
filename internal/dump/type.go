package dump

import (
	"cmp"
	"reflect"
	"slices"
	"strings"

	"coredumpy/internal/corefile"
)

// Type is the type of a value: the file's record, with other types instead of their ids, or a
// type that an expression has made. The zero Type is an unknown one. Methods that don't fit a
// type's kind return zero values; none panics.
type Type struct {
	core *Core
	rec  *corefile.Type
	kind reflect.Kind
	elem *Type // of a type that was made, see made.go
	key  *Type // the same, of a map
}

var unknownType = &Type{rec: &corefile.Type{Name: "?"}}

// typeOf returns the type with the given id, or the unknown type.
func (c *Core) typeOf(id int) *Type {
	if t := c.types[id]; t != nil {
		return t
	}
	rec, err := c.file.Type(id)
	if err != nil {
		return unknownType
	}
	t := &Type{core: c, rec: rec, kind: rec.ReflectKind()}
	c.types[id] = t
	return t
}

// TypeNames returns the names of all types in the dump, sorted.
func (c *Core) TypeNames() (names []string) {
	for _, id := range c.file.Types() {
		names = append(names, c.typeOf(id).String())
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Constants returns the package-level constants of the integer types in the dump, and those of
// the program's packages.
func (c *Core) Constants() (constants []Constant) {
	for _, id := range c.file.Types() {
		t := c.typeOf(id)
		for _, k := range t.record().Constants {
			pkg := t.String()[:strings.LastIndexByte(t.String(), '.')+1]
			constants = append(constants, Constant{pkg + k.Name, t, k.Value})
		}
	}
	recs := c.file.Constants()
	for i := range recs {
		v := c.variable(&recs[i])
		switch k := v.Value.Kind(); {
		case !v.Value.Valid():
		case k >= reflect.Int && k <= reflect.Int64:
			constants = append(constants, Constant{v.Name, v.Value.Type(), v.Value.Int()})
		case k >= reflect.Uint && k <= reflect.Uintptr:
			constants = append(constants, Constant{v.Name, v.Value.Type(), int64(v.Value.Uint())})
		}
	}
	return constants
}

// Constant is a package-level constant of an integer type.
type Constant struct {
	Name string // with its import path: "time.March"
	Type *Type
	Bits int64 // its 64 bits
}

// Constant returns the name of the package-level constant of a named integer type whose value
// has the given 64 bits: "Blue"; or names of the bits that it consists of, lower ones first:
// "Read|Write". It returns "" if there are none.
func (t *Type) Constant(bits int64) string {
	const most = 1000 // as many as are written
	constants := t.record().Constants
	constants = constants[:min(len(constants), most)]
	var names []string
	for _, k := range constants {
		if k.Value == bits {
			return k.Name
		}
	}
	var flags []corefile.Constant // those of one bit
	for _, k := range constants {
		if b := uint64(k.Value); b&(b-1) == 0 && bits&k.Value != 0 {
			flags = append(flags, k)
		}
	}
	slices.SortStableFunc(flags, func(a, b corefile.Constant) int { return cmp.Compare(a.Value, b.Value) })
	for _, k := range flags {
		if bits&k.Value != 0 {
			names, bits = append(names, k.Name), bits&^k.Value
		}
	}
	if bits != 0 {
		return ""
	}
	return strings.Join(names, "|")
}

// String returns the type in Go syntax, with packages by import path; "?" if the type isn't
// known.
func (t *Type) String() string {
	return t.record().Name
}

// record returns what the dump holds about the type.
func (t *Type) record() *corefile.Type {
	if t == nil || t.rec == nil {
		return unknownType.rec
	}
	return t.rec
}

// Kind returns the type's kind; Invalid if the type isn't known.
func (t *Type) Kind() reflect.Kind {
	if t == nil {
		return reflect.Invalid
	}
	return t.kind
}

// Platform returns GOOS and GOARCH of the program that the type is from, "" if that isn't known.
func (t *Type) Platform() (goos, goarch string) {
	if t == nil || t.core == nil {
		return "", ""
	}
	head := t.core.Head()
	return head.OS, head.Arch
}

// Size returns the size of a value of the type in bytes.
func (t *Type) Size() int64 { return t.record().Size }

// Len returns the length of an array type.
func (t *Type) Len() int64 { return t.record().Len }

// Elem returns the element type of a pointer, slice, array, map or channel.
func (t *Type) Elem() *Type {
	if t != nil && t.elem != nil {
		return t.elem
	}
	return t.ref(t.record().Elem)
}

// Key returns the key type of a map.
func (t *Type) Key() *Type {
	if t != nil && t.key != nil {
		return t.key
	}
	return t.ref(t.record().Key)
}

func (t *Type) ref(id int) *Type {
	if t == nil || t.core == nil || id == 0 {
		return unknownType
	}
	return t.core.typeOf(id)
}

// NumField returns how many fields a struct type has.
func (t *Type) NumField() int { return len(t.record().Fields) }

// offset returns the offset of field i of a struct type in bytes, if it is known: a field that is
// captured by reference has none.
func (t *Type) offset(i int) (offset uint64, known bool) {
	fields := t.record().Fields
	if fields[i].Indirect || fields[i].Offset < 0 {
		return 0, false
	}
	if offset = uint64(fields[i].Offset); offset > 0 {
		return offset, true
	}
	for _, before := range fields[:i] { // only what has no size leaves the next one at 0
		if typ := t.ref(before.Type); typ.Kind() != reflect.Struct || typ.Size() != 0 {
			return 0, false
		}
	}
	return 0, true
}

// Field returns the name and type of field i of a struct type; without such a field, no name
// and the unknown type.
func (t *Type) Field(i int) (name string, typ *Type, embedded bool) {
	if i < 0 || i >= t.NumField() {
		return "", unknownType, false
	}
	f := t.record().Fields[i]
	return f.Name, t.ref(f.Type), f.Embedded
}
