package eval

import (
	"errors"
	"fmt"
	"go/constant"
	"reflect"
	"strconv"
	"strings"

	"coredumpy/internal/caveat"
	"coredumpy/internal/dump"
)

// entry returns the value of a map at a key. It compares all stored entries: a dump has no
// hash table.
func (e *evaluation) entry(v dump.Value, name string, index operand) (dump.Value, error) {
	if v.Stored() > 0 {
		if err := e.keyFor(&index, v); err != nil {
			return v, err
		}
	}
	key := index.v
	if index.c != nil && index.typ != nil {
		key = typed(index.c, index.typ)
	}
	if i, unsure, ok := v.Lookup(key); ok {
		if i < 0 {
			return v, e.notFound(v, name, index, unsure)
		}
		_, elem := v.Entry(i)
		return elem, nil
	}
	unsure := 0 // keys that the dump holds only in part and that may match
	for i := range v.Stored() {
		key, elem := v.Entry(i)
		equal, err := e.sameKey(key, index)
		if equal {
			return elem, nil
		}
		if errors.Is(err, errUnsure) {
			unsure++
		} else if err != nil {
			return v, err
		}
	}
	return v, e.notFound(v, name, index, unsure)
}

// notFound says why there is no entry for a key; unsure is how many keys may be it.
func (e *evaluation) notFound(v dump.Value, name string, index operand, unsure int) error {
	shown := shownKey(index)
	switch stored := int64(v.Stored()); {
	case v.IsNil():
		return fmt.Errorf("key not found: %s is nil", name)
	case stored == 0 && v.Len() > 0 && v.Reason().Kind != caveat.None:
		return Missing("entry "+shown+" of "+name, v.Reason())
	case stored < v.Len():
		return fmt.Errorf("key %s is not among the %d of %d entries in the dump", shown, stored, v.Len())
	case unsure > 0 && index.hides():
		return fmt.Errorf("key %s is redacted and was not found, but %d of the %d keys can't be compared with it",
			index.src, unsure, stored)
	case unsure > 0:
		return fmt.Errorf("key %s was not found, but %d of the %d keys are cut, redacted or unreadable",
			shown, unsure, stored)
	case stored == 1:
		return meant(fmt.Errorf("key not found: %s is not the one key", shown), similarKey(v, index))
	default:
		return meant(fmt.Errorf("key not found: %s is not among the %d keys", shown, stored), similarKey(v, index))
	}
}

// keyFor converts an index to the type of a map's keys.
func (e *evaluation) keyFor(index *operand, of dump.Value) error {
	t := of.Type().Key()
	k := t.Kind()
	switch {
	case index.null:
		switch k {
		case reflect.Pointer, reflect.Interface, reflect.Chan:
			return nil
		}
		return fmt.Errorf("mismatched types nil and %s", keyName(t))
	case k == reflect.Interface:
		for i := range min(of.Stored(), maxKeys) {
			if key, _ := of.Entry(i); e.mayHold(&operand{v: key}, index) {
				return nil
			}
		}
		if index.c != nil {
			return fmt.Errorf("can not convert %v constant to %s", index.c, keyName(t))
		}
		return fmt.Errorf("can not convert value of type %s to %s", index.typeOperated(), keyName(t))
	case index.loose:
		return index.become(t)
	case index.isUntyped():
		if !representable(index.c, t) {
			return fmt.Errorf("can not convert %v constant to %s", index.c, keyName(t))
		}
		return index.become(t)
	}
	if index.typeName() != t.String() {
		return fmt.Errorf("can not convert value of type %s to %s", index.typeOperated(), keyName(t))
	}
	return nil
}

// keyName names the type of keys as Delve does.
func keyName(t *dump.Type) string {
	if t.Kind() == reflect.Struct {
		return realName(t)
	}
	return t.String()
}

// shownKey returns a key for messages: its value if that is short.
func shownKey(op operand) string {
	if op, err := op.dynamic(); err == nil && !op.null && isScalar(op.kind()) {
		if c, err := op.scalar(); err == nil {
			if isFloat(op.kind()) {
				return strconv.FormatFloat(op.float(), 'g', -1, 64)
			}
			return c.String()
		}
	}
	return op.src
}

// errUnsure says that the dump holds too little of a key to compare it.
var errUnsure = errors.New("the dump holds a key in part")

// sameKey reports whether the operand is the key.
func (e *evaluation) sameKey(key dump.Value, op operand) (bool, error) {
	if op.hides() {
		same, err := e.equal(operand{v: key, src: "a key"}, op)
		if err != nil && e.steps <= maxSteps {
			err = errUnsure
		}
		return same, err
	}
	if !key.Valid() {
		return false, errUnsure
	}
	if op.null {
		return key.IsNil(), nil
	}
	if key.Kind() == reflect.Interface {
		if may, err := e.mayBeIn(key, op); !may {
			return false, err
		}
	}
	if key.Kind() == reflect.String && incomplete(key) {
		return false, e.maybe(key, op)
	}
	same, err := e.equal(operand{v: key, src: "a key"}, op)
	if err != nil && e.steps <= maxSteps && op.c == nil && present(op.v, op.src) == nil && !complete(key, 0) {
		return false, errUnsure
	}
	return same, err
}

// mayBeIn reports whether the operand may be the value in an interface that is a key. The error says
// why that isn't known.
func (e *evaluation) mayBeIn(key dump.Value, op operand) (bool, error) {
	concrete := op.c != nil || op.v.Valid() && op.v.Kind() != reflect.Interface
	if key.IsNil() {
		return !concrete, nil
	}
	switch in := key.Elem(); {
	case !in.Valid() || in.Kind() == reflect.Interface:
		return false, errUnsure
	case in.Kind() == reflect.String && incomplete(in):
		return false, e.maybe(in, op)
	case op.c != nil:
		return op.defaultsTo(in.Type()), nil
	default:
		return !concrete || op.typeName() == in.Type().String(), nil
	}
}

// incomplete reports whether the dump lacks a part of a string.
func incomplete(s dump.Value) bool { return s.Redacted() || int64(s.Stored()) < s.Len() }

// complete reports whether the dump has all of a key, which is nested depth levels deep.
func complete(v dump.Value, depth int) bool {
	if !v.Valid() || depth > maxNested {
		return false
	}
	switch v.Kind() {
	case reflect.String:
		return !incomplete(v)
	case reflect.Interface:
		return v.IsNil() || complete(v.Elem(), depth+1)
	case reflect.Struct:
		for i := range v.Type().NumField() {
			if !complete(v.Field(i), depth+1) {
				return false
			}
		}
	case reflect.Array:
		if v.Redacted() || int64(v.Stored()) < v.Len() {
			return false
		}
		for i := range v.Stored() {
			if !complete(v.Index(i), depth+1) {
				return false
			}
		}
	}
	return true
}

// maybe returns errUnsure if the operand may be a string that the dump holds in part, and
// nil if it can't be.
func (e *evaluation) maybe(part dump.Value, op operand) error {
	op, err := op.dynamic()
	if err != nil {
		return err
	}
	if op.kind() != reflect.String {
		return nil
	}
	c, err := op.scalar()
	if err != nil {
		return err
	}
	if part.Redacted() {
		if _, known := part.SameHidden(typed(c, part.Type())); known {
			return nil
		}
		return errUnsure
	}
	start, _ := part.Text()
	text := constant.StringVal(c)
	if int64(len(text)) == part.Len() && strings.HasPrefix(text, start) {
		return errUnsure
	}
	return nil
}
