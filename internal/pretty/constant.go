package pretty

import (
	"fmt"
	"go/constant"
	"math"
	"strconv"
	"strings"

	"coredumpy/internal/dump"
)

// Constant returns the text of a computed value, of a string up to most bytes. single says
// that it is a float32 or a complex64.
func Constant(c constant.Value, single bool, most int) string {
	switch c.Kind() {
	case constant.String:
		text := constant.StringVal(c)
		if rest := len(text) - most; rest > 0 {
			text = fmt.Sprintf("%s...+%d more", text[:most], rest)
		}
		return strconv.Quote(text)
	case constant.Float:
		return constantFloat(c, single)
	case constant.Complex:
		re, im := constant.Real(c), constant.Imag(c)
		return fmt.Sprintf("(%s + %si)", constantFloat(re, single), constantFloat(im, single))
	}
	return c.ExactString()
}

func constantFloat(c constant.Value, single bool) string {
	f, _ := constant.Float64Val(c)
	if math.IsInf(f, 0) {
		return c.String()
	}
	bits := 64
	if single {
		bits = 32
	}
	return strconv.FormatFloat(f, 'f', -1, bits)
}

// Address returns the address of a value, as a conversion. Name is that of [Options].
func Address(v dump.Value, name func(string) string) string {
	typ := "*" + name(v.Type().String())
	if strings.Contains(typ, "/") {
		typ = strconv.Quote(typ)
	}
	return fmt.Sprintf("(%s)(%#x)", typ, v.Addr())
}
