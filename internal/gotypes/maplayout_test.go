package gotypes

import (
	"reflect"
	"testing"
)

func arrayOf(n int64, elem *Type) *Type {
	return &Type{Name: "array", Kind: reflect.Array, Size: n * elem.Size, Len: n, elem: elem}
}

func TestGroupLayout(t *testing.T) {
	ctrl := &Type{Name: "uint64", Kind: reflect.Uint64, Size: 8}
	text := &Type{Name: "string", Kind: reflect.String, Size: 16}
	empty := &Type{Name: "struct {}", Kind: reflect.Struct}
	large := arrayOf(200, &Type{Name: "uint8", Kind: reflect.Uint8, Size: 1})
	pairs := func(key, elem *Type, off, size int64) *Type {
		slot := structOf("slot", size, []Field{{Name: "key", Type: key}, {Name: "elem", Type: elem, Offset: off}})
		return structOf("group", 8+8*size, []Field{{Name: "ctrl", Type: ctrl}, {Name: "slots", Type: arrayOf(8, slot), Offset: 8}})
	}
	apart := func(key, elem *Type) *Type {
		behind := 8 + 8*key.Size
		return structOf("group", behind+8*elem.Size, []Field{{Name: "ctrl", Type: ctrl}, {Name: "keys", Type: arrayOf(8, key), Offset: 8}, {Name: "elems", Type: arrayOf(8, elem), Offset: behind}})
	}
	for _, tt := range []struct {
		name             string
		group, key, elem *Type
		want             *mapLayout
	}{
		{"pairs", pairs(text, intType, 16, 24), text, intType, &mapLayout{200, 8, 24, 24, 24, false, false}},
		{"apart", apart(text, intType), text, intType, &mapLayout{200, 8, 16, 136, 8, false, false}},
		{"a set", pairs(intType, empty, 8, 16), intType, empty, &mapLayout{136, 8, 16, 16, 16, false, false}},
		{"a set, apart", apart(intType, empty), intType, empty, &mapLayout{72, 8, 8, 72, 0, false, false}},
		{"large, by pointers", pairs(PointerTo(large), PointerTo(large), 8, 16), large, large, &mapLayout{136, 8, 16, 16, 16, true, true}},
		{"large, apart", apart(PointerTo(large), intType), large, intType, &mapLayout{136, 8, 8, 72, 8, true, false}},
		{"not known", nil, text, intType, nil},
		{"of another key", pairs(text, intType, 16, 24), large, intType, nil},
		{"of another element", apart(text, intType), text, text, nil},
		{"16 slots", structOf("group", 8+16*16, []Field{{Name: "ctrl", Type: ctrl}, {Name: "slots", Type: arrayOf(16, pairs(intType, intType, 8, 16).fields[1].Type.elem), Offset: 8}}), intType, intType, nil},
		{"one field", structOf("group", 8, []Field{{Name: "ctrl", Type: ctrl}}), text, intType, nil},
		{"no control bytes", structOf("group", 136, []Field{{Name: "slots", Type: arrayOf(8, intType)}, {Name: "ctrl", Type: ctrl, Offset: 128}}), text, intType, nil},
		{"no struct", ctrl, text, intType, nil},
	} {
		got := groupLayout(tt.group, tt.key, tt.elem)
		if (got == nil) != (tt.want == nil) || got != nil && *got != *tt.want {
			t.Errorf("%s: got %+v, want %+v", tt.name, got, tt.want)
		}
	}
}
