package views

import (
	"fmt"
	"io/fs"
	"reflect"
	"time"

	"coredumpy/internal/caveat"
	"coredumpy/internal/dump"
)

// ofDuration shows a time.Duration.
func ofDuration(_ *Reader, v dump.Value) (view View, ok bool) {
	return View{Text: time.Duration(v.Int()).String()}, v.Kind() == reflect.Int64
}

// ofLocation shows a time.Location by its name.
func ofLocation(r *Reader, v dump.Value) (view View, ok bool) {
	name, ok := textAt(v, "name")
	return View{Text: r.quoted(name)}, ok && name != ""
}

// ofFileMode shows an fs.FileMode: drwxr-xr-x.
func ofFileMode(_ *Reader, v dump.Value) (view View, ok bool) {
	return View{Text: fs.FileMode(v.Uint()).String()}, v.Kind() == reflect.Uint32
}

// ofRegexp shows a regexp.Regexp by its text (src/regexp/regexp.go, Go 1.24 to 1.27).
func ofRegexp(r *Reader, v dump.Value) (view View, ok bool) {
	expr, ok := fieldOf(v, "expr")
	text, _ := expr.Text()
	if !ok || !expr.Valid() || expr.Kind() != reflect.String || text == "" && expr.Len() > 0 {
		return view, false
	}
	length := expr.Len()
	if expr.Redacted() {
		length = int64(len(text))
	}
	return View{Text: backquoted(Quoted(text, r.longest, length))}, true
}

// How package reflect keeps a Value: src/reflect/value.go, Go 1.24 to 1.27.
const (
	flagKindMask = 1<<5 - 1
	flagMethod   = 1 << 9
)

// ofReflectValue shows what is known of a reflect.Value: its kind, and where the value is. The
// type's name isn't in the dump.
func ofReflectValue(_ *Reader, v dump.Value) (view View, ok bool) {
	flag, ok1 := at(v, "flag", reflect.Uintptr)
	ptr, ok2 := at(v, "ptr", reflect.UnsafePointer)
	if !ok1 || !ok2 {
		return view, false
	}
	kind := reflect.Kind(flag.Uint() & flagKindMask)
	switch {
	case kind == reflect.Invalid:
		return View{Text: "invalid"}, flag.Uint() == 0
	case kind > reflect.UnsafePointer:
		return view, false
	case flag.Uint()&flagMethod != 0:
		return View{Text: fmt.Sprintf("a method, of %#x", ptr.Uint())}, true
	}
	return View{Text: fmt.Sprintf("a %s, %#x", kind, ptr.Uint())}, true
}

// ofType shows what is known of a reflect.Type: its kind and its size (src/internal/abi/type.go, Go
// 1.24 to 1.27). Its name is elsewhere in the program.
func ofType(_ *Reader, v dump.Value) (view View, ok bool) {
	if t, has := fieldOf(v, "t"); has { // of a reflect.rtype
		v = t
	}
	kind, ok1 := at(v, "Kind_", reflect.Uint8)
	size, ok2 := at(v, "Size_", reflect.Uintptr)
	of := reflect.Kind(kind.Uint() & flagKindMask)
	if !ok1 || !ok2 || of == reflect.Invalid || of > reflect.UnsafePointer {
		return view, false
	}
	return named(fmt.Sprintf("a %s of %d bytes", of, size.Uint()), fieldsBut(v, isSet)), true
}

// ofWeak shows what is known of a weak.Pointer: it refers to what it points to through a word
// that the dump doesn't hold (src/weak/pointer.go, Go 1.24 to 1.27).
func ofWeak(_ *Reader, v dump.Value) (view View, ok bool) {
	u, ok := at(v, "u", reflect.UnsafePointer)
	switch {
	case !ok:
		return view, false
	case u.IsNil() || u.Uint() == 0:
		return View{Text: "nil"}, true
	}
	return View{Text: "(unreadable " + caveat.Reason{Kind: caveat.NotStored}.String() + ")"}, true
}
