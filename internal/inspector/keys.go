package inspector

import (
	"math"
	"reflect"
	"strconv"
	"strings"

	"coredumpy/internal/dump"
)

// These bound the literal of a key.
const (
	deepestKey = 8  // arrays and structs in each other
	mostParts  = 64 // of each
)

// KeyLiteral returns a map key as a literal, "" if there is none: no literal is sure to be
// equal to a key that is a pointer, or that the dump has only in part.
func KeyLiteral(key dump.Value) string { return keyLiteral(key, 0) }

func keyLiteral(key dump.Value, depth int) string {
	k := key.Kind()
	switch {
	case !key.Valid() || depth > deepestKey:
	case k == reflect.Interface && !key.IsNil():
		return inInterface(key.Elem(), depth)
	case k == reflect.Array:
		return partsLiteral(key, int(min(key.Len(), mostParts+1)), key.Index, depth)
	case k == reflect.Struct:
		for i := range key.Type().NumField() {
			if name, _, _ := key.Type().Field(i); name == "_" {
				return ""
			}
		}
		return partsLiteral(key, key.Type().NumField(), key.Field, depth)
	}
	return basicLiteral(key)
}

// inInterface returns the literal of a value in an interface, which needs its type.
func inInterface(v dump.Value, depth int) string {
	text := keyLiteral(v, depth+1)
	switch name := v.Type().String(); {
	case text == "" || name == "int" || name == "string" || name == "bool":
		return text
	case v.Kind() == reflect.Array || v.Kind() == reflect.Struct:
		return text
	}
	t := v.Type().Expr()
	if t == "" {
		return ""
	}
	return t + "(" + text + ")"
}

// partsLiteral returns the composite literal of an array or a struct with n parts.
func partsLiteral(v dump.Value, n int, part func(int) dump.Value, depth int) string {
	t := v.Type().Expr()
	if t == "" || n > mostParts || n != v.Stored() || v.Redacted() {
		return ""
	}
	parts := make([]string, n)
	for i := range parts {
		if parts[i] = keyLiteral(part(i), depth+1); parts[i] == "" {
			return ""
		}
	}
	return t + "{" + strings.Join(parts, ", ") + "}"
}

func basicLiteral(v dump.Value) string {
	switch k := v.Kind(); {
	case k == reflect.String:
		if text, _ := v.Text(); !v.Redacted() && int64(len(text)) == v.Len() {
			return strconv.QuoteToASCII(text)
		}
	case !v.Valid():
	case k == reflect.Bool:
		return strconv.FormatBool(v.Bool())
	case k >= reflect.Int && k <= reflect.Int64:
		return strconv.FormatInt(v.Int(), 10)
	case k >= reflect.Uint && k <= reflect.Uintptr:
		return strconv.FormatUint(v.Uint(), 10)
	case k == reflect.Float32 || k == reflect.Float64:
		if f := v.Float(); !math.IsNaN(f) && !math.IsInf(f, 0) {
			return strconv.FormatFloat(f, 'g', -1, 64)
		}
	}
	return ""
}
