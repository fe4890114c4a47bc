package eval

import (
	"errors"
	"fmt"
	"go/ast"
	"go/constant"
	"reflect"
	"slices"

	"coredumpy/internal/caveat"
	"coredumpy/internal/dump"
)

// index evaluates x[i].
func (e *evaluation) index(n *ast.IndexExpr) (operand, error) {
	x, err := e.eval(n.X)
	if err != nil {
		return x, err
	}
	i, err := e.eval(n.Index)
	if err != nil {
		return x, err
	}
	unsupported := fmt.Errorf("expression %q (%s) does not support indexing", x.src, x.typeIndexed())
	if x.null {
		return x, unsupported
	}
	if x.c != nil {
		if x.c.Kind() != constant.String {
			return x, unsupported
		}
		return e.byteOf(e.scope.Core.Basic(reflect.String).OfText(constant.StringVal(x.c)), x.src, i)
	}
	if isNilInterface(x) {
		return x, unsupported
	}
	if x.v.Kind() == reflect.Chan && x.v.Valid() && x.v.IsNil() {
		return x, fmt.Errorf("%w: it is nil", unsupported)
	}
	v, err := indexable(x, reflect.Array, reflect.Slice, reflect.String, reflect.Map)
	if err != nil {
		return x, err
	}
	switch v.Kind() {
	case reflect.Slice, reflect.Array, reflect.Chan:
		v, err = element(v, x.src, i)
	case reflect.String:
		return e.byteOf(v, x.src, i)
	case reflect.Map:
		v, err = e.entry(v, x.src, i)
	default:
		err = unsupported
	}
	return valued(v), err
}

// indexable returns the value that x's index applies to: x, the value in an interface, or
// the one that a pointer points to if it is of one of the kinds.
func indexable(x operand, kinds ...reflect.Kind) (v dump.Value, err error) {
	if x, err = x.dynamic(); err != nil {
		return v, err
	}
	v = x.v
	if v.Kind() == reflect.Pointer && slices.Contains(kinds, v.Type().Elem().Kind()) {
		v, err = target(v, x.src)
	}
	if err == nil {
		err = present(v, x.src)
	}
	return v, err
}

// integer returns an index or bound.
func integer(op operand) (int64, error) {
	if op.null {
		return 0, errors.New("can not convert nil to int")
	}
	if op.isUntyped() {
		n := constant.ToInt(op.c)
		if n.Kind() != constant.Int || op.c.Kind() == constant.Complex {
			return 0, fmt.Errorf("can not convert constant %v to int", op.c)
		}
		return exactly(n, op.src)
	}
	if op.loose && isFloat(op.kind()) {
		return 0, fmt.Errorf("can not convert constant %v to int", op.v.Float())
	}
	if !isInteger(op.kind()) {
		return 0, fmt.Errorf("can not convert value of type %s to int", op.typeOperated())
	}
	c, err := op.scalar()
	if err != nil {
		return 0, err
	}
	return exactly(c, op.src)
}

func exactly(c constant.Value, name string) (int64, error) {
	n, exact := constant.Int64Val(c)
	if !exact {
		return 0, fmt.Errorf("index out of bounds: %s is %v", name, c)
	}
	return n, nil
}

// element returns an element of a slice or array, or a buffered one of a channel.
func element(v dump.Value, name string, index operand) (dump.Value, error) {
	if v.IsNil() {
		return v, fmt.Errorf("can not index %q: it is nil", name)
	}
	i, err := integer(index)
	if err != nil {
		return v, err
	}
	if i < 0 || i >= v.Len() {
		return v, outOfRange(i, v.Len())
	}
	if v.Redacted() {
		if part, ok := shownBytes(v, i, i+1, v.Len()); ok {
			return part.Index(0), nil
		}
		return v, Missing(fmt.Sprintf("%s[%d]", name, i), redacted)
	}
	if i >= int64(v.Stored()) {
		return v, notStored(v, name, fmt.Sprintf("element %d", i))
	}
	return v.Index(int(i)), nil
}

func outOfRange(i, length int64) error {
	return fmt.Errorf("index out of bounds: %d with length %d", i, length)
}

// notStored says that the dump doesn't hold a part of v.
func notStored(v dump.Value, name, part string) error {
	if v.Stored() == 0 && v.Reason().Kind != caveat.None {
		return Missing(part+" of "+name, v.Reason())
	}
	return fmt.Errorf("%s is not in the dump (%d of %d stored)", part, v.Stored(), v.Len())
}

// byteOf returns one byte of a string.
func (e *evaluation) byteOf(v dump.Value, name string, index operand) (op operand, err error) {
	if v.Len() == 0 && v.Valid() && !v.Redacted() {
		return op, fmt.Errorf("can not index %q: it is empty", name)
	}
	i, err := integer(index)
	if err != nil {
		return op, err
	}
	text, _ := v.Text()
	switch {
	case v.Redacted():
		return op, Missing(name, redacted)
	case i < 0 || i >= v.Len():
		return op, outOfRange(i, v.Len())
	case i >= int64(len(text)):
		return op, notStored(v, name, fmt.Sprintf("byte %d", i))
	}
	return valued(e.scope.Core.Basic(reflect.Uint8).OfUint(uint64(text[i]))), nil
}
