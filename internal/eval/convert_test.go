package eval_test

import (
	"testing"

	"coredumpy/internal/dump"
)

func TestConversions(t *testing.T) {
	run(t, []test{
		{`string(by)`, `"abc"`},
		{`string(by[1:])`, `"bc"`},
		{`string(byraw)`, `"\xff\x00A"`},
		{`string(runes)`, "\"hé\ufffd\""},
		{`string(bynil)`, `""`},
		{`string(anyby)`, `error: can not convert "anyby" to string`},
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
		{`string(cut)`, `"abcdef...+94 more"`},
		{`string(bysecret)`, `"***redacted***"`},
		{`string(secret)`, `"x***redacted***"`},
		{`string(lost)`, `error: lost is optimized out`},
		{`string(a)`, `error: can not convert "a" to string`},
		{`string(f)`, `error: can not convert "f" to string`},
		{`string(1.5)`, `error: can not convert "1.5" to string`},
		{`string(yes)`, `error: can not convert "yes" to string`},
		{`interface{}(nilerr)`, `interface {} nil`},
		{`interface{}(anyint)`, `interface {}(int) 5`},
		{`string(nil)`, `error: can not convert "nil" to string`},
		{`string()`, `error: a conversion to string takes one value, not 0`},
		{`float64(n) / 2`, `1.5`},
		{`float32(1152921573326323713)`, `1152921600000000000`},
		{`tenth32*0 + 1152921573326323713`, `1152921600000000000`},
		{`any(n)`, `interface {}(int) 3`},
		{`[]any{1}`, `[]interface {} len: 1, cap: 1, [1]`},
		{`float64(tenth32)`, `0.10000000149011612`},
		{`float32(tenth)`, `0.1`},
		{`float32(1e39)`, `error: can not convert "1e39" to float32`},
		{`float64(nan)`, `NaN`},
		{`int(f)`, `1`},
		{`int(degrees)`, `-2`},
		{`uint8(degrees)`, `error: can not convert "degrees" to uint8: -2.75 is out of its range`},
		{`float64(degrees) + f`, `-1.25`},
		{`int(2.0)`, `2`},
		{`int(1.5)`, `1`},
		{`int8(u)`, `-1`},
		{`uint8(-n)`, `253`},
		{`byte(300)`, `44`},
		{`rune(u) + 1`, `256`},
		{`uint64(n) << 62`, `13835058055282163712`},
		{`int(anyint) + n`, `error: can not convert "anyint" to int`},
		{`int(anyint.(int)) + n`, `8`},
		{`int(s)`, `error: can not convert "s" to int`},
		{`bool(yes)`, `true`},
		{`bool(1)`, `error: can not convert "1" to bool`},
		{`complex64(z128) == z64`, `true`},
		{`complex128(n)`, `(3 + 0i)`},
		{`complex128(1) == 1`, `true`},
		{`int(pt)`, `error: can not convert "pt" to int`},
		{`int(&t)`, `error: can not convert "&t" to int`},
		{`main.T(t)`, `main.T {A: 1, B: 2}`},
	})
	s := scope(t)
	local := s.Local
	s.Local = func(name string) (dump.Value, bool) {
		if name == "string" {
			name = "s"
		}
		return local(name)
	}
	if got, want := show(evaluated("string(by)", s)), "error: function calls not allowed without using 'call': string can't run in a dump"; got != want {
		t.Errorf("got %s for a variable called string, want %s", got, want)
	}
}
