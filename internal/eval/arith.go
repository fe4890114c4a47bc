package eval

import (
	"cmp"
	"errors"
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"reflect"
	"strconv"

	"coredumpy/internal/dump"
)

const (
	maxText  = 1 << 20 // bytes of a string that + may produce
	maxShift = 512     // bits that << may shift an untyped constant
)

var (
	errDivided      = errors.New("runtime error: integer divide by zero")
	errDividedFloat = errors.New("division by zero")

	errNegativeShift = errors.New("shift count must not be negative")
)

// inapplicable is the error for an operator that isn't defined for an operand.
func inapplicable(op token.Token, x *operand) error {
	if x.null {
		return fmt.Errorf("operator %s can not be applied to \"nil\"", op)
	}
	return fmt.Errorf("operator %s can not be applied to %q", op, x.src)
}

func (e *evaluation) unary(n *ast.UnaryExpr) (operand, error) {
	op, err := e.eval(n.X)
	if err != nil {
		return op, err
	}
	if n.Op == token.AND {
		return e.addressOf(n.X, op)
	}
	r, err := unary(n.Op, op)
	if r.loose = op.loose && n.Op != token.NOT; op.retyped == nil || n.Op == token.NOT {
		return r, err
	}
	return unsettled(r, err, op.v.Type(), func(t *dump.Type) (operand, error) {
		x, err := op.as(t)
		if err != nil {
			return x, err
		}
		return unary(n.Op, x)
	}), nil
}

// hasSign reports whether an operator with one operand is defined for values of a kind.
func hasSign(sign token.Token, k reflect.Kind) bool {
	switch sign {
	case token.NOT:
		return k == reflect.Bool
	case token.XOR:
		return isInteger(k)
	case token.ADD, token.SUB:
		return isInteger(k) || isFloat(k) || isComplex(k)
	}
	return false
}

// unary evaluates an operator with one operand, but for &.
func unary(sign token.Token, op operand) (_ operand, err error) {
	through := op.kind() == reflect.Interface
	if sign == token.NOT {
		if op, err = op.dynamic(); err != nil {
			return op, err
		}
	}
	k := op.kind()
	switch {
	case hasSign(sign, k):
	case through || sign == token.ARROW:
		return op, inapplicable(sign, &op)
	default:
		return op, invalidUnary(sign, &op)
	}
	c, err := op.scalar()
	if err != nil {
		return op, err
	}
	if op.c != nil {
		var bits uint // of the result, if it has no sign
		if op.typ != nil && sign == token.XOR && isUnsigned(k) {
			bits = uint(8 * op.typ.Size())
		}
		r, err := checked(constant.UnaryOp(sign, c, bits), op.typ)
		return r.named(), err
	}
	t := op.v.Type()
	switch {
	case isFloat(k) && sign == token.SUB:
		return valued(t.OfFloat(-op.v.Float())), nil
	case isComplex(k) && sign == token.SUB:
		return valued(t.OfComplex(-op.v.Complex())), nil
	case isInteger(k) || k == reflect.Bool:
		return valued(typed(constant.UnaryOp(sign, c, 0), t)), nil
	}
	return valued(op.v), nil // +x
}

// invalidUnary is the error for an operator that isn't defined for a value. As in Delve it
// shows the value: a pointer's is its address, a function's its name.
func invalidUnary(op token.Token, x *operand) error {
	k := x.kind()
	if !x.null && x.c == nil && !x.v.Valid() {
		return present(x.v, x.src)
	}
	switch {
	case x.null:
		return inapplicable(op, x)
	case k == reflect.Func:
		return fmt.Errorf("invalid unary operation %s%q", op, x.v.Func().Func)
	case isAddress(k) && op == token.NOT:
		return fmt.Errorf("invalid unary operation %s%d", op, x.v.Pointer())
	case !isScalar(k):
		return inapplicable(op, x)
	}
	c, err := x.scalar()
	if err != nil {
		return err
	}
	return fmt.Errorf("invalid unary operation %s%s", op, shown(c))
}

