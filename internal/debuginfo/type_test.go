package debuginfo

import (
	"debug/dwarf"
	"fmt"
	"reflect"
	"testing"
)

// typeModes has one mode for each way in which types are written.
var typeModes = []string{"noopt", "opt", "dwarf4", "darwin", "windows", "arm64opt", "darwin-arm64", "windows-arm64"}

// name returns the name of the type at off, "" for none.
func (s *sample) typeName(t *testing.T, off dwarf.Offset) string {
	t.Helper()
	if off == 0 {
		return ""
	}
	typ, err := s.file.Type(off)
	if err != nil {
		t.Errorf("%s: Type(%#x): %v", s.name, off, err)
		return ""
	}
	return typ.Name
}

func (s *sample) typeByName(t *testing.T, name string) *Type {
	t.Helper()
	off, ok := s.file.TypeByName(name)
	if !ok {
		t.Fatalf("%s: TypeByName(%q) found nothing", s.name, name)
	}
	typ, err := s.file.Type(off)
	if err != nil {
		t.Fatalf("%s: %v", s.name, err)
	}
	return typ
}

var typeTests = []struct {
	name      string
	kind      reflect.Kind
	size      int64
	elem, key string
	length    int64
}{
	{name: "bool", kind: reflect.Bool, size: 1},
	{name: "int", kind: reflect.Int, size: 8},
	{name: "int8", kind: reflect.Int8, size: 1},
	{name: "uint16", kind: reflect.Uint16, size: 2},
	{name: "uint", kind: reflect.Uint, size: 8},
	{name: "uintptr", kind: reflect.Uintptr, size: 8},
	{name: "unsafe.Pointer", kind: reflect.UnsafePointer, size: 8},
	{name: "float32", kind: reflect.Float32, size: 4},
	{name: "float64", kind: reflect.Float64, size: 8},
	{name: "complex64", kind: reflect.Complex64, size: 8},
	{name: "string", kind: reflect.String, size: 16},
	{name: "main.Name", kind: reflect.String, size: 16},
	{name: "main.Point", kind: reflect.Struct, size: 16},
	{name: "*main.Point", kind: reflect.Pointer, size: 8, elem: "main.Point"},
	{name: "[]string", kind: reflect.Slice, size: 24, elem: "string"},
	{name: "[]*main.Point", kind: reflect.Slice, size: 24, elem: "*main.Point"},
	{name: "[2][3]uint16", kind: reflect.Array, size: 12, elem: "[3]uint16", length: 2},
	{name: "[3]uint16", kind: reflect.Array, size: 6, elem: "uint16", length: 3},
	{name: "map[string]int", kind: reflect.Map, size: 8, elem: "int", key: "string"},
	{name: "main.Table", kind: reflect.Map, size: 8, elem: "[]*main.Point", key: "main.Name"},
	{name: "chan<- main.Point", kind: reflect.Chan, size: 8, elem: "main.Point"},
	{name: "func(int) error", kind: reflect.Func, size: 8},
	{name: "interface {}", kind: reflect.Interface, size: 16},
	{name: "error", kind: reflect.Interface, size: 16},
	{name: "main.Shape", kind: reflect.Interface, size: 16},
	{name: "example.com/sample/shape.v2.Square", kind: reflect.Struct, size: 8},
	{name: "main.Pair[string,*main.Point]", kind: reflect.Struct, size: 24},
	{name: "struct { main.a int8; main.b int8 }", kind: reflect.Struct, size: 2},
}

func TestTypes(t *testing.T) {
	for _, mode := range typeModes {
		t.Run(mode, func(t *testing.T) {
			s := open(t, mode)
			for _, tt := range typeTests {
				typ := s.typeByName(t, tt.name)
				got := fmt.Sprintf("%s %v %d elem %q key %q len %d dict %d", typ.Name, typ.Kind, typ.Size,
					s.typeName(t, typ.Elem), s.typeName(t, typ.Key), typ.Len, typ.DictIndex)
				want := fmt.Sprintf("%s %v %d elem %q key %q len %d dict -1", tt.name, tt.kind, tt.size,
					tt.elem, tt.key, tt.length)
				if got != want {
					t.Errorf("\n got %s\nwant %s", got, want)
				}
				if typ.EmptyInterface != (tt.name == "interface {}") {
					t.Errorf("%s: EmptyInterface = %v", tt.name, typ.EmptyInterface)
				}
				if (len(typ.Fields) > 0) != (tt.kind == reflect.Struct) {
					t.Errorf("%s: got fields %v", tt.name, typ.Fields)
				}
			}
		})
	}
}

