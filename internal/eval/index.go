package eval

import (
	"fmt"
	"go/ast"
	"go/constant"
	"reflect"

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
	if x.Const != nil && x.Const.Kind() == constant.String {
		return constantIndex(x, i)
	}
	v, err := x.value()
	if err != nil {
		return x, err
	}
	if v, err = indexable(v, x.src); err != nil {
		return x, err
	}
	switch v.Kind() {
	case reflect.Slice, reflect.Array:
		x.Value, err = element(v, x.src, i)
	case reflect.String:
		return e.byteOf(v, x.src, i)
	case reflect.Map:
		x.Value, err = entry(v, x.src, i)
	default:
		err = fmt.Errorf("cannot index %s (type %s)", x.src, v.Type())
	}
	return x, err
}

// indexable returns what an index of v is one of: v, what an interface holds,
// or the array a pointer points to.
func indexable(v dump.Value, name string) (dump.Value, error) {
	v, err := inInterface(v, name)
	if err == nil && v.Kind() == reflect.Pointer && v.Type().Elem().Kind() == reflect.Array {
		v, err = target(v, name)
	}
	if err == nil {
		err = present(v, name)
	}
	return v, err
}

// integer returns an index or bound.
func integer(op operand) (int64, error) {
	c, err := constantOf(op)
	if err != nil {
		return 0, err
	}
	if c.Const.Kind() == constant.Int || c.Type == "" && c.Const.Kind() == constant.Float {
		if n, exact := constant.Int64Val(constant.ToInt(c.Const)); exact {
			return n, nil
		}
	}
	return 0, fmt.Errorf("%s is not an index: not an integer", op.src)
}

// element returns an element of a slice or array.
func element(v dump.Value, name string, index operand) (dump.Value, error) {
	i, err := integer(index)
	if err != nil {
		return v, err
	}
	if i < 0 || i >= v.Len() {
		return v, outOfRange(i, v.Len())
	}
	if v.Redacted() {
		return v, Missing(name, redacted)
	}
	if i >= int64(v.Stored()) {
		return v, notStored(v, name, fmt.Sprintf("element %d", i))
	}
	return v.Index(int(i)), nil
}

func outOfRange(i, length int64) error {
	return fmt.Errorf("index %d out of range [0:%d]", i, length)
}

// notStored says that a part of v isn't in the dump.
func notStored(v dump.Value, name, part string) error {
	if v.Stored() == 0 && v.Reason().Kind != caveat.None {
		return Missing(part+" of "+name, v.Reason())
	}
	return fmt.Errorf("%s is not in the dump (%d of %d stored)", part, v.Stored(), v.Len())
}

func constantIndex(x, index operand) (operand, error) {
	i, err := integer(index)
	if err != nil {
		return x, err
	}
	text := constant.StringVal(x.Const)
	if i < 0 || i >= int64(len(text)) {
		return x, outOfRange(i, int64(len(text)))
	}
	return byteResult(text[i]), nil
}

func byteResult(b byte) (op operand) {
	op.Const, op.Type, op.kind, op.size = constant.MakeInt64(int64(b)), "uint8", reflect.Uint8, 1
	return op
}

// byteOf returns a byte of a string.
func (e *evaluation) byteOf(v dump.Value, name string, index operand) (op operand, err error) {
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
	return byteResult(text[i]), nil
}

// slice evaluates x[low:high:max].
func (e *evaluation) slice(n *ast.SliceExpr) (operand, error) {
	x, err := e.eval(n.X)
	if err != nil {
		return x, err
	}
	if x.Const != nil && x.Const.Kind() == constant.String {
		return x, fmt.Errorf("slices of constants are not supported")
	}
	v, err := x.value()
	if err != nil {
		return x, err
	}
	if v, err = indexable(v, x.src); err != nil {
		return x, err
	}
	if v.Redacted() {
		return x, Missing(x.src, redacted)
	}
	capacity := v.Len()
	switch v.Kind() {
	case reflect.Slice:
		capacity = max(capacity, v.Cap())
	case reflect.Map:
		if n.High != nil {
			return x, fmt.Errorf("a map can be sliced as m[n:] only")
		}
	case reflect.String:
		if n.Slice3 {
			return x, fmt.Errorf("cannot slice %s (type %s) with three indices", x.src, v.Type())
		}
	case reflect.Array:
	default:
		return x, fmt.Errorf("cannot slice %s (type %s)", x.src, v.Type())
	}
	low, high, limit, err := e.bounds(n, v.Len(), capacity)
	if err != nil {
		return x, err
	}
	x.Value, err = window(v, x.src, low, high, limit)
	return x, err
}

// bounds evaluates the bounds of a slice expression and checks them.
func (e *evaluation) bounds(n *ast.SliceExpr, length, capacity int64) (low, high, limit int64, err error) {
	high, limit = length, capacity
	for _, b := range []struct {
		expr ast.Expr
		to   *int64
	}{{n.Low, &low}, {n.High, &high}, {n.Max, &limit}} {
		if b.expr == nil {
			continue
		}
		op, err := e.eval(b.expr)
		if err != nil {
			return 0, 0, 0, err
		}
		if *b.to, err = integer(op); err != nil {
			return 0, 0, 0, err
		}
	}
	switch {
	case limit < 0 || limit > capacity:
		err = fmt.Errorf("slice bounds out of range [::%d] with capacity %d", limit, capacity)
	case high < 0 || high > limit:
		err = fmt.Errorf("slice bounds out of range [:%d] with capacity %d", high, limit)
	case low < 0 || low > high:
		err = fmt.Errorf("slice bounds out of range [%d:%d]", low, high)
	}
	return low, high, limit, err
}

// window returns v[low:high:limit], if the dump holds any of it.
func window(v dump.Value, name string, low, high, limit int64) (dump.Value, error) {
	if high > v.Len() {
		return v, fmt.Errorf("slice bounds out of range [:%d]: the dump holds no elements beyond the length %d",
			high, v.Len())
	}
	if low < high && low >= int64(v.Stored()) && !v.IsNil() {
		part := fmt.Sprintf("%s[%d:%d]", name, low, high)
		return v, notStored(v, name, part)
	}
	return v.Slice(low, high, limit), nil
}