// maxShown is how many bytes of a text messages show.
const maxShown = 64

// shown returns a value for messages.
func shown(c constant.Value) string {
	if c.Kind() == constant.String {
		text := constant.StringVal(c)
		return strconv.Quote(text[:min(len(text), maxShown)])
	}
	return c.String()
}

// binary evaluates x op y; && and || don't always need y.
func (e *evaluation) binary(n *ast.BinaryExpr) (operand, error) {
	x, err := e.eval(n.X)
	if err != nil {
		return x, err
	}
	if n.Op == token.LAND || n.Op == token.LOR {
		if decided, err := x.decides(n.Op); decided || err != nil {
			return x, err
		}
	}
	y, err := e.eval(n.Y)
	if err != nil {
		return x, err
	}
	switch n.Op {
	case token.EQL, token.NEQ:
		same, err := e.equal(x, y)
		return untyped(constant.MakeBool(same == (n.Op == token.EQL))), err
	case token.SHL, token.SHR:
		r, err := shift(x, n.Op, y)
		r.loose = x.loose
		return r, err
	}
	return e.arithmetic(x, n.Op, y)
}

// decides reports whether a condition is the result of && or ||. The operand becomes the value in
// an interface that it is.
func (op *operand) decides(logical token.Token) (bool, error) {
	unfit := fmt.Errorf("expression %q should be boolean not %s", op.src, kindName(op))
	in, err := op.dynamic()
	if *op = in; err != nil {
		return false, err
	}
	if op.kind() != reflect.Bool {
		return false, unfit
	}
	c, err := op.scalar()
	if err != nil || constant.BoolVal(c) == (logical == token.LAND) {
		return false, err
	}
	*op = operand{v: op.v, c: op.c, typ: op.typ}
	return true, nil
}

// arithmetic evaluates x op y for an operator that needs both, of the same type, and says what may
// still become of the result's type.
func (e *evaluation) arithmetic(x operand, op token.Token, y operand) (operand, error) {
	if err := cmp.Or(x.asRune(&y), y.asRune(&x)); err != nil {
		return x, err
	}
	r, err := e.operate(x, op, y)
	if ordered(op) {
		return r, err
	}
	r.loose = x.loose && (y.loose || y.isUntyped()) || x.isUntyped() && y.loose
	open := (x.isUntyped() || x.retyped != nil) && (y.isUntyped() || y.retyped != nil)
	if !open || x.retyped == nil && y.retyped == nil {
		return r, err
	}
	t := x.v.Type()
	if x.retyped == nil {
		t = y.v.Type()
	}
	return unsettled(r, err, t, func(t *dump.Type) (operand, error) {
		a, aErr := x.as(t)
		b, bErr := y.as(t)
		if err := cmp.Or(aErr, bErr); err != nil {
			return a, err
		}
		return e.operate(a, op, b)
	}), nil
}

// operate evaluates x op y for an operator that needs both, of the same type. Where it orders
// an interface and another value, it uses the value in it, unless that doesn't fit either. Two
// interfaces have no order, as in Go.
func (e *evaluation) operate(x operand, op token.Token, y operand) (operand, error) {
	for _, side := range []*operand{&x, &y} {
		if side.null {
			return x, inapplicable(op, side)
		}
	}
	if ordered(op) && (x.kind() == reflect.Interface) != (y.kind() == reflect.Interface) {
		a, aErr := x.dynamic()
		b, bErr := y.dynamic()
		if aErr == nil && bErr == nil && fit(a, op, b) == nil {
			x, y = a, b
		}
	}
	if err := fit(x, op, y); err != nil {
		return x, err
	}
	if err := unify(&x, &y); err != nil {
		return x, err
	}
	if ordered(op) {
		less, err := order(x, op, y)
		return untyped(constant.MakeBool(less)), err
	}
	return compute(x, op, y)
}

