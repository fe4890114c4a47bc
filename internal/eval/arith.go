package eval

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"math"
	"math/big"
	"reflect"

	"coredumpy/internal/caveat"
)

const (
	maxText  = 1 << 20 // bytes of a string that + may make
	maxShift = 512     // bits that << may shift an untyped constant
)

func (e *evaluation) unary(n *ast.UnaryExpr) (operand, error) {
	op, err := e.eval(n.X)
	if err != nil {
		return op, err
	}
	if n.Op == token.AND {
		return addressOf(op)
	}
	c, err := constantOf(op)
	if err != nil {
		return op, err
	}
	k := c.Const.Kind()
	number := k == constant.Int || k == constant.Float || k == constant.Complex
	switch {
	case n.Op == token.NOT && k == constant.Bool:
	case (n.Op == token.ADD || n.Op == token.SUB) && number:
	case n.Op == token.XOR && k == constant.Int:
	default:
		return op, fmt.Errorf("operator %s is not supported on %s", n.Op, op.src)
	}
	if n.Op == token.SUB && isFloat(c.kind) && c.Type != "" && constant.Sign(c.Const) == 0 {
		return op, negativeZero("-" + op.src)
	}
	c.Const = constant.UnaryOp(n.Op, c.Const, 0)
	return c.wrapped()
}

func addressOf(op operand) (operand, error) {
	v, err := op.value()
	if err != nil {
		return op, fmt.Errorf("cannot take the address of %s", op.src)
	}
	if v.Addr() == 0 {
		return op, fmt.Errorf("cannot take the address of %s: it is not in the dump", op.src)
	}
	op.Address = true
	return op, nil
}

func (e *evaluation) binary(n *ast.BinaryExpr) (operand, error) {
	x, err := e.eval(n.X)
	if err != nil {
		return x, err
	}
	if n.Op == token.LAND || n.Op == token.LOR {
		c, err := constantOf(x)
		if err != nil {
			return x, err
		}
		if c.Const.Kind() == constant.Bool && constant.BoolVal(c.Const) == (n.Op == token.LOR) {
			return c, nil
		}
	}
	y, err := e.eval(n.Y)
	if err != nil {
		return x, err
	}
	if n.Op == token.EQL || n.Op == token.NEQ {
		same, err := equal(x, y)
		return boolResult(same == (n.Op == token.EQL)), err
	}
	if x, err = constantOf(x); err != nil {
		return x, err
	}
	if y, err = constantOf(y); err != nil {
		return y, err
	}
	if n.Op == token.SHL || n.Op == token.SHR {
		return shift(x, n.Op, y)
	}
	if err := unify(&x, &y); err != nil {
		return x, err
	}
	return compute(x, n.Op, y)
}

func boolResult(b bool) (op operand) {
	op.Const, op.Type, op.kind = constant.MakeBool(b), "bool", reflect.Bool
	return op
}

// compute evaluates x op y; they have the same type.
func compute(x operand, op token.Token, y operand) (operand, error) {
	k := x.Const.Kind()
	integers := k == constant.Int && y.Const.Kind() == constant.Int && !isFloat(x.kind)
	numbers := k != constant.Bool && k != constant.String
	unsupported := fmt.Errorf("operator %s is not supported on %s", op, x.src)
	switch op {
	case token.LAND, token.LOR:
		if k != constant.Bool {
			return x, unsupported
		}
	case token.LSS, token.LEQ, token.GTR, token.GEQ:
		if k == constant.Bool || k == constant.Complex || y.Const.Kind() == constant.Complex {
			return x, unsupported
		}
		return boolResult(constant.Compare(x.Const, op, y.Const)), nil
	case token.ADD:
		if k == constant.Bool {
			return x, unsupported
		}
		if k == constant.String && len(constant.StringVal(x.Const))+len(constant.StringVal(y.Const)) > maxText {
			return x, fmt.Errorf("string of more than %d bytes", maxText)
		}
	case token.SUB, token.MUL:
		if !numbers {
			return x, unsupported
		}
	case token.QUO, token.REM:
		if !numbers || op == token.REM && !integers {
			return x, unsupported
		}
		if constant.Compare(y.Const, token.EQL, constant.MakeInt64(0)) {
			return x, fmt.Errorf("division by zero: %s is 0", y.src)
		}
		if op == token.QUO && integers {
			op = token.QUO_ASSIGN // go/constant's name for integer division
		}
	case token.AND, token.OR, token.XOR, token.AND_NOT:
		if !integers {
			return x, unsupported
		}
	default:
		return x, unsupported
	}
	negative := (op == token.MUL || op == token.QUO) && (constant.Sign(x.Const) < 0) != (constant.Sign(y.Const) < 0)
	x.Const = constant.BinaryOp(x.Const, op, y.Const)
	x, err := x.wrapped()
	if err == nil && negative && isFloat(x.kind) && x.Type != "" && constant.Sign(x.Const) == 0 {
		return x, negativeZero("the result")
	}
	return x, err
}

