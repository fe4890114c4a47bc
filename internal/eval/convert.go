package eval

import (
	"fmt"
	"go/constant"
	"math"
	"reflect"
	"strings"
	"unicode/utf8"

	"coredumpy/internal/caveat"
	"coredumpy/internal/dump"
)

// convert evaluates T(x) by the rules of Go, and by Delve's where those allow more: an
// integer to a pointer, or a constant that doesn't fit to an integer. It doesn't convert
// values that the dump holds only in part.
func (e *evaluation) convert(x operand, t *dump.Type) (op operand, err error) {
	failed := fmt.Errorf("can not convert %q to %s", x.src, realName(t))
	if x, err = x.as(t); err != nil {
		return op, err
	}
	var v dump.Value
	switch {
	case x.null:
		switch t.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Chan, reflect.Func, reflect.Interface,
			reflect.UnsafePointer:
			return valued(t.Zero()), nil
		}
		return op, failed
	case x.typ != nil && isInteger(t.Kind()) && isUnsigned(t.Kind()) == isUnsigned(x.typ.Kind()) &&
		t.Size() == x.typ.Size():
		return operand{c: x.c, typ: t}, nil // as in Delve it stays a constant
	case x.c != nil:
		v, err = e.convertConstant(x.c, t)
	default:
		if err := present(x.v, x.src); err != nil {
			return op, err
		}
		if sameLayout(x.v.Type(), t) {
			return valued(x.v.As(t)), nil
		}
		if t.String() == "interface {}" {
			if x.v.Kind() == reflect.Interface && x.v.IsNil() {
				return valued(t.Zero()), nil
			}
			if x.v.Kind() == reflect.Interface {
				x.v = x.v.Elem()
			}
			return valued(t.OfDynamic(x.v)), nil
		}
		v, err = e.convertValue(x, t)
	}
	if err == errInconvertible {
		err = failed
	}
	return valued(v), err
}

// errInconvertible says that no such conversion exists.
var errInconvertible = fmt.Errorf("can not convert")

// sameLayout reports whether a conversion changes only the type.
func sameLayout(from, to *dump.Type) bool {
	for range maxEmbedding {
		if from.Kind() != reflect.Pointer || to.Kind() != reflect.Pointer {
			break
		}
		from, to = from.Elem(), to.Elem()
	}
	if from == to || from.String() == to.String() {
		return from.Kind() == to.Kind()
	}
	if from.Kind() != to.Kind() {
		return false
	}
	switch k := to.Kind(); k {
	case reflect.Struct:
		if from.NumField() != to.NumField() {
			return false
		}
		for i := range to.NumField() {
			a, aType, _ := from.Field(i)
			b, bType, _ := to.Field(i)
			if a != b || aType.String() != bType.String() {
				return false
			}
		}
		return true
	case reflect.Slice, reflect.Array, reflect.Map, reflect.Chan:
		return from.Elem().String() == to.Elem().String() && from.Key().String() == to.Key().String() &&
			from.Len() == to.Len()
	case reflect.Bool, reflect.String:
		return true
	default:
		return k >= reflect.Int && k <= reflect.Complex128
	}
}

// convertConstant converts a constant to a value of type t.
func (e *evaluation) convertConstant(c constant.Value, t *dump.Type) (v dump.Value, err error) {
	switch k := t.Kind(); {
	case k == reflect.Bool && c.Kind() == constant.Bool:
		return t.OfBool(constant.BoolVal(c)), nil
	case k == reflect.String && c.Kind() == constant.String:
		return t.OfText(constant.StringVal(c)), nil
	case k == reflect.String && c.Kind() == constant.Int:
		return t.OfText(string(character(c))), nil
	case k == reflect.Slice && c.Kind() == constant.String:
		return e.elementsOf(constant.StringVal(c), t)
	case isInteger(k) && (c.Kind() == constant.Int || c.Kind() == constant.Float):
		return integerOf(t, truncated(c)), nil
	case isFloat(k) && (c.Kind() == constant.Int || c.Kind() == constant.Float) && representable(c, t):
		return floatOf(t, c), nil
	case isComplex(k) && c.Kind() >= constant.Int:
		return complexOf(t, c), nil
	case (k == reflect.Pointer || k == reflect.UnsafePointer) && c.Kind() == constant.Int:
		return pointerOf(t, wordOf(c)), nil
	}
	return v, errInconvertible
}

