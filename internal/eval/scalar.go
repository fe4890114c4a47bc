package eval

import (
	"fmt"
	"go/constant"
	"go/token"
	"math"
	"math/big"
	"reflect"

	"coredumpy/internal/dump"
)

func isUnsigned(k reflect.Kind) bool { return k >= reflect.Uint && k <= reflect.Uintptr }

func isInteger(k reflect.Kind) bool { return k >= reflect.Int && k <= reflect.Uintptr }

func isFloat(k reflect.Kind) bool { return k == reflect.Float32 || k == reflect.Float64 }

func isComplex(k reflect.Kind) bool { return k == reflect.Complex64 || k == reflect.Complex128 }

// isScalar reports whether arithmetic or < is defined for values of a kind.
func isScalar(k reflect.Kind) bool {
	return k >= reflect.Bool && k <= reflect.Complex128 || k == reflect.String
}

// scalar returns the value of a value or constant of a basic type. Infinities, NaN and -0
// become 0: see [float].
func (op *operand) scalar() (constant.Value, error) {
	if op.c != nil {
		return op.c, nil
	}
	if err := op.settled(); err != nil {
		return nil, err
	}
	if err := present(op.v, op.src); err != nil {
		return nil, err
	}
	switch k := op.v.Kind(); {
	case k == reflect.Bool:
		return constant.MakeBool(op.v.Bool()), nil
	case isInteger(k):
		return integerConstant(op.v), nil
	case isFloat(k):
		return floatConstant(op.v.Float()), nil
	case isComplex(k):
		z := op.v.Complex()
		return constant.BinaryOp(floatConstant(real(z)), token.ADD, constant.MakeImag(floatConstant(imag(z)))), nil
	}
	text, err := wholeText(op.v, op.src)
	return constant.MakeString(text), err
}

func integerConstant(v dump.Value) constant.Value {
	if isUnsigned(v.Kind()) {
		return constant.MakeUint64(v.Uint())
	}
	return constant.MakeInt64(v.Int())
}

func floatConstant(f float64) constant.Value {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		f = 0
	}
	return constant.MakeFloat64(f)
}

// float returns a number, which may be NaN, infinite, or -0, unlike a constant.
func (op *operand) float() float64 {
	if op.c != nil {
		f, _ := constant.Float64Val(constant.ToFloat(op.c))
		return f
	}
	return op.v.Float()
}

// complex is float for complex numbers.
func (op *operand) complex() complex128 {
	if op.c == nil {
		return op.v.Complex()
	}
	c := constant.ToComplex(op.c)
	r, _ := constant.Float64Val(constant.Real(c))
	i, _ := constant.Float64Val(constant.Imag(c))
	return complex(r, i)
}

// typed returns a constant as a value of type t, which can represent it.
func typed(c constant.Value, t *dump.Type) dump.Value {
	switch k := t.Kind(); {
	case k == reflect.Bool:
		return t.OfBool(constant.BoolVal(c))
	case k == reflect.String:
		return t.OfText(constant.StringVal(c))
	case isInteger(k):
		return integerOf(t, constant.ToInt(c))
	case isFloat(k):
		return floatOf(t, c)
	}
	return complexOf(t, c)
}

// integerOf returns the low bytes of an integer as a value of type t.
func integerOf(t *dump.Type, c constant.Value) dump.Value {
	c = wrap(c, t)
	if isUnsigned(t.Kind()) {
		n, _ := constant.Uint64Val(c)
		return t.OfUint(n)
	}
	n, _ := constant.Int64Val(c)
	return t.OfInt(n)
}

func floatOf(t *dump.Type, c constant.Value) dump.Value { return t.OfFloat(nearest(c, t)) }

func complexOf(t *dump.Type, c constant.Value) dump.Value {
	z := constant.ToComplex(c)
	return t.OfComplex(complex(nearest(constant.Real(z), t), nearest(constant.Imag(z), t)))
}