func ordered(op token.Token) bool {
	return op == token.LSS || op == token.LEQ || op == token.GTR || op == token.GEQ
}

// fit returns an error if the types of x and y don't allow x op y.
func fit(x operand, op token.Token, y operand) error {
	if err := unify(&x, &y); err != nil {
		return err
	}
	switch {
	case isScalar(x.kind()):
		return nil
	case ordered(op):
		return fmt.Errorf("operator %s not defined on %s", op, kindName(&x))
	}
	return inapplicable(op, &x)
}

// kindName names the kind of the operand's type as Delve does in messages.
func kindName(op *operand) string {
	if op.null {
		return "ptr"
	}
	switch k := op.kind(); {
	case isUnsigned(k):
		return "uint"
	case isInteger(k):
		return "int"
	default:
		return k.String()
	}
}

// order evaluates x < y and the like for operands of the same basic type.
func order(x operand, op token.Token, y operand) (bool, error) {
	a, b, err := scalars(&x, &y)
	if err != nil {
		return false, err
	}
	switch k := x.kind(); {
	case k == reflect.Bool || isComplex(k) || isComplex(y.kind()) || !alike(a, b):
		return false, fmt.Errorf("invalid comparison %s %s %s", shown(a), op, shown(b))
	case isFloat(k) && (x.c == nil || y.c == nil):
		f, g := x.float(), y.float()
		switch op {
		case token.LSS:
			return f < g, nil
		case token.LEQ:
			return f <= g, nil
		case token.GTR:
			return f > g, nil
		}
		return f >= g, nil
	}
	return constant.Compare(a, op, b), nil
}

// compute evaluates x op y for operands of the same basic type.
func compute(x operand, op token.Token, y operand) (operand, error) {
	a, b, err := scalars(&x, &y)
	if err != nil {
		return x, err
	}
	t := x.typeOfValue()
	if t == nil {
		t = y.typeOfValue()
	}
	k := x.kind()
	if x.isUntyped() && y.isUntyped() {
		k = max(k, y.kind())
	}
	if !applies(op, k) || !alike(a, b) {
		return x, fmt.Errorf("invalid binary operation %s %s %s", shown(a), op, shown(b))
	}
	switch {
	case k == reflect.String && len(constant.StringVal(a))+len(constant.StringVal(b)) > maxText:
		return x, fmt.Errorf("string of more than %d bytes", maxText)
	case isFloat(k) && t != nil && (x.c == nil || y.c == nil):
		f, err := inexact(x.float(), op, y.float(), &y)
		return valued(t.OfFloat(rounded(f, t))), err
	case isComplex(k) && t != nil && (x.c == nil || y.c == nil):
		z, err := inexact(x.complex(), op, y.complex(), &y)
		return valued(t.OfComplex(complex(rounded(real(z), t), rounded(imag(z), t)))), err
	}
	return constantResult(x, y, op, a, b, k, t)
}

// constantResult evaluates x op y for integers, strings and constants. a and b are their
// values, of kind k; t is their type, if they have one.
func constantResult(x, y operand, op token.Token, a, b constant.Value, k reflect.Kind, t *dump.Type) (operand, error) {
	if zero := constant.MakeInt64(0); op == token.QUO || op == token.REM {
		switch {
		case isInteger(k) && constant.Compare(b, token.EQL, zero):
			return x, errDivided
		case constant.Compare(b, token.EQL, zero):
			return x, errDividedFloat
		case isInteger(k):
			a, b = constant.ToInt(a), constant.ToInt(b)
			if op == token.QUO {
				op = token.QUO_ASSIGN // go/constant's name for integer division
			}
		}
	}
	c := constant.BinaryOp(a, op, b)
	if x.c == nil || y.c == nil {
		return valued(typed(c, t)), nil
	}
	r, err := checked(c, t)
	r.isRune = x.isRune || y.isRune
	return r.named(), err
}