// convertValue converts a value to type t, which has a different layout.
func (e *evaluation) convertValue(x operand, t *dump.Type) (v dump.Value, err error) {
	from, to := x.v.Kind(), t.Kind()
	switch {
	case nowhere(x.v):
		return v, errInconvertible
	case from == reflect.UnsafePointer && to == reflect.Pointer:
		return pointerOf(t, x.v.Pointer()).Followed(), nil
	case isAddress(from) && (to == reflect.UnsafePointer || to == reflect.Uintptr || to == reflect.Uint64 ||
		to == reflect.Uint):
		return pointerOf(t, x.v.Pointer()), nil
	case to == reflect.Pointer && isInteger(from):
		return pointerOf(t, wordOf(integerConstant(x.v))), nil
	case to == reflect.UnsafePointer && from == reflect.Uintptr:
		return pointerOf(t, x.v.Uint()), nil
	case to == reflect.String && isInteger(from):
		return t.OfText(string(character(integerConstant(x.v)))), nil
	case to == reflect.String && (from == reflect.Slice || from == reflect.Array):
		return e.textOf(x, t)
	case to == reflect.Slice && from == reflect.String:
		text, err := wholeText(x.v, x.src)
		if err != nil {
			return v, err
		}
		return e.elementsOf(text, t)
	case isFloat(from) && isInteger(to):
		f := math.Trunc(x.v.Float())
		c := constant.ToInt(constant.MakeFloat64(f))
		if c.Kind() != constant.Int || !representable(c, t) {
			return v, fmt.Errorf("can not convert %q to %s: %g is out of its range", x.src, t, x.v.Float())
		}
		return integerOf(t, c), nil
	case isFloat(from) && isFloat(to):
		return t.OfFloat(rounded(x.v.Float(), t)), nil
	case isFloat(from) && isComplex(to):
		return t.OfComplex(complex(rounded(x.v.Float(), t), 0)), nil
	case isComplex(from) && isComplex(to):
		z := x.v.Complex()
		return t.OfComplex(complex(rounded(real(z), t), rounded(imag(z), t))), nil
	case isInteger(from):
		return e.convertConstant(integerConstant(x.v), t)
	}
	return v, errInconvertible
}

func isAddress(k reflect.Kind) bool { return k == reflect.Pointer || k == reflect.UnsafePointer }

// pointerOf returns an address as a pointer or a number.
func pointerOf(t *dump.Type, addr uint64) dump.Value {
	switch {
	case t.Kind() == reflect.Pointer:
		return t.PointerAt(addr)
	case t.Kind() == reflect.UnsafePointer && addr == 0:
		return t.Zero()
	}
	return t.OfUint(addr)
}

// character returns the character with the code c.
func character(c constant.Value) rune {
	n, exact := constant.Int64Val(c)
	if !exact || n != int64(rune(n)) {
		return utf8.RuneError
	}
	return rune(n)
}

// elementsOf returns the bytes or characters of a text as a slice.
func (e *evaluation) elementsOf(text string, t *dump.Type) (v dump.Value, err error) {
	elem := t.Elem()
	switch elem.Kind() {
	case reflect.Uint8:
		return t.OfBytes(text), nil
	case reflect.Int32:
		if err := e.step(len(text)); err != nil {
			return v, err
		}
		parts := []dump.Value{}
		for _, r := range text {
			parts = append(parts, elem.OfInt(int64(r)))
		}
		return t.OfElements(parts), nil
	}
	return v, errInconvertible
}

// textOf returns bytes or characters as a text. What was redacted stays so.
func (e *evaluation) textOf(x operand, t *dump.Type) (text dump.Value, err error) {
	v := x.v
	elem := v.Type().Elem().Kind()
	n := int64(v.Stored())
	switch {
	case elem != reflect.Uint8 && elem != reflect.Int32:
		return text, errInconvertible
	case v.Redacted():
		if _, ok := v.Text(); ok {
			return t.OfSecrets(v), nil
		}
		return text, Missing(x.src, redacted)
	case n == 0 && v.Len() > 0 && v.Reason().Kind != caveat.None:
		return text, Missing(x.src, v.Reason())
	case n < v.Len():
		return text, fmt.Errorf("%s is cut: %d of %d elements are in the dump", x.src, n, v.Len())
	}
	if s, ok := v.Text(); ok && int64(len(s)) == v.Len() {
		return t.OfText(s), nil
	}
	if err := e.step(int(n)); err != nil {
		return text, err
	}
	var b strings.Builder
	for i := range v.Stored() {
		c := v.Index(i)
		if err := present(c, fmt.Sprintf("%s[%d]", x.src, i)); err != nil {
			return text, err
		}
		if elem == reflect.Uint8 {
			b.WriteByte(byte(c.Uint()))
		} else {
			b.WriteRune(rune(c.Int()))
		}
	}
	return t.OfText(b.String()), nil
}

// wholeText returns the text of a string if the dump holds all of it.
func wholeText(v dump.Value, name string) (string, error) {
	text, _ := v.Text()
	switch {
	case v.Redacted():
		return "", Missing(name, redacted)
	case text == "" && v.Len() > 0 && v.Reason().Kind != caveat.None:
		return "", Missing(name, v.Reason())
	case int64(len(text)) < v.Len():
		return "", fmt.Errorf("%s is cut: %d of %d bytes are in the dump", name, len(text), v.Len())
	}
	return text, nil
}