// nearest returns a constant, or a part of one, with the precision of type t. It is rounded
// once: a float64 in between may lie in the middle of two float32, where the constant doesn't.
func nearest(c constant.Value, t *dump.Type) float64 {
	c = constant.ToFloat(c)
	if k := t.Kind(); k == reflect.Float32 || k == reflect.Complex64 {
		f, _ := constant.Float32Val(c)
		return float64(f)
	}
	f, _ := constant.Float64Val(c)
	return f
}

// rounded returns a float, or a part of a complex number, with the precision of type t.
func rounded(f float64, t *dump.Type) float64 {
	if k := t.Kind(); k == reflect.Float32 || k == reflect.Complex64 {
		return float64(float32(f))
	}
	return f
}

// truncated returns a number without its fraction.
func truncated(c constant.Value) constant.Value {
	if n := constant.ToInt(c); n.Kind() == constant.Int {
		return n
	}
	f, _ := constant.Float64Val(c)
	return constant.ToInt(constant.MakeFloat64(math.Trunc(f)))
}

// wordOf returns an integer's low 64 bits.
func wordOf(c constant.Value) uint64 {
	if n, exact := constant.Int64Val(c); exact {
		return uint64(n)
	}
	n, _ := constant.Uint64Val(c)
	return n
}

// bitsOf returns the number of bits of an integer type.
func bitsOf(t *dump.Type) uint {
	switch t.Kind() {
	case reflect.Int8, reflect.Uint8:
		return 8
	case reflect.Int16, reflect.Uint16:
		return 16
	case reflect.Int32, reflect.Uint32:
		return 32
	case reflect.Int, reflect.Uint, reflect.Uintptr:
		if t.Size() == 4 {
			return 32
		}
	}
	return 64
}

// wrap keeps the low bits of an integer that type t has.
func wrap(c constant.Value, t *dump.Type) constant.Value {
	n := new(big.Int)
	switch v := constant.Val(c).(type) {
	case int64:
		n.SetInt64(v)
	case *big.Int:
		n.Set(v)
	default:
		return c
	}
	bits := bitsOf(t)
	one := big.NewInt(1)
	n.And(n, new(big.Int).Sub(new(big.Int).Lsh(one, bits), one))
	if !isUnsigned(t.Kind()) && n.Bit(int(bits)-1) == 1 {
		n.Sub(n, new(big.Int).Lsh(one, bits))
	}
	return constant.Make(n)
}

// representable reports whether type t can represent a constant, which is rounded if it is
// a float (Go specification, Representability).
func representable(c constant.Value, t *dump.Type) bool {
	switch k := t.Kind(); {
	case k == reflect.Bool:
		return c.Kind() == constant.Bool
	case k == reflect.String:
		return c.Kind() == constant.String
	case isInteger(k):
		n := constant.ToInt(c)
		return n.Kind() == constant.Int && constant.Compare(n, token.EQL, wrap(n, t))
	case isFloat(k):
		f := constant.ToFloat(c)
		if f.Kind() != constant.Float && f.Kind() != constant.Int {
			return false
		}
		return !math.IsInf(nearest(f, t), 0)
	case isComplex(k):
		z := constant.ToComplex(c)
		return z.Kind() == constant.Complex || z.Kind() == constant.Int || z.Kind() == constant.Float
	}
	return false
}

// inRange reports whether an untyped constant is of a size to calculate with: very big and
// very small numbers take long.
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

// checked returns a computed constant, of a named constant's type or untyped.
func checked(c constant.Value, t *dump.Type) (operand, error) {
	switch {
	case c.Kind() == constant.Unknown, t == nil && !inRange(c):
		return operand{}, fmt.Errorf("the result is out of range")
	case t != nil && !representable(c, t):
		return operand{}, fmt.Errorf("the result %v is out of the range of %s", c, t)
	}
	return operand{c: c, typ: t}, nil
}
