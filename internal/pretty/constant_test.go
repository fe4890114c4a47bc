package pretty

import (
	"go/constant"
	"go/token"
	"math"
	"testing"

	"coredumpy/internal/dump"
)

func TestConstant(t *testing.T) {
	huge := constant.Shift(constant.MakeInt64(1), token.SHL, 2000)
	tests := []struct {
		c      constant.Value
		single bool
		want   string
	}{
		{constant.MakeString("ab\u202e"), false, `"ab\u202e"`},
		{constant.MakeString("abcdefgh"), false, `"abcde...+3 more"`},
		{constant.MakeBool(true), false, "true"},
		{constant.MakeInt64(-7), false, "-7"},
		{constant.MakeFloat64(0.1), false, "0.1"},
		{constant.MakeFloat64(float64(float32(0.1))), true, "0.1"},
		{constant.MakeFloat64(math.MaxFloat32), true, "340282350000000000000000000000000000000"},
		{constant.ToFloat(huge), false, constant.ToFloat(huge).String()},
		{constant.ToComplex(constant.MakeFloat64(1.5)), false, "(1.5 + 0i)"},
	}
	for _, tt := range tests {
		if got := Constant(tt.c, tt.single, 5); got != tt.want {
			t.Errorf("%v: got %s, want %s", tt.c, got, tt.want)
		}
	}
}

func TestAddress(t *testing.T) {
	for name, want := range map[string]string{"main.T": "(*main.T)(0x0)", "example.com/x.T": `("*example.com/x.T")(0x0)`} {
		if got := Address(dump.Value{}, func(string) string { return name }); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}
