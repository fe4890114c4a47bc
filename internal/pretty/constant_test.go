package pretty

import (
	"go/constant"
	"go/token"
	"testing"
)

func TestConstant(t *testing.T) {
	huge := constant.Shift(constant.MakeInt64(1), token.SHL, 2000)
	tests := []struct {
		c    constant.Value
		want string
	}{
		{constant.MakeString("ab\u202e"), `"ab\u202e"`},
		{constant.MakeString("abcdefgh"), `"abcde...+3 more"`},
		{constant.MakeBool(true), "true"},
		{constant.MakeInt64(-7), "-7"},
		{constant.MakeFloat64(0.1), "0.1"},
		{constant.ToFloat(huge), constant.ToFloat(huge).String()},
		{constant.ToComplex(constant.MakeFloat64(1.5)), "(1.5 + 0i)"},
	}
	for _, tt := range tests {
		if got := Constant(tt.c, Options{String: 5}); got != tt.want {
			t.Errorf("%v: got %s, want %s", tt.c, got, tt.want)
		}
	}
}
