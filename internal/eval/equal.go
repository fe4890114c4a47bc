package eval

import (
	"fmt"
	"go/constant"
	"go/token"
	"reflect"
)

// equal evaluates x == y.
func equal(x, y operand) (bool, error) {
	if x.Nil {
		x, y = y, x
	}
	if y.Nil {
		return isNil(x)
	}
	if x.Const != nil && y.Const == nil {
		x, y = y, x
	}
	if x.Const == nil && !x.Address && x.Value.Kind() == reflect.Interface ||
		y.Const == nil && !y.Address && y.Value.Kind() == reflect.Interface {
		return equalInterfaces(x, y)
	}
	if a, ok, err := address(x); ok || err != nil {
		if err != nil {
			return false, err
		}
		b, ok, err := address(y)
		if err == nil && (!ok || a.typ != b.typ) {
			err = fmt.Errorf("mismatched types of %s and %s", x.src, y.src)
		}
		return a.addr == b.addr, err
	}
	return equalBasic(x, y)
}

func equalBasic(x, y operand) (bool, error) {
	x, err := constantOf(x)
	if err != nil {
		return false, err
	}
	if y, err = constantOf(y); err != nil {
		return false, err
	}
	if err := unify(&x, &y); err != nil {
		return false, err
	}
	return constant.Compare(x.Const, token.EQL, y.Const), nil
}

func isNil(x operand) (bool, error) {
	if x.Nil || x.Const != nil {
		return false, fmt.Errorf("cannot compare %s with nil", x.src)
	}
	if x.Address {
		return false, nil
	}
	switch x.Value.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Chan, reflect.Func, reflect.Interface:
		return x.Value.IsNil(), present(x.Value, x.src)
	case reflect.UnsafePointer:
		return x.Value.Pointer() == 0, present(x.Value, x.src)
	}
	return false, fmt.Errorf("cannot compare %s (type %s) with nil", x.src, x.Value.Type())
}

// pointer is an address and what type of pointer it is.
type pointer struct {
	addr uint64
	typ  string
}

// address returns what a pointer or channel holds; ok is false if the operand
// isn't one.
func address(op operand) (p pointer, ok bool, err error) {
	if op.Const != nil || op.Nil {
		return p, false, nil
	}
	if op.Address {
		return pointer{op.Value.Addr(), "*" + op.Value.Type().String()}, true, nil
	}
	switch op.Value.Kind() {
	case reflect.Pointer, reflect.Chan, reflect.UnsafePointer:
		return pointer{op.Value.Pointer(), op.Value.Type().String()}, true, present(op.Value, op.src)
	}
	return p, false, nil
}

// equalInterfaces compares two values of which one at least is in an interface:
// equal if their dynamic types are and their values.
func equalInterfaces(x, y operand) (bool, error) {
	for _, op := range []*operand{&x, &y} {
		if op.Const != nil || op.Address {
			continue
		}
		if err := present(op.Value, op.src); err != nil {
			return false, err
		}
	}
	xNil, yNil := isNilInterface(x), isNilInterface(y)
	if xNil || yNil {
		return xNil && yNil, nil
	}
	dynamic := 0
	for _, op := range []*operand{&x, &y} {
		if op.Const != nil || op.Address || op.Value.Kind() != reflect.Interface {
			continue
		}
		dynamic++
		in, err := inInterface(op.Value, op.src)
		if err != nil {
			return false, err
		}
		if in.Kind() == reflect.Interface {
			return false, Missing(op.src, notOfType)
		}
		op.Value = in
	}
	if y.Const != nil {
		if !defaultsTo(y, x.Value.Type().String()) {
			return false, nil
		}
	} else if typeName(x) != typeName(y) {
		return false, nil
	} else if !x.Address && !y.Address && x.Value.Type() != y.Value.Type() {
		// Functions may have types of the same name.
		if dynamic == 2 {
			return false, nil
		}
		return false, sameNames(typeName(x))
	}
	return equal(x, y)
}

func sameNames(name string) error {
	return fmt.Errorf("there are two types called %s, and it isn't known whether these are the same", name)
}

func typeName(op operand) string {
	if op.Address {
		return "*" + op.Value.Type().String()
	}
	return op.Value.Type().String()
}

func isNilInterface(op operand) bool {
	return op.Const == nil && !op.Address && op.Value.Kind() == reflect.Interface && op.Value.IsNil()
}
