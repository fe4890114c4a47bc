package repl

import (
	"fmt"
	"go/constant"
	"reflect"
	"regexp"
	"strings"

	"coredumpy/internal/dump"
	"coredumpy/internal/eval"
)

// verb matches a format of package fmt. It bounds the width, so that a value doesn't get
// as wide as a user likes.
var verb = regexp.MustCompile(`^%[-+#0]*[0-9]{0,3}(?:\.[0-9]{0,3})?[a-zA-Z]$`)

// parseFormat cuts a format such as %x off the beginning of an expression.
func parseFormat(expr string) (format, rest string, err error) {
	if !strings.HasPrefix(expr, "%") {
		return "", expr, nil
	}
	format, rest, _ = strings.Cut(expr, " ")
	if !verb.MatchString(format) {
		return "", "", fmt.Errorf("%s is not a format: use %%x, %%#o, %%b, %%q and the like", format)
	}
	return format, strings.TrimSpace(rest), nil
}

// formatted returns a number, a text or bytes in a format of package fmt.
func formatted(format string, r eval.Result) (string, error) {
	v, ok := plainValue(r, format)
	if !ok {
		return "", fmt.Errorf("%s is for numbers, and for strings and bytes that are whole in the dump", format)
	}
	text, ok := applied(format, v)
	if !ok {
		return "", fmt.Errorf("%s doesn't fit a value of this type", format)
	}
	return text, nil
}

// applied returns a value in a format, if that fits it.
func applied(format string, v any) (text string, ok bool) {
	text = fmt.Sprintf(format, v)
	return text, !strings.HasPrefix(text, "%!")
}

// leafOf returns a function that returns a number or a text that is part of a value in a
// format; ok is false if the format isn't for it. It is nil if there is no format.
func leafOf(format string) func(v dump.Value) (text string, ok bool) {
	if format == "" {
		return nil
	}
	return func(v dump.Value) (text string, ok bool) {
		plain, ok := plainValue(eval.Result{Value: v}, format)
		if !ok {
			return "", false
		}
		return applied(format, plain)
	}
}

// isWhole reports whether a format is applied to the value itself, not to its parts.
func isWhole(r eval.Result) bool {
	if r.Const != nil || r.Nil {
		return true
	}
	switch r.Value.Kind() {
	case reflect.Slice, reflect.Array:
		return r.Value.Type().Elem().Kind() == reflect.Uint8
	case reflect.Struct, reflect.Map, reflect.Pointer, reflect.Interface, reflect.Chan, reflect.Func:
		return false
	}
	return true
}

// plainValue returns a result as a value for a format of package fmt.
func plainValue(r eval.Result, format string) (any, bool) {
	if r.Const != nil {
		return plainConstant(r.Const)
	}
	v := r.Value
	if r.Nil || !v.Valid() {
		return nil, false
	}
	if text, ok := v.Text(); ok && v.Redacted() { // to be read, with what was put in place of a secret
		isText := v.Kind() == reflect.String || v.Kind() == reflect.Slice || v.Kind() == reflect.Array
		return text, isText && strings.ContainsAny(format[len(format)-1:], "sqv")
	}
	switch k := v.Kind(); {
	case k == reflect.Bool:
		return v.Bool(), true
	case k >= reflect.Int && k <= reflect.Int64:
		return v.Int(), true
	case k >= reflect.Uint && k <= reflect.Uintptr:
		return v.Uint(), true
	case k == reflect.Float32:
		return float32(v.Float()), true
	case k == reflect.Float64:
		return v.Float(), true
	case k == reflect.Complex64 || k == reflect.Complex128:
		return v.Complex(), true
	case k == reflect.String:
		text, ok := v.Text()
		return text, ok && int64(len(text)) == v.Len()
	case (k == reflect.Slice || k == reflect.Array) && v.Type().Elem().Kind() == reflect.Uint8 &&
		int64(v.Stored()) == v.Len():
		b := make([]byte, v.Stored())
		for i := range b {
			b[i] = byte(v.Index(i).Uint())
		}
		return b, true
	}
	return nil, false
}

func plainConstant(c constant.Value) (any, bool) {
	switch c.Kind() {
	case constant.Bool:
		return constant.BoolVal(c), true
	case constant.String:
		return constant.StringVal(c), true
	case constant.Int:
		if n, exact := constant.Int64Val(c); exact {
			return n, true
		}
		n, exact := constant.Uint64Val(c)
		return n, exact
	case constant.Float:
		f, _ := constant.Float64Val(c)
		return f, true
	}
	return nil, false
}
