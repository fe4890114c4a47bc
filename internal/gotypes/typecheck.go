package gotypes

import (
	"fmt"
	"reflect"
	"strings"

	"coredumpy/internal/debuginfo"
	"coredumpy/internal/unsafely"
)

// Types read by a [typeLayout] are compared with another source: package reflect in this
// process, debug information in another one.

// typesBase finds the base of name offsets without symbols: from the address of a name's
// text and its offset in a descriptor of this process.
func (p *Process) typesBase() (uint64, error) {
	l := &p.lay.types
	t := reflect.TypeFor[Type]()
	off, err := p.ReadUint32(unsafely.TypeAddr(t) + l.str)
	if err != nil {
		return 0, err
	}
	s := t.String() // a substring of the name's text
	flag, err := p.readByte(unsafely.TypeAddr(t) + l.tflag)
	if err != nil {
		return 0, err
	}
	text := unsafely.StringAddr(s)
	if uint64(flag)&l.hasStar != 0 {
		text--
	}
	return text - 2 - uint64(off), nil // a byte of flags and one of length precede it (the name is short)
}

// moduleTypesBase reads the base of name offsets.
func (p *Process) moduleTypesBase() (uint64, error) {
	addr, typ, err := p.Global("runtime.firstmoduledata")
	if err != nil {
		return 0, fmt.Errorf("type descriptors not recognised: %w", err)
	}
	f, ok := p.Info.StructField(typ, "types")
	if !ok {
		return 0, fmt.Errorf("runtime.moduledata not recognised: no field types")
	}
	return p.ReadWord(addr + uint64(f.Offset))
}

// Types of each kind with a name, whose descriptors end with an UncommonType.
type (
	probePointer   *int
	probeSlice     []int
	probeArray     [3]int
	probeChan      chan int
	probeFunc      func(int)
	probeStruct    struct{ A int }
	probeInterface interface{ M() }
	probeMap       map[string]int
)

var probes = []reflect.Type{
	reflect.TypeFor[probePointer](), reflect.TypeFor[probeSlice](), reflect.TypeFor[probeArray](),
	reflect.TypeFor[probeChan](), reflect.TypeFor[probeFunc](), reflect.TypeFor[probeStruct](),
	reflect.TypeFor[probeInterface](), reflect.TypeFor[probeMap](),
}

// probeSizes finds the sizes of descriptors without debug information: behind the
// descriptor of a type with a name is the offset of its package's name.
func (p *Process) probeSizes() {
	l := &p.lay.types
	sizes := map[reflect.Kind]*uint64{
		reflect.Pointer: &l.ptr, reflect.Slice: &l.slice, reflect.Array: &l.array, reflect.Chan: &l.channel,
		reflect.Func: &l.function, reflect.Struct: &l.structure, reflect.Interface: &l.iface, reflect.Map: &l.mapped,
	}
	for _, t := range probes {
		path := t.PkgPath()                   // the text of the name itself
		name := unsafely.StringAddr(path) - 2 // a byte of flags, one of length
		for n := len(path); n > 0x7f; n >>= 7 {
			name--
		}
		for size := l.header; size < maxStruct; size += word {
			off, err := p.ReadUint32(unsafely.TypeAddr(t) + size + l.uncommonPkg)
			if err == nil && p.types+uint64(off) == name {
				*sizes[t.Kind()] = size
				break
			}
		}
	}
}

// checkTypes compares types as we read them with what reflect says. If they differ, no
// types are read from memory.
func (p *Process) checkTypes() error {
	type probe struct {
		A int
		b map[string][3]*Field
		error
		c <-chan func(...any) (bool, error)
	}
	wanted := []reflect.Type{reflect.TypeFor[probe](), reflect.TypeFor[*Type](), reflect.TypeFor[map[[200]byte]error]()}
	for _, want := range append(wanted, probes...) {
		got, err := p.RuntimeType(unsafely.TypeAddr(want))
		if err != nil {
			return fmt.Errorf("type descriptors not recognised: %w", err)
		}
		if !p.sameType(got, want, 4) {
			return fmt.Errorf("type descriptors not recognised: %v read as %s", want, got.Name)
		}
	}
	return nil
}

// sameType compares names, kinds and shapes, depth levels deep.
func (p *Process) sameType(got *Type, want reflect.Type, depth int) bool {
	if want.Kind() == reflect.Map && p.lay.types.mapErr != nil {
		return got != nil && got.Kind == reflect.Map
	}
	if got == nil || got.Kind != want.Kind() || got.Size != int64(want.Size()) {
		return false
	}
	if want.Name() != "" && !named(got.Name, want) {
		return false
	}
	if depth == 0 {
		return true
	}
	switch want.Kind() {
	case reflect.Struct:
		return p.sameFields(got.Fields(), want, depth-1)
	case reflect.Map:
		return p.sameType(got.Key(), want.Key(), depth-1) && p.sameType(got.Elem(), want.Elem(), depth-1)
	case reflect.Array:
		return got.Len == int64(want.Len()) && p.sameType(got.Elem(), want.Elem(), depth-1)
	case reflect.Pointer, reflect.Slice, reflect.Chan:
		return p.sameType(got.Elem(), want.Elem(), depth-1)
	}
	return true
}

// sameFields compares the fields of a struct.
func (p *Process) sameFields(got []Field, want reflect.Type, depth int) bool {
	if len(got) != want.NumField() {
		return false
	}
	for i, f := range got {
		w := want.Field(i)
		if f.Name != w.Name || f.Offset != int64(w.Offset) || f.Embedded != w.Anonymous ||
			!p.sameType(f.Type, w.Type, depth) {
			return false
		}
	}
	return true
}

// named reports whether a name is that of a type that has a name of its own.
func named(name string, t reflect.Type) bool {
	return baseName(name) == t.Name() && (t.PkgPath() == "" || strings.HasPrefix(name, t.PkgPath()+"."))
}

// describedTypes are types for which nearly every program has both a descriptor and debug
// information.
var describedTypes = []string{
	"runtime.boundsError", "runtime.TypeAssertionError", "*runtime.TypeAssertionError", "runtime.errorString", "error",
	"func()", "[]uint8", "map[string]bool", "chan struct {}", "[32]uint64",
}

// checkDescriptors compares types as we read them with what debug information says.
func (p *Process) checkDescriptors() error {
	for _, off := range p.Info.TypesByName(describedTypes...) {
		want, err := p.Info.Type(off)
		if err != nil || want.RuntimeType == 0 || want.Kind == reflect.Map && p.lay.types.mapErr != nil {
			continue
		}
		got, err := p.RuntimeType(p.types + want.RuntimeType)
		if err != nil {
			return fmt.Errorf("type descriptors not recognised: %w", err)
		}
		if !p.asDescribed(got, want) {
			return fmt.Errorf("type descriptors not recognised: %s read as %s", want.Name, got.Name)
		}
	}
	return nil
}

func (p *Process) asDescribed(got *Type, want *debuginfo.Type) bool {
	if got.Name != want.Name || got.Kind != want.Kind || len(got.Fields()) != len(want.Fields) {
		return false
	}
	if want.Kind != reflect.Func && got.Size != want.Size {
		return false
	}
	for i, f := range got.Fields() {
		w := want.Fields[i]
		if f.Name != w.Name || f.Offset != w.Offset || f.Type == nil {
			return false
		}
	}
	for _, part := range []struct {
		got  *Type
		want bool
	}{{got.Elem(), want.Elem != 0}, {got.Key(), want.Key != 0}} {
		if (part.got != nil) != part.want {
			return false
		}
	}
	return true
}