// named turns the result of an operation on named constants into a value of their type: Delve
// shows it with the names of its constants.
func (op operand) named() operand {
	if op.c == nil || op.typ == nil {
		return op
	}
	return valued(typed(op.c, op.typ))
}

// typeOfValue returns the operand's type, nil if it is an untyped constant.
func (op *operand) typeOfValue() *dump.Type {
	if op.c != nil {
		return op.typ
	}
	return op.v.Type()
}

// applies reports whether an operator is defined for values of a basic kind.
func applies(op token.Token, k reflect.Kind) bool {
	switch op {
	case token.LAND, token.LOR:
		return k == reflect.Bool
	case token.ADD:
		return k != reflect.Bool
	case token.SUB, token.MUL, token.QUO:
		return k != reflect.Bool && k != reflect.String
	case token.REM, token.AND, token.OR, token.XOR, token.AND_NOT:
		return isInteger(k)
	}
	return false
}

// inexact evaluates f op g. Division by a constant zero, which y is then, is an error as in Go.
func inexact[T float64 | complex128](f T, op token.Token, g T, y *operand) (T, error) {
	switch op {
	case token.ADD:
		return f + g, nil
	case token.SUB:
		return f - g, nil
	case token.MUL:
		return f * g, nil
	}
	if g == 0 && y.c != nil {
		return 0, errDividedFloat
	}
	return f / g, nil
}

// scalars returns the values of two operands.
func scalars(x, y *operand) (a, b constant.Value, err error) {
	if a, err = x.scalar(); err != nil {
		return nil, nil, err
	}
	b, err = y.scalar()
	return a, b, err
}

// unify turns an untyped operand into a constant of the other one's type. It is an error
// if both are typed and their types differ.
func unify(x, y *operand) error {
	a, b := x.typeOfValue(), y.typeOfValue()
	switch {
	case a == nil && b == nil:
		return nil
	case a == nil:
		return x.become(b)
	case b == nil:
		return y.become(a)
	case x.retyped != nil && y.retyped == nil:
		return x.become(b)
	case y.retyped != nil && x.retyped == nil:
		return y.become(a)
	case a == b || a.String() == b.String():
		return nil
	case x.loose && (!y.loose || isFloat(y.kind())):
		return x.become(b)
	case y.loose:
		return y.become(a)
	}
	return fmt.Errorf("mismatched types %q and %q", x.typeOperated(), y.typeOperated())
}

// become gives an untyped constant, or a shifted one, the type t.
func (op *operand) become(t *dump.Type) (err error) {
	if op.retyped != nil {
		*op, err = op.as(t)
		return err
	}
	if op.loose {
		if op.c, err = op.scalar(); err != nil {
			return err
		}
		if op.loose = false; isFloat(op.v.Kind()) && isInteger(t.Kind()) {
			return fmt.Errorf("can not convert %v constant to %s", op.c, operatedName(t))
		}
	}
	if !representable(op.c, t) {
		return fmt.Errorf("can not convert %v constant to %s", op.c, operatedName(t))
	}
	switch k := t.Kind(); {
	case isInteger(k):
		op.c = constant.ToInt(op.c)
	case isFloat(k):
		op.c = constant.MakeFloat64(nearest(op.c, t))
	case isComplex(k):
		z := constant.ToComplex(op.c)
		if op.c = constant.MakeFloat64(nearest(constant.Real(z), t)); constant.Sign(constant.Imag(z)) == 0 {
			break
		}
		im := constant.MakeImag(constant.MakeFloat64(nearest(constant.Imag(z), t)))
		op.c = constant.BinaryOp(op.c, token.ADD, im)
	}
	op.typ = t
	return nil
}

// alike reports whether two constants are both numbers, both strings, or both booleans.
func alike(a, b constant.Value) bool {
	return a.Kind() == b.Kind() || min(a.Kind(), b.Kind()) > constant.String
}
