package debuginfo

import (
	"debug/dwarf"
	"fmt"
	"reflect"

	"coredumpy/internal/symbol"
)

// A Type describes a type as an executable does. It refers to other types by the offsets of
// their entries, for File.Type: reading one doesn't read all that it leads to.
type Type struct {
	Name           string       // qualified by import paths: main.T, []string, map[string]int, *net/http.Request
	Kind           reflect.Kind // Invalid for a type that isn't Go's, such as a C union
	Size           int64        // bytes
	Elem           dwarf.Offset // of a pointer, slice, array, chan or map; 0 for unsafe.Pointer
	Key            dwarf.Offset // of a map
	Len            int64        // of an array
	Fields         []Field      // of a struct
	EmptyInterface bool         // an interface without methods: a runtime.eface in memory, others are a runtime.iface
	RuntimeType    uint64       // the runtime type, relative to runtime.types; 0 when the program has none
	DictIndex      int          // of a type parameter: where the real type is in the function's dictionary; else -1
	// of a typedef: what it stands for; of a map, chan or interface: how the runtime
	// stores it
	Underlying dwarf.Offset
}

// A Field is a field of a struct.
type Field struct {
	Name     string // of an embedded field, its type's name without the package
	Type     dwarf.Offset
	Offset   int64
	Embedded bool
}

// maxTypeChain bounds how many typedefs are followed to a type. Go's debug
// information has two or three: a type parameter, a named type, its definition.
const maxTypeChain = 16

// Type returns the type whose entry is at off. Entries of named types refer to the
// definition, which may refer to what the runtime keeps: Kind and what belongs to it come
// from the definition, Name from the entry.
func (f *File) Type(off dwarf.Offset) (*Type, error) {
	if t, ok := f.types[off]; ok {
		return t, nil
	}
	if off == 0 {
		return nil, fmt.Errorf("read type: no entry")
	}
	e, err := f.entry(off)
	if err != nil {
		return nil, fmt.Errorf("read type: %w", err)
	}
	t := &Type{DictIndex: -1}
	name, _ := e.Val(dwarf.AttrName).(string)
	t.Name = symbol.Unescaped(name)
	if i, ok := e.Val(attrGoDictIndex).(int64); ok {
		t.DictIndex = int(i)
	}
	if isAlias(e.Tag) {
		t.Underlying, _ = e.Val(dwarf.AttrType).(dwarf.Offset)
	}
	for range maxTypeChain {
		if e.Val(attrGoKind) != nil || !isAlias(e.Tag) {
			if err := f.define(t, e); err != nil {
				return nil, fmt.Errorf("read type %q: %w", t.Name, err)
			}
			f.types[off] = t
			return t, nil
		}
		next, ok := e.Val(dwarf.AttrType).(dwarf.Offset)
		if !ok { // const void and the like
			f.types[off] = t
			return t, nil
		}
		if e, err = f.entry(next); err != nil {
			return nil, fmt.Errorf("read type %q: %w", t.Name, err)
		}
	}
	return nil, fmt.Errorf("read type %q: definition is more than %d typedefs away", t.Name, maxTypeChain)
}

// isAlias reports whether an entry stands for the type that it refers to.
func isAlias(tag dwarf.Tag) bool {
	switch tag {
	case dwarf.TagTypedef, dwarf.TagConstType, dwarf.TagVolatileType, dwarf.TagRestrictType:
		return true
	}
	return false
}

// goKindMask selects the kind itself; releases before Go 1.24 put flags above it
// (internal/abi.KindMask).
const goKindMask = 1<<5 - 1

// define fills t from the entry of the definition.
func (f *File) define(t *Type, e *dwarf.Entry) error {
	if kind, ok := e.Val(attrGoKind).(int64); ok {
		t.Kind = reflect.Kind(kind & goKindMask)
	}
	switch v := e.Val(attrGoRuntimeType).(type) {
	case uint64:
		t.RuntimeType = v
	case int64:
		t.RuntimeType = uint64(v)
	}
	t.Size, _ = e.Val(dwarf.AttrByteSize).(int64)
	t.Elem, _ = e.Val(attrGoElem).(dwarf.Offset)
	t.Key, _ = e.Val(attrGoKey).(dwarf.Offset)
	target, _ := e.Val(dwarf.AttrType).(dwarf.Offset)
	switch e.Tag {
	case dwarf.TagTypedef:
		return f.defineRuntime(t, target)
	case dwarf.TagPointerType:
		t.Kind, t.Size, t.Elem = reflect.Pointer, pointerSize, target
		if target == 0 {
			t.Kind = reflect.UnsafePointer
		}
	case dwarf.TagArrayType:
		t.Kind, t.Elem = reflect.Array, target
		return f.defineArray(t, e)
	case dwarf.TagStructType:
		if t.Kind == reflect.Invalid {
			t.Kind = reflect.Struct
		}
		if t.Kind == reflect.Struct {
			return f.defineStruct(t, e)
		}
	case dwarf.TagSubroutineType:
		t.Kind, t.Size = reflect.Func, pointerSize
	case dwarf.TagBaseType, dwarf.TagEnumerationType:
		if t.Kind == reflect.Invalid {
			encoding, _ := e.Val(dwarf.AttrEncoding).(int64)
			t.Kind = baseKind(encoding, t.Size)
		}
	}
	return nil
}