// negativeZero is the error of a value that go/constant doesn't have.
func negativeZero(name string) error {
	return fmt.Errorf("%s is -0: arithmetic with it is not supported", name)
}

func shift(x operand, op token.Token, y operand) (operand, error) {
	n, err := integer(y)
	if err != nil || n < 0 || x.Const.Kind() != constant.Int {
		return x, fmt.Errorf("operator %s is not supported on %s and %s", op, x.src, y.src)
	}
	if x.Type == "" && y.Type != "" {
		// Not a constant shift: x has the type that it would have without, and int if
		// there is nothing that says so (spec, Operators).
		x.Type, x.kind, x.size, x.shifted = "int", reflect.Int, 8, true
		if !representable(x.Const, x.kind, x.size) {
			return x, fmt.Errorf("cannot use %s as int value", x.src)
		}
	}
	if n > maxShift {
		if x.Type == "" && op == token.SHL {
			return x, fmt.Errorf("shift by %d bits is more than %d", n, maxShift)
		}
		n = maxShift // whatever is over 64 shifts all out
	}
	x.Const = constant.Shift(x.Const, op, uint(n))
	return x.wrapped()
}

// unify gives an untyped operand the type of the other one.
func unify(x, y *operand) error {
	switch {
	case x.Type != "" && y.Type != "":
		for _, op := range [][2]*operand{{x, y}, {y, x}} {
			if c, like := op[0], op[1]; c.shifted && !like.shifted && like.kind >= reflect.Int &&
				like.kind <= reflect.Uintptr {
				c.Type, c.kind, c.size, c.shifted = like.Type, like.kind, like.size, false
				c.Const = wrap(c.Const, c.kind, c.size)
			}
		}
		if x.Type != y.Type {
			return fmt.Errorf("mismatched types %s and %s", x.Type, y.Type)
		}
		return nil
	case x.Type != "":
		return convert(y, x)
	case y.Type != "":
		return convert(x, y)
	}
	if a, b := x.Const.Kind(), y.Const.Kind(); a != b && (a <= constant.String || b <= constant.String) {
		return fmt.Errorf("mismatched constants %s and %s", x.src, y.src)
	}
	return nil
}

// convert gives the untyped operand c the type of like, and its precision.
func convert(c, like *operand) error {
	mismatch := fmt.Errorf("cannot use %s as %s value", c.src, like.Type)
	if !representable(c.Const, like.kind, like.size) {
		return mismatch
	}
	if isFloat(like.kind) {
		c.Const = constant.ToFloat(c.Const)
	} else if like.Const.Kind() == constant.Int {
		c.Const = constant.ToInt(c.Const)
	}
	c.Type, c.kind, c.size = like.Type, like.kind, like.size
	converted, err := c.wrapped()
	if err != nil {
		return mismatch
	}
	*c = converted
	return nil
}

func isFloat(k reflect.Kind) bool { return k == reflect.Float32 || k == reflect.Float64 }

// representable reports whether a constant fits a type of a kind and size.
func representable(c constant.Value, k reflect.Kind, size int64) bool {
	switch {
	case k == reflect.Bool:
		return c.Kind() == constant.Bool
	case k == reflect.String:
		return c.Kind() == constant.String
	case k >= reflect.Int && k <= reflect.Uintptr:
		n := constant.ToInt(c)
		return n.Kind() == constant.Int && constant.Compare(n, token.EQL, wrap(n, k, size))
	case isFloat(k):
		return c.Kind() == constant.Int || c.Kind() == constant.Float
	case k == reflect.Complex64 || k == reflect.Complex128:
		return c.Kind() >= constant.Int
	}
	return false
}

// wrapped gives a computed constant the range and precision of its type.
func (op operand) wrapped() (operand, error) {
	switch {
	case op.Const.Kind() == constant.Unknown, op.Type == "" && !inRange(op.Const):
		return op, fmt.Errorf("the result is out of range")
	case op.Type == "":
	case op.kind >= reflect.Int && op.kind <= reflect.Uintptr:
		op.Const = wrap(constant.ToInt(op.Const), op.kind, op.size)
	case isFloat(op.kind):
		op.Const = rounded(op.Const, op.kind == reflect.Float32)
	case op.kind == reflect.Complex64 || op.kind == reflect.Complex128:
		single := op.kind == reflect.Complex64
		im := constant.MakeImag(rounded(constant.Imag(op.Const), single))
		op.Const = constant.BinaryOp(rounded(constant.Real(op.Const), single), token.ADD, im)
	}
	if op.Const.Kind() == constant.Unknown {
		return op, fmt.Errorf("the result is infinite")
	}
	return op, nil
}

