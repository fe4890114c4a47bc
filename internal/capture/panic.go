package capture

// What can be told of a panic value without running code of the program.

import (
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"

	"coredumpy/internal/target"
)

// Excluded reports whether a panic value is one that the program doesn't want
// dumped. Comparing errors calls their Is, As and Unwrap methods, which the
// program asked for; if one panics, the value isn't excluded.
func Excluded(value any, list []any) (yes bool) {
	defer func() {
		if recover() != nil {
			yes = false
		}
	}()
	err, isErr := value.(error)
	for _, e := range list {
		switch e := e.(type) {
		case reflect.Type:
			if reflect.TypeOf(value) == e || isErr && wraps(err, e) {
				return true
			}
		case error:
			if isErr && errors.Is(err, e) {
				return true
			}
		}
	}
	return false
}

// wraps reports whether errors.As finds an error of type t, without t having to
// be one that errors.As accepts.
func wraps(err error, t reflect.Type) bool {
	if t.Kind() != reflect.Interface && !t.Implements(reflect.TypeFor[error]()) {
		return false
	}
	return errors.As(err, reflect.New(t).Interface())
}

// Message returns the text of a panic value as far as it can be had without
// running code of the program: the runtime's own errors and values of basic
// types. For others, and for values that lead nowhere, it is the type; the dump
// has the value. around is what the runtime puts before and behind the text of a
// basic type with a name of its own, see named.
func Message(value any) (text string, around [2]string) {
	if value == nil {
		return target.NilText, around
	}
	t := reflect.TypeOf(value)
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if recover() != nil {
			text, around = t.String(), [2]string{}
		}
	}()
	around = named(value, t)
	text = message(value, t, around[0] != "")
	touch(text)
	return text, around
}

// touch panics if a part of the text isn't readable.
func touch(text string) {
	const page = 4096 // the smallest there is
	var all byte
	for i := 0; i < len(text); i += page {
		all |= text[i]
	}
	if text != "" {
		all |= text[len(text)-1]
	}
	runtime.KeepAlive(all)
}

func message(value any, t reflect.Type, named bool) string {
	if err, ok := value.(runtime.Error); ok && runtimeType(t) {
		return err.Error()
	}
	v := reflect.ValueOf(value)
	if t.Kind() == reflect.String {
		return v.String()
	}
	if basic := basicTypes[t.Kind()]; basic != nil && (t == basic || named) {
		return fmt.Sprint(v.Convert(basic).Interface()) // has no methods
	}
	left := maxJoinedText
	if text, ok := errorText(v, maxJoined, &left); ok {
		return text
	}
	return t.String()
}

// basicTypes are the predeclared types of basic kinds.
var basicTypes = func() map[reflect.Kind]reflect.Type {
	m := map[reflect.Kind]reflect.Type{}
	for _, v := range []any{
		"", false, 0, int8(0), int16(0), int32(0), int64(0), uint(0), uint8(0), uint16(0), uint32(0), uint64(0),
		uintptr(0), float32(0), float64(0), complex64(0), complex128(0),
	} {
		t := reflect.TypeOf(v)
		m[t.Kind()] = t
	}
	return m
}()

// named returns what the runtime puts around the text of a value of a basic type
// with a name of its own: main.Code(4), main.Name("text"), main.Point(1+2i); it is
// printanycustomtype in runtime/error.go. There is nothing if the runtime calls a
// method of the value.
func named(value any, t reflect.Type) (around [2]string) {
	if basic := basicTypes[t.Kind()]; basic == nil || t == basic {
		return around
	}
	switch value.(type) {
	case error, fmt.Stringer:
		return around
	}
	switch t.Kind() {
	case reflect.String:
		return [2]string{t.String() + `("`, `")`}
	case reflect.Complex64, reflect.Complex128: // has parentheses
		return [2]string{t.String(), ""}
	}
	return [2]string{t.String() + "(", ")"}
}

// runtimeType reports whether a type, or what it points to, is package
// runtime's.
func runtimeType(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.PkgPath() == "runtime"
}

// maxJoined bounds how deep joined errors are looked into, and maxJoinedText how
// many bytes of them; one counts as much as joinedSize, at least. The same errors
// may be joined again and again.
const (
	maxJoined     = 10
	maxJoinedText = 1 << 20
	joinedSize    = 64
)

// errorText returns the text of an error of the standard library that only puts
// its fields together, or of several joined by errors.Join.
func errorText(v reflect.Value, depth int, left *int) (string, bool) {
	if v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	if !v.IsValid() || depth == 0 {
		return "", false
	}
	t := v.Type()
	name := t.PkgPath() + "." + t.Name()
	switch {
	case name == "syscall.Errno":
		return syscall.Errno(v.Uint()).Error(), true
	case v.Kind() != reflect.Struct:
		return "", false
	case name == "errors.joinError" && v.Field(0).Kind() == reflect.Slice:
		errs := v.Field(0)
		var lines []string
		for i := range errs.Len() {
			if *left <= 0 {
				lines = append(lines, "...")
				break
			}
			text, ok := innerText(errs.Index(i), depth, left)
			if !ok {
				return "", false
			}
			lines = append(lines, text)
		}
		return strings.Join(lines, "\n"), true
	}
	return target.StandardError(name, func(name string) (string, bool) {
		f := v.FieldByName(name)
		switch {
		case f.Kind() == reflect.String:
			return f.String(), true
		case f.Kind() == reflect.Interface:
			return innerText(f, depth, left)
		case f.IsValid() && f.Type() == reflect.TypeFor[reflect.Kind]():
			return target.KindText(reflect.Kind(f.Uint())), true
		}
		return "", false
	})
}

// innerText returns the text of an error in another one, or its type.
func innerText(v reflect.Value, depth int, left *int) (string, bool) {
	if v.IsNil() {
		return "", false
	}
	text, ok := errorText(v, depth-1, left)
	if !ok {
		text = v.Elem().Type().String()
	}
	*left -= max(len(text), joinedSize)
	return text, true
}
