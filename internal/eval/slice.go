package eval

import (
	"errors"
	"fmt"
	"go/ast"
	"go/constant"
	"reflect"
	"strings"

	"coredumpy/internal/dump"
	"coredumpy/internal/notation"
)

// slice evaluates x[low:high:max].
func (e *evaluation) slice(n *ast.SliceExpr) (operand, error) {
	x, err := e.eval(n.X)
	if err != nil {
		return x, err
	}
	impossible := fmt.Errorf("can not slice %q (type %s)", x.src, x.typeName())
	if n.Slice3 {
		impossible = errors.New("3-index slice expressions not supported")
	}
	if x.null || x.c != nil && x.c.Kind() != constant.String {
		return x, impossible
	}
	if x.c != nil {
		x.v = e.scope.Core.Basic(reflect.String).OfText(constant.StringVal(x.c))
		x.c = nil
	}
	if isNilInterface(x) {
		return x, impossible
	}
	v, err := indexable(x, reflect.Array)
	if err != nil {
		return x, err
	}
	capacity := v.Len()
	switch v.Kind() {
	case reflect.Slice:
		capacity = max(capacity, v.Cap())
	case reflect.String, reflect.Map:
		if n.Slice3 {
			return x, impossible
		}
	case reflect.Array:
	default:
		return x, impossible
	}
	low, high, limit, err := e.bounds(n, v.Len(), capacity)
	if v.Kind() == reflect.Map && (err != nil || low > 0 && low >= v.Len()) {
		return x, fmt.Errorf("map index out of bounds: %d entries", v.Len())
	}
	switch {
	case err == nil:
	case v.IsNil():
		return x, fmt.Errorf("can not slice %q: it is nil", x.src)
	case v.Kind() == reflect.String && v.Len() == 0 && !v.Redacted():
		return x, fmt.Errorf("can not slice %q: it is empty", x.src)
	default:
		return x, err
	}
	v, err = window(v, x.src, low, high, limit)
	return valued(v), err
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
		err = fmt.Errorf("index out of bounds: [::%d] with capacity %d", limit, capacity)
	case high < 0 || high > limit:
		err = fmt.Errorf("index out of bounds: [:%d] with capacity %d", high, limit)
	case low < 0 || low > high:
		err = fmt.Errorf("index out of bounds: [%d:%d]", low, high)
	}
	return low, high, limit, err
}

// window returns v[low:high:limit], if the dump holds any of it.
func window(v dump.Value, name string, low, high, limit int64) (dump.Value, error) {
	if v.Kind() != reflect.Map && v.Redacted() {
		if part, ok := shownBytes(v, low, high, limit); ok {
			return part, nil
		}
		return v, Missing(fmt.Sprintf("%s[%d:%d]", name, low, high), redacted)
	}
	if whole := v.Slice(0, high, limit); v.Kind() != reflect.Map && high > v.Len() && int64(whole.Stored()) < high {
		return v, fmt.Errorf("%s[%d:%d] is not in the dump: it holds %d elements",
			name, low, high, whole.Stored())
	}
	if low < high && low >= int64(v.Stored()) && !v.IsNil() {
		part := fmt.Sprintf("%s[%d:%d]", name, low, high)
		return v, notStored(v, name, part)
	}
	if v.Kind() == reflect.Map {
		return v.Sorted().Entries(low, high), nil
	}
	return v.Slice(low, high, limit), nil
}

// shownBytes returns bytes low to high of a slice or array of bytes with redacted parts:
// those before the first part, or behind the last.
func shownBytes(v dump.Value, low, high, limit int64) (part dump.Value, ok bool) {
	text, isText := v.Text()
	first := int64(strings.Index(text, notation.Mask))
	if !isText || first < 0 || v.Kind() == reflect.String {
		return part, false
	}
	_, _, after, _ := notation.CutMask(text[strings.LastIndex(text, notation.Mask):])
	last := int64(len(text) - len(after))
	behind := v.Len() - (int64(len(text)) - last) // where the bytes behind it begin
	switch {
	case high <= first:
		text = text[low:first]
	case low >= behind && high <= v.Len():
		text = text[low+int64(len(text))-v.Len():]
	default:
		return part, false
	}
	return v.OfShown(text, low, limit).Slice(0, high-low, limit-low), true
}