// rounded is c with the precision of a float64, or of a float32 if single.
func rounded(c constant.Value, single bool) constant.Value {
	if single {
		f, _ := constant.Float32Val(c)
		return constant.MakeFloat64(float64(f))
	}
	f, _ := constant.Float64Val(c)
	return constant.MakeFloat64(f)
}

// inRange reports whether an untyped constant is one to calculate with: big
// numbers take long, and very small ones as well.
func inRange(c constant.Value) bool {
	switch c.Kind() {
	case constant.Int:
		return constant.BitLen(c) <= 2*maxShift
	case constant.Float:
		f, _ := constant.Float64Val(c)
		return !math.IsInf(f, 0) && (f != 0 || constant.Sign(c) == 0)
	case constant.Complex:
		return inRange(constant.Real(c)) && inRange(constant.Imag(c))
	}
	return c.Kind() != constant.Unknown
}

// wrap keeps the low bytes of an integer.
func wrap(c constant.Value, k reflect.Kind, size int64) constant.Value {
	n := new(big.Int)
	switch v := constant.Val(c).(type) {
	case int64:
		n.SetInt64(v)
	case *big.Int:
		n.Set(v)
	default:
		return c
	}
	bits := uint(size * 8)
	one := big.NewInt(1)
	n.And(n, new(big.Int).Sub(new(big.Int).Lsh(one, bits), one))
	if k <= reflect.Int64 && n.Bit(int(bits)-1) == 1 {
		n.Sub(n, new(big.Int).Lsh(one, bits))
	}
	return constant.Make(n)
}

// sizes of the kinds that have the same everywhere.
var sizes = map[reflect.Kind]int64{
	reflect.Int8: 1, reflect.Int16: 2, reflect.Int32: 4, reflect.Int64: 8,
	reflect.Uint8: 1, reflect.Uint16: 2, reflect.Uint32: 4, reflect.Uint64: 8,
}

// constantOf returns the operand as a constant, if it is of a basic type.
func constantOf(op operand) (operand, error) {
	if op.Const != nil {
		return op, nil
	}
	v, err := op.value()
	if err == nil {
		v, err = inInterface(v, op.src)
	}
	if err == nil {
		err = present(v, op.src)
	}
	if err != nil {
		return op, err
	}
	c := operand{kind: v.Kind(), src: op.src}
	c.Type = v.Type().String()
	switch k := v.Kind(); {
	case k == reflect.Bool:
		c.Const = constant.MakeBool(v.Bool())
	case k >= reflect.Int && k <= reflect.Int64:
		c.Const = constant.MakeInt64(v.Int())
	case k >= reflect.Uint && k <= reflect.Uintptr:
		c.Const = constant.MakeUint64(v.Uint())
	case isFloat(k):
		c.Const = constant.MakeFloat64(v.Float())
		if c.Const.Kind() == constant.Unknown {
			return op, fmt.Errorf("%s is %g: arithmetic with it is not supported", op.src, v.Float())
		}
		if v.Float() == 0 && math.Signbit(v.Float()) {
			return op, negativeZero(op.src)
		}
	case k == reflect.Complex64 || k == reflect.Complex128:
		z := v.Complex()
		if math.IsNaN(real(z)+imag(z)) || math.IsInf(real(z)+imag(z), 0) {
			return op, fmt.Errorf("%s is %g: arithmetic with it is not supported", op.src, z)
		}
		im := constant.MakeImag(constant.MakeFloat64(imag(z)))
		c.Const = constant.BinaryOp(constant.MakeFloat64(real(z)), token.ADD, im)
	case k == reflect.String:
		text, _ := v.Text()
		if v.Redacted() {
			return op, Missing(op.src, redacted)
		}
		if text == "" && v.Len() > 0 && v.Reason().Kind != caveat.None {
			return op, Missing(op.src, v.Reason())
		}
		if int64(len(text)) < v.Len() {
			return op, fmt.Errorf("%s is cut: %d of %d bytes are in the dump", op.src, len(text), v.Len())
		}
		c.Const = constant.MakeString(text)
	default:
		return op, fmt.Errorf("%s (type %s) is not of a basic type", op.src, v.Type())
	}
	c.size = sizeOf(v.Kind(), v.Type().Size())
	return c, nil
}

// sizeOf returns the size of a number in bytes: that of an int is the machine's.
func sizeOf(k reflect.Kind, machine int64) int64 {
	switch size := sizes[k]; {
	case size != 0:
		return size
	case machine == 4:
		return 4
	}
	return 8
}
