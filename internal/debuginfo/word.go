package debuginfo

import (
	"debug/dwarf"
	"reflect"
)

// A Word is a part of a variable that optimised code keeps by itself, in a register or
// somewhere on the stack.
type Word struct {
	// Name is what the compiler appends to the variable's name for the part: .len of a
	// slice s is s.len, the field A of p is pA.
	Name         string
	Offset, Size int64
	Type         dwarf.Offset // 0 if the debug information has no type for it
}

// Limits on what the compiler takes apart (cmd/compile/internal/ssa, CanSSA and
// MaxStruct): anything larger is in memory, in one place and as a whole. Read in the
// sources of Go 1.24 to 1.27.
const (
	maxWordsSize   = 4 * pointerSize
	maxWordsFields = 4
	maxWordsDepth  = 32 // no type is that deep; damaged debug information may be
)

// Words returns the words into which optimised code takes apart a value of a type, in the
// order of their offsets (cmd/compile/internal/ssa/decompose.go). It reports false if it
// doesn't take it apart, or that can't be told.
func (f *File) Words(typ dwarf.Offset) (words []Word, ok bool) {
	t, err := f.Type(typ)
	if err != nil || t.Size > maxWordsSize {
		return nil, false
	}
	return f.words(typ, "", 0, 0, nil)
}

// words appends the words of a part of the value to words.
func (f *File) words(typ dwarf.Offset, name string, off int64, depth int, words []Word) ([]Word, bool) {
	t, err := f.Type(typ)
	if err != nil || depth > maxWordsDepth {
		return nil, false
	}
	if t.Size == 0 {
		return words, true
	}
	parts := func(size int64, names ...string) ([]Word, bool) {
		for i, part := range names {
			words = append(words, Word{Name: name + part, Offset: off + int64(i)*size, Size: size})
		}
		return words, true
	}
	switch t.Kind {
	case reflect.String:
		return parts(pointerSize, ".ptr", ".len")
	case reflect.Slice:
		return parts(pointerSize, ".ptr", ".len", ".cap")
	case reflect.Interface:
		if t.EmptyInterface {
			return parts(pointerSize, ".type", ".data")
		}
		return parts(pointerSize, ".itab", ".data")
	case reflect.Complex64, reflect.Complex128:
		return parts(t.Size/2, ".real", ".imag")
	case reflect.Array:
		if t.Len != 1 {
			return nil, false
		}
		return f.words(t.Elem, name+"[0]", off, depth+1, words)
	case reflect.Struct:
		ok := len(t.Fields) <= maxWordsFields
		for i := 0; ok && i < len(t.Fields); i++ {
			field := &t.Fields[i]
			words, ok = f.words(field.Type, name+field.Name, off+field.Offset, depth+1, words)
		}
		return words, ok
	case reflect.Invalid:
		return nil, false
	}
	return append(words, Word{Name: name, Offset: off, Size: t.Size, Type: typ}), true
}