const pointerSize = 8

// defineRuntime fills in the sizes of the kinds that are typedefs of what the runtime
// keeps: maps, channels and interfaces.
func (f *File) defineRuntime(t *Type, target dwarf.Offset) error {
	switch t.Kind {
	case reflect.Map, reflect.Chan:
		t.Size = pointerSize
	case reflect.Interface:
		t.Size = 2 * pointerSize
		e, err := f.entry(target)
		if err != nil {
			return err
		}
		name, _ := e.Val(dwarf.AttrName).(string)
		t.EmptyInterface = name == "runtime.eface"
	}
	return nil
}

// children calls visit for the entries directly inside e.
func (f *File) children(e *dwarf.Entry, visit func(*dwarf.Entry)) (err error) {
	if !e.Children {
		return nil
	}
	defer recoverTo(&err)
	r := f.dwarf.Reader()
	r.Seek(e.Offset)
	if _, err := r.Next(); err != nil {
		return err
	}
	for {
		kid, err := r.Next()
		if err != nil {
			return err
		}
		if kid == nil || kid.Tag == 0 {
			return nil
		}
		visit(kid)
		if kid.Children {
			r.SkipChildren()
		}
	}
}

func (f *File) defineStruct(t *Type, e *dwarf.Entry) error {
	return f.children(e, func(kid *dwarf.Entry) {
		if kid.Tag != dwarf.TagMember {
			return
		}
		var field Field
		field.Name, _ = kid.Val(dwarf.AttrName).(string)
		field.Type, _ = kid.Val(dwarf.AttrType).(dwarf.Offset)
		field.Offset, _ = kid.Val(dwarf.AttrDataMemberLoc).(int64)
		field.Embedded, _ = kid.Val(attrGoEmbeddedField).(bool)
		t.Fields = append(t.Fields, field)
	})
}

func (f *File) defineArray(t *Type, e *dwarf.Entry) error {
	t.Len = -1
	err := f.children(e, func(kid *dwarf.Entry) {
		if kid.Tag != dwarf.TagSubrangeType || t.Len >= 0 { // a C array may have several dimensions
			return
		}
		if n, ok := kid.Val(dwarf.AttrCount).(int64); ok {
			t.Len = n
		} else if last, ok := kid.Val(dwarf.AttrUpperBound).(int64); ok {
			t.Len = last + 1
		}
	})
	t.Len = max(t.Len, 0)
	return err
}

// Encodings of base types (DWARF 5, section 7.8).
const (
	ateBoolean      = 0x02
	ateComplexFloat = 0x03
	ateFloat        = 0x04
	ateSigned       = 0x05
	ateSignedChar   = 0x06
	ateUnsigned     = 0x07
	ateUnsignedChar = 0x08
)

// baseKind returns the Go kind of a C base type.
func baseKind(encoding, size int64) reflect.Kind {
	bySize := map[int64]reflect.Kind{}
	switch encoding {
	case ateBoolean:
		return reflect.Bool
	case ateSigned, ateSignedChar:
		bySize = map[int64]reflect.Kind{1: reflect.Int8, 2: reflect.Int16, 4: reflect.Int32, 8: reflect.Int64}
	case ateUnsigned, ateUnsignedChar:
		bySize = map[int64]reflect.Kind{1: reflect.Uint8, 2: reflect.Uint16, 4: reflect.Uint32, 8: reflect.Uint64}
	case ateFloat:
		bySize = map[int64]reflect.Kind{4: reflect.Float32, 8: reflect.Float64}
	case ateComplexFloat:
		bySize = map[int64]reflect.Kind{8: reflect.Complex64, 16: reflect.Complex128}
	}
	return bySize[size]
}

// StructField returns the field of that name of a struct type.
func (f *File) StructField(typ dwarf.Offset, name string) (Field, bool) {
	t, err := f.Type(typ)
	if err != nil {
		return Field{}, false
	}
	for _, field := range t.Fields {
		if field.Name == name {
			return field, true
		}
	}
	return Field{}, false
}