func TestTypeFields(t *testing.T) {
	want := []string{
		"Point 0 *main.Point embedded", "Name 8 main.Name embedded", "radius 24 float32",
		"next 32 *main.Circle", "hooks 40 map[string]func(int) error", "events 48 chan<- main.Point",
		"grid 56 [2][3]uint16", "any 72 interface {}", "shape 88 main.Shape", "err 104 error",
		"raw 120 uintptr", "bytes 128 []uint8", "fn 152 func()", "c64 160 complex64", "ok 168 bool",
		"anon 169 struct { main.a int8; main.b int8 }",
	}
	for _, mode := range typeModes {
		s := open(t, mode)
		typ := s.typeByName(t, "main.Circle")
		if len(typ.Fields) != len(want) {
			t.Fatalf("%s: got %d fields, want %d", mode, len(typ.Fields), len(want))
		}
		for i, field := range typ.Fields {
			got := fmt.Sprint(field.Name, " ", field.Offset, " ", s.typeName(t, field.Type))
			if field.Embedded {
				got += " embedded"
			}
			if got != want[i] {
				t.Errorf("%s: field %d: got %s, want %s", mode, i, got, want[i])
			}
		}
		off, _ := s.file.TypeByName("main.Circle")
		if field, ok := s.file.StructField(off, "raw"); !ok || field.Offset != 120 {
			t.Errorf("%s: StructField(raw): got %+v, %v", mode, field, ok)
		}
		if field, ok := s.file.StructField(off, "nothing"); ok {
			t.Errorf("%s: StructField(nothing): got %+v", mode, field)
		}
		if field, ok := s.file.StructField(0, "raw"); ok {
			t.Errorf("%s: StructField of no type: got %+v", mode, field)
		}
	}
}

// TestTypeRuntime looks up the types in which the runtime keeps its goroutines.
func TestTypeRuntime(t *testing.T) {
	for _, mode := range typeModes {
		s := open(t, mode)
		allgs, ok := s.file.Global("runtime.allgs")
		if !ok {
			t.Fatalf("%s: no runtime.allgs", mode)
		}
		slice, err := s.file.Type(allgs.Type)
		if err != nil || slice.Name != "[]*runtime.g" {
			t.Fatalf("%s: type of runtime.allgs: got %+v, %v", mode, slice, err)
		}
		pointer, err := s.file.Type(slice.Elem)
		if err != nil || pointer.Name != "*runtime.g" {
			t.Fatalf("%s: element of runtime.allgs: got %+v, %v", mode, pointer, err)
		}
		for _, name := range []string{"goid", "atomicstatus", "waitreason", "sched", "stack", "gopc", "startpc", "m"} {
			if _, ok := s.file.StructField(pointer.Elem, name); !ok {
				t.Errorf("%s: runtime.g has no field %s", mode, name)
			}
		}
		// The typedef refers to the definition, and has the same content.
		typ, err := s.file.Type(pointer.Elem)
		if err != nil || typ.Underlying == 0 {
			t.Fatalf("%s: runtime.g: got %+v, %v, want a typedef", mode, typ, err)
		}
		definition, err := s.file.Type(typ.Underlying)
		if err != nil || definition.Name != "runtime.g" || len(definition.Fields) != len(typ.Fields) ||
			definition.Size != typ.Size {
			t.Errorf("%s: definition of runtime.g: got %v fields, %v, want %v", mode, definition, err, typ)
		}
	}
}

func TestTypeErrors(t *testing.T) {
	s := open(t, "noopt")
	for _, off := range []dwarf.Offset{0, 1, 1 << 31, s.file.units[0].off + 1} {
		if typ, err := s.file.Type(off); err == nil && typ.Kind != reflect.Invalid {
			t.Errorf("Type(%#x): got %+v, want an error", off, typ)
		}
	}
	if off, ok := s.file.TypeByName("main.Nothing"); ok {
		t.Errorf("TypeByName(main.Nothing): got %#x", off)
	}
}
