package eval

import (
	"fmt"
	"go/ast"
	"go/constant"
	"math"
	"reflect"
	"strings"
	"unicode/utf8"

	"coredumpy/internal/caveat"
)

// convertible are the predeclared types that values can be converted to.
var convertible = func() map[string]reflect.Kind {
	m := map[string]reflect.Kind{"byte": reflect.Uint8, "rune": reflect.Int32, "string": reflect.String}
	for k := reflect.Bool; k <= reflect.Complex128; k++ {
		m[k.String()] = k
	}
	return m
}()

// conversion returns the kind of type that a call of fn converts to, Invalid if
// it doesn't.
func (e *evaluation) conversion(fn *ast.Ident) reflect.Kind {
	kind := convertible[fn.Name]
	if kind != reflect.Invalid {
		if _, isVar, err := e.scope.find(fn.Name); isVar || err != nil {
			return reflect.Invalid
		}
	}
	return kind
}

// converted evaluates a conversion by Go's rules. What the dump holds only in
// part isn't converted. int, uint and uintptr have 64 bits.
func converted(x operand, to reflect.Kind) (op operand, err error) {
	op.Type, op.kind, op.size = to.String(), to, sizes[to]
	if op.size == 0 {
		op.size = 8
	}
	if to == reflect.String {
		text, ok, err := textOf(x)
		if ok || err != nil {
			op.Const = constant.MakeString(text)
			return op, err
		}
	}
	c, err := constantOf(x)
	if err != nil {
		return op, err
	}
	from := c.kind
	if c.Type == "" {
		from = untypedKind(c)
	}
	op.Const = c.Const
	switch {
	case to == reflect.String && isInteger(from):
		op.Const = constant.MakeString(string(character(c.Const)))
	case c.Type == "": // a constant has to fit
		if !representable(c.Const, to, op.size) {
			return op, fmt.Errorf("cannot convert %s to %s", x.src, to)
		}
	case isInteger(to) && isFloat(from):
		f, _ := constant.Float64Val(c.Const)
		op.Const = constant.ToInt(constant.MakeFloat64(math.Trunc(f)))
		if !representable(op.Const, to, op.size) {
			return op, fmt.Errorf("cannot convert %s to %s: %g is out of its range", x.src, to, f)
		}
	case !(isInteger(from) || isFloat(from)) || !(isInteger(to) || isFloat(to)):
		if from != to && !(isComplex(from) && isComplex(to)) {
			return op, fmt.Errorf("cannot convert %s (type %s) to %s", x.src, c.Type, to)
		}
	}
	if isFloat(to) {
		op.Const = constant.ToFloat(op.Const)
	}
	return op.wrapped()
}

func isInteger(k reflect.Kind) bool { return k >= reflect.Int && k <= reflect.Uintptr }

func isComplex(k reflect.Kind) bool { return k == reflect.Complex64 || k == reflect.Complex128 }

// untypedKind returns the kind of type that an untyped constant defaults to.
func untypedKind(c operand) reflect.Kind {
	switch c.Const.Kind() {
	case constant.Bool:
		return reflect.Bool
	case constant.String:
		return reflect.String
	case constant.Int:
		return reflect.Int
	case constant.Float:
		return reflect.Float64
	}
	return reflect.Complex128
}

// character returns the character that an integer is the code of.
func character(c constant.Value) rune {
	n, exact := constant.Int64Val(c)
	if !exact || n != int64(rune(n)) {
		return utf8.RuneError
	}
	return rune(n)
}

// textOf returns the text in a slice of bytes or runes; ok is false if the
// operand isn't one.
func textOf(x operand) (text string, ok bool, err error) {
	if x.Const != nil || x.Nil || x.Address {
		return "", false, nil
	}
	v, err := inInterface(x.Value, x.src)
	if err == nil {
		err = present(v, x.src)
	}
	if err != nil || v.Kind() != reflect.Slice {
		return "", false, err
	}
	elem := v.Type().Elem().Kind()
	switch n := int64(v.Stored()); {
	case elem != reflect.Uint8 && elem != reflect.Int32:
		return "", false, nil
	case v.Redacted():
		return "", true, Missing(x.src, redacted)
	case n == 0 && v.Len() > 0 && v.Reason().Kind != caveat.None:
		return "", true, Missing(x.src, v.Reason())
	case n < v.Len():
		return "", true, fmt.Errorf("%s is cut: %d of %d elements are in the dump", x.src, n, v.Len())
	}
	if text, ok := v.Text(); ok && int64(len(text)) == v.Len() {
		return text, true, nil
	}
	var b strings.Builder
	for i := range v.Stored() {
		c := v.Index(i)
		if err := present(c, fmt.Sprintf("%s[%d]", x.src, i)); err != nil {
			return "", true, err
		}
		if elem == reflect.Uint8 {
			b.WriteByte(byte(c.Uint()))
		} else {
			b.WriteRune(rune(c.Int()))
		}
	}
	return b.String(), true, nil
}
