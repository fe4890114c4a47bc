package pretty

import (
	"fmt"
	"go/constant"
	"math"
	"strconv"

	"coredumpy/internal/views"
)

// Constant returns a constant on a line.
func Constant(c constant.Value, o Options) string {
	switch c.Kind() {
	case constant.String:
		text := constant.StringVal(c)
		return views.Quoted(text, o.String, int64(len(text)))
	case constant.Float:
		return constantFloat(c)
	case constant.Complex:
		return fmt.Sprintf("(%s + %si)", constantFloat(constant.Real(c)), constantFloat(constant.Imag(c)))
	}
	return c.ExactString()
}

func constantFloat(c constant.Value) string {
	f, _ := constant.Float64Val(c)
	if math.IsInf(f, 0) {
		return c.String()
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}
