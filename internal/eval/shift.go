package eval

import (
	"errors"
	"fmt"
	"go/constant"
	"go/token"
	"math"
	"reflect"

	"coredumpy/internal/caveat"
	"coredumpy/internal/dump"
)

// shift evaluates x << y and x >> y.
func shift(x operand, op token.Token, y operand) (operand, error) {
	unfit := fmt.Errorf("shift of type %s", kindName(&x))
	switch {
	case x.null || y.null:
		return x, inapplicable(op, &operand{null: true})
	case !x.isWhole() && !isAddress(x.kind()), x.c != nil && !isInteger(x.kind()) && !y.isWhole():
		return x, unfit
	case !y.isWhole(), !x.isWhole() && !isInteger(y.kind()):
		return x, fmt.Errorf("shift count type %s, must be unsigned integer", kindName(&y))
	case !x.isWhole():
		if n, err := y.scalar(); err == nil && constant.Sign(constant.ToInt(n)) < 0 {
			return x, errNegativeShift
		}
		return x, unfit
	}
	if x.retyped != nil && !x.v.Valid() {
		return deferredShift(x, op, y, nil)
	}
	a, b, err := scalars(&x, &y)
	if err != nil {
		return x, err
	}
	a, b = constant.ToInt(a), constant.ToInt(b)
	if constant.Sign(b) < 0 {
		return x, errNegativeShift
	}
	n, exact := constant.Uint64Val(b)
	if !exact {
		n = math.MaxUint64
	}
	if n > maxShift {
		if x.c != nil && y.c != nil && op == token.SHL {
			return x, fmt.Errorf("shift by %v bits is more than %d", b, maxShift)
		}
		n = maxShift // every shift over 64 shifts out all bits
	}
	c := constant.Shift(a, op, uint(n))
	switch {
	case x.retyped != nil || x.isUntyped() && y.c == nil:
		return deferredShift(x, op, y, c)
	case x.c == nil:
		return valued(typed(c, x.v.Type())), nil
	case y.c == nil:
		return valued(typed(c, x.typ)), nil
	}
	r, err := checked(c, x.typ)
	r.isRune = x.isRune
	return r.named(), err
}

// deferredShift returns the result c of a shift whose left operand has no type of its own. This isn't
// a constant: the operand has the type that it would have without the shift, which is int, or rune, if
// nothing says otherwise (Go specification, Operators).
func deferredShift(x operand, op token.Token, y operand, c constant.Value) (operand, error) {
	retyped := func(t *dump.Type) (r operand, err error) {
		if !isInteger(t.Kind()) {
			return r, fmt.Errorf("shifted operand %s (type %s) must be integer", x.src, t)
		}
		left := x
		if err := left.become(t); err != nil {
			return r, err
		}
		if left.c != nil {
			left = valued(typed(left.c, t))
		}
		return shift(left, op, y)
	}
	switch {
	case x.retyped != nil && c == nil:
		return operand{v: x.v, retyped: retyped}, nil
	case x.retyped != nil:
		return operand{v: integerOf(x.v.Type(), c), retyped: retyped}, nil
	}
	t := y.v.Type().OfKind(reflect.Int)
	if x.isRune {
		t = t.OfKind(reflect.Int32)
	}
	r, err := retyped(t)
	return unsettled(r, err, t, retyped), nil
}

// unsettled returns a result of type t that may get another type. If type t doesn't fit, another may:
// until then the result has no value.
func unsettled(r operand, err error, t *dump.Type, retyped func(t *dump.Type) (operand, error)) operand {
	if err != nil {
		r = valued(t.Without(caveat.Of(err)))
	}
	r.retyped = retyped
	return r
}

// settled returns the error for an operand that only another type would give a value, see unsettled.
func (op *operand) settled() error {
	if op.retyped != nil && !op.v.Valid() {
		return errors.New(op.v.Reason().String())
	}
	return nil
}

// asRune gives the result of a shift the type rune if the other operand is a rune, or becomes one.
func (op *operand) asRune(other *operand) (err error) {
	isRune := other.isUntyped() && other.isRune || other.retyped != nil && other.kind() == reflect.Int32
	if op.retyped == nil || !isRune || op.kind() == reflect.Int32 {
		return nil
	}
	retyped := op.retyped
	*op, err = op.as(op.v.Type().OfKind(reflect.Int32))
	op.retyped = retyped
	return err
}

// as returns the operand with the type t, if it has a type only because nothing says otherwise.
func (op operand) as(t *dump.Type) (operand, error) {
	if k := t.Kind(); op.retyped == nil || !isInteger(k) && !isFloat(k) && !isComplex(k) {
		return op, nil
	}
	src := op.src
	op, err := op.retyped(t)
	op.src = src
	return op, err
}

// isWhole reports whether the operand is an integer, or a constant with the value of one.
func (op *operand) isWhole() bool {
	return isInteger(op.kind()) || op.isUntyped() && constant.ToInt(op.c).Kind() == constant.Int
}
