package views

import (
	"fmt"
	"math/big"
	"reflect"

	"coredumpy/internal/dump"
)

// How package math/big keeps numbers: src/math/big/int.go, rat.go, float.go, Go 1.24 to 1.27.

// maxDecimal is how many bits a number may have to be shown in decimal, which takes a time that
// grows with their square.
const maxDecimal = 1 << 14

// ofBigInt shows a big.Int.
func ofBigInt(r *Reader, v dump.Value) (view View, ok bool) {
	n, ok := r.bigInt(v)
	if !ok {
		return view, false
	}
	return View{Text: r.decimal(n)}, true
}

// decimal returns the start of a number in decimal, and of a large one in hex.
func (r *Reader) decimal(n *big.Int) string {
	if n.BitLen() <= maxDecimal {
		return shortened(n.String(), r.longest)
	}
	high := new(big.Int).Rsh(n, uint(n.BitLen()-maxDecimal)) // of what follows nothing is shown
	return fmt.Sprintf("%s (of %d bits)", shortened(fmt.Sprintf("%#x", high), r.longest), n.BitLen())
}

// shortened returns the start of a number that is longer than most characters.
func shortened(digits string, most int) string {
	if most = max(most, 20); len(digits) > most {
		return fmt.Sprintf("%s...+%d more", digits[:most], len(digits)-most)
	}
	return digits
}

// bigInt reads a big.Int.
func (r *Reader) bigInt(v dump.Value) (n *big.Int, ok bool) {
	neg, ok1 := at(v, "neg", reflect.Bool)
	abs, ok2 := at(v, "abs", reflect.Slice)
	if !ok1 || !ok2 {
		return nil, false
	}
	if n, ok = r.nat(abs); ok && neg.Bool() {
		n.Neg(n)
	}
	return n, ok
}

// nat reads a nat: the words of a number, the low one first.
func (r *Reader) nat(v dump.Value) (n *big.Int, ok bool) {
	size := int(v.Type().Elem().Size())
	words := v.Stored()
	if v.IsNil() {
		return new(big.Int), true
	}
	if size != 4 && size != 8 || int64(words) != v.Len() || words > r.left {
		return nil, false
	}
	r.left -= words
	b := make([]byte, words*size)
	for i := range words {
		w := v.Index(i)
		if !w.Valid() {
			return nil, false
		}
		for k := range size {
			b[len(b)-1-i*size-k] = byte(w.Uint() >> (8 * k))
		}
	}
	return new(big.Int).SetBytes(b), true
}

// ofBigRat shows a big.Rat.
func ofBigRat(r *Reader, v dump.Value) (view View, ok bool) {
	a, ok1 := fieldOf(v, "a")
	b, ok2 := fieldOf(v, "b")
	if !ok1 || !ok2 {
		return view, false
	}
	num, ok1 := r.bigInt(a)
	denom, ok2 := r.bigInt(b)
	if !ok1 || !ok2 {
		return view, false
	}
	if denom.Sign() == 0 { // stands for 1
		denom.SetInt64(1)
	}
	return View{Text: r.decimal(num) + "/" + r.decimal(denom)}, true
}

// The forms of a big.Float.
const (
	floatZero = iota
	floatFinite
	floatInf
)

// ofBigFloat shows a big.Float as its method String does.
func ofBigFloat(r *Reader, v dump.Value) (view View, ok bool) {
	prec, ok1 := at(v, "prec", reflect.Uint32)
	form, ok2 := at(v, "form", reflect.Uint8)
	neg, ok3 := at(v, "neg", reflect.Bool)
	mant, ok4 := at(v, "mant", reflect.Slice)
	exp, ok5 := at(v, "exp", reflect.Int32)
	if !ok1 || !ok2 || !ok3 || !ok4 || !ok5 {
		return view, false
	}
	f := new(big.Float)
	switch form.Uint() {
	case floatZero:
	case floatInf:
		f.SetInf(false)
	case floatFinite:
		const most = 1 << 16 // bits of an exponent: in decimal, it takes long
		n, ok := r.nat(mant)
		if !ok || n.Sign() == 0 || n.BitLen() > maxDecimal || exp.Int() > most || exp.Int() < -most ||
			prec.Uint() == 0 || prec.Uint() > maxDecimal {
			return view, false
		}
		f.SetPrec(uint(prec.Uint())).SetInt(n)
		f.SetMantExp(f, int(exp.Int())-n.BitLen())
	default:
		return view, false
	}
	if neg.Bool() {
		f.Neg(f)
	}
	return View{Text: f.Text('g', 10)}, true
}
