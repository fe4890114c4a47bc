package eval_test

import (
	"testing"

	"coredumpy/internal/dump"
	"coredumpy/internal/eval"
)

func TestConversions(t *testing.T) {
	run(t, []test{
		{`string(by)`, `"abc"`},
		{`string(by[1:])`, `"bc"`},
		{`string(byraw)`, `"\xff\x00A"`},
		{`string(runes)`, "\"hé\ufffd\""},
		{`string(bynil)`, `""`},
		{`string(anyby)`, `"abc"`},
		{`string(by) == "abc"`, `true`},
		{`len(string(by) + s)`, `9`},
		{`m[string(by[:1])]`, `1`},
		{`(string)(s)`, `"héllo"`},
		{`string(65)`, `"A"`},
		{`string('é')`, `"é"`},
		{`string(n)`, `"\x03"`},
		{`string(-1)`, "\"\ufffd\""},
		{`string(1<<40)`, "\"\ufffd\""},
		{`string(bycut)`, `error: bycut is cut: 3 of 9 elements are in the dump`},
		{`string(bycut[:3])`, `"abc"`},
		{`string(cut)`, `error: cut is cut: 6 of 100 bytes are in the dump`},
		{`string(bysecret)`, `error: bysecret is redacted`},
		{`string(secret)`, `error: secret is redacted`},
		{`string(lost)`, `error: lost is optimized out`},
		{`string(a)`, `error: a (type []string) is not of a basic type`},
		{`string(f)`, `error: cannot convert f (type float64) to string`},
		{`string(1.5)`, `error: cannot convert 1.5 to string`},
		{`string(yes)`, `error: cannot convert yes (type bool) to string`},
		{`string(nil)`, `error: nil has no type`},
		{`string()`, `error: string takes one argument, not 0`},
		{`float64(n) / 2`, `1.5`},
		{`float64(tenth32)`, `0.10000000149011612`},
		{`float32(tenth)`, `0.1`},
		{`float32(1e39)`, `error: the result is infinite`},
		{`float64(nan)`, `error: nan is NaN: arithmetic with it is not supported`},
		{`int(f)`, `1`},
		{`int(degrees)`, `-2`},
		{`uint8(degrees)`, `error: cannot convert degrees to uint8: -2.75 is out of its range`},
		{`float64(degrees) + f`, `-1.25`},
		{`int(2.0)`, `2`},
		{`int(1.5)`, `error: cannot convert 1.5 to int`},
		{`int8(u)`, `-1`},
		{`uint8(-n)`, `253`},
		{`byte(300)`, `error: cannot convert 300 to uint8`},
		{`rune(u) + 1`, `256`},
		{`uint64(n) << 62`, `13835058055282163712`},
		{`int(anyint) + n`, `8`},
		{`int(s)`, `error: cannot convert s (type string) to int`},
		{`bool(yes)`, `true`},
		{`bool(1)`, `error: cannot convert 1 to bool`},
		{`complex64(z128) == z64`, `true`},
		{`complex128(n)`, `error: cannot convert n (type int) to complex128`},
		{`complex128(1) == 1`, `true`},
		{`int(pt)`, `error: pt (type *main.T) is not of a basic type`},
		{`int(&t)`, `error: &t is an address: use it with * or a field`},
		{`main.T(t)`, `error: cannot call main.T: only len, cap and conversions to basic types are supported`},
	})
	s := scope(t)
	local := s.Local
	s.Local = func(name string) (dump.Value, bool) {
		if name == "string" {
			name = "s"
		}
		return local(name)
	}
	if got, want := show(eval.Eval("string(by)", s)), "error: cannot call string: only len, cap and conversions to basic types are supported"; got != want {
		t.Errorf("got %s for a variable called string, want %s", got, want)
	}
}
