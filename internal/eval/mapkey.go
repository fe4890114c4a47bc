package eval

import (
	"fmt"
	"go/constant"
	"go/token"
	"reflect"
	"strings"

	"coredumpy/internal/caveat"
	"coredumpy/internal/dump"
)

// entry returns the value of a map at a key. Each stored entry is compared: a
// dump has no hash table.
func entry(v dump.Value, name string, index operand) (dump.Value, error) {
	keyType := v.Type().Key()
	switch keyType.Kind() {
	case reflect.Struct, reflect.Array:
		return v, unsupportedKey(keyType)
	}
	unsure := 0 // keys that the dump holds only in part
	for i := range v.Stored() {
		key, elem := v.Entry(i)
		equal, known, err := sameKey(key, index)
		if err != nil {
			return v, err
		}
		if equal {
			return elem, nil
		}
		if !known {
			unsure++
		}
	}
	shown := shownKey(index)
	switch stored := int64(v.Stored()); {
	case v.IsNil():
		return v, fmt.Errorf("key %s not in map (%s is nil)", shown, name)
	case stored == 0 && v.Len() > 0 && v.Reason().Kind != caveat.None:
		return v, Missing("entry "+shown+" of "+name, v.Reason())
	case stored < v.Len():
		return v, fmt.Errorf("key %s is not among the %d of %d entries in the dump", shown, stored, v.Len())
	case unsure > 0:
		return v, fmt.Errorf("key %s not found, but %d of the %d keys are cut, redacted or unreadable",
			shown, unsure, stored)
	case stored == 1:
		return v, fmt.Errorf("key %s not in map (1 entry)", shown)
	default:
		return v, fmt.Errorf("key %s not in map (%d entries)", shown, stored)
	}
}

func unsupportedKey(t *dump.Type) error {
	return fmt.Errorf("keys of type %s are not supported: only basic types, pointers and interfaces of them", t)
}

// shownKey returns a key for messages: its value if that is short.
func shownKey(op operand) string {
	if c, err := constantOf(op); err == nil {
		return c.Const.String()
	}
	return op.src
}

// sameKey reports whether the operand is the key; known is false if the dump
// holds too little of the key to say.
func sameKey(key dump.Value, op operand) (equal, known bool, err error) {
	if !key.Valid() {
		return false, false, nil
	}
	dynamic := key.Kind() == reflect.Interface
	if dynamic {
		if isNil := op.Nil || isNilInterface(op); isNil || key.IsNil() {
			return isNil && key.IsNil(), true, nil
		}
		if key = key.Elem(); !key.Valid() {
			return false, false, nil
		}
		if same, err := hasType(op, key.Type()); err != nil || !same {
			return false, true, err
		}
	}
	switch key.Kind() {
	case reflect.Pointer, reflect.Chan, reflect.UnsafePointer:
		return samePointer(key, op, dynamic)
	case reflect.Struct, reflect.Array:
		return false, false, unsupportedKey(key.Type())
	case reflect.Interface: // in an interface, in a forged dump
		return false, false, nil
	}
	want, err := constantOf(op)
	if err != nil {
		return false, false, err
	}
	if key.Kind() == reflect.String && (key.Redacted() || int64(key.Stored()) < key.Len()) {
		return false, !mayEqual(key, want.Const), nil
	}
	got, err := constantOf(operand{Result: Result{Value: key}})
	if err != nil { // NaN and Inf: nothing that can be written equals them
		return false, true, nil
	}
	if want.Type != "" && want.Type != got.Type || want.Type == "" && convert(&want, &got) != nil {
		return false, false, fmt.Errorf("cannot use %s as %s key", shownKey(op), key.Type())
	}
	return constant.Compare(got.Const, token.EQL, want.Const), true, nil
}

// mayEqual reports whether a string that the dump holds in part may be want.
func mayEqual(part dump.Value, want constant.Value) bool {
	if part.Redacted() || want.Kind() != constant.String {
		return true
	}
	start, _ := part.Text()
	text := constant.StringVal(want)
	return int64(len(text)) == part.Len() && strings.HasPrefix(text, start)
}

// samePointer compares a key that is an address.
func samePointer(key dump.Value, op operand, dynamic bool) (equal, known bool, err error) {
	if op.Nil {
		return key.IsNil(), true, nil
	}
	if op.Const != nil {
		if dynamic {
			return false, true, nil
		}
		return false, false, fmt.Errorf("cannot use %s as %s key", shownKey(op), key.Type())
	}
	if op.Address {
		same := key.Pointer() == op.Value.Addr() && !key.IsNil()
		return same && key.Type().String() == "*"+op.Value.Type().String(), true, nil
	}
	v, err := inInterface(op.Value, op.src)
	if err == nil {
		err = present(v, op.src)
	}
	if err != nil {
		return false, false, err
	}
	if v.Type() != key.Type() {
		return false, true, nil
	}
	return key.Pointer() == v.Pointer() && key.IsNil() == v.IsNil(), true, nil
}

// hasType reports whether the operand has the type in an interface.
func hasType(op operand, typ *dump.Type) (bool, error) {
	if op.Const != nil {
		return defaultsTo(op, typ.String()), nil
	}
	dynamic := false
	if !op.Address {
		dynamic = op.Value.Kind() == reflect.Interface
		v, err := inInterface(op.Value, op.src)
		if err == nil {
			err = present(v, op.src)
		}
		if err != nil {
			return false, err
		}
		op.Value = v
	}
	if typeName(op) != typ.String() {
		return false, nil
	}
	if !op.Address && op.Value.Type() != typ { // functions may have types of the same name
		if dynamic {
			return false, nil
		}
		return false, sameNames(typ.String())
	}
	return true, nil
}

// defaultsTo reports whether a constant in an interface has the type: an
// untyped one takes its default type.
func defaultsTo(c operand, typ string) bool {
	if c.Type != "" {
		return c.Type == typ
	}
	switch c.Const.Kind() {
	case constant.Bool:
		return typ == "bool"
	case constant.String:
		return typ == "string"
	case constant.Int:
		if c.kind == reflect.Int32 {
			return typ == "int32" // a rune
		}
		return typ == "int"
	case constant.Float:
		return typ == "float64"
	}
	return typ == "complex128"
}
