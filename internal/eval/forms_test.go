package eval_test

import (
	"slices"
	"strings"
	"testing"
)

var literalTests = []test{
	{`T{1, 2}`, `main.T {A: 1, B: 2}`},
	{`T{B: 5}`, `main.T {A: 0, B: 5}`},
	{`T{}`, `main.T {A: 0, B: 0}`},
	{`T{1, 2} == t`, `true`},
	{`T{1, 3} == t`, `false`},
	{`&T{1, 2}`, `*main.T {A: 1, B: 2}`},
	{`mt[T{1, 2}]`, `12`},
	{`mt[T{2, 1}]`, `error: key not found: T{2, 1} is not the one key`},
	{`sorts[T{A: 1, B: 2}]`, `1`},
	{`T{s}`, `error: can not convert value of type string to int`},
	{`T{1}`, `error: too few values in T{1}: main.T has 2 fields`},
	{`T{1, 2, 3}`, `error: too many values in T{1, 2, 3}: main.T has 2 fields`},
	{`T{C: 1}`, `error: main.T has no member C`},
	{`T{A: "x"}`, `error: can not convert "x" constant to int`},
	{`T{A: s}`, `error: can not convert value of type string to int`},
	{`T{A: lost}`, `main.T {A: (optimized out), B: 0}`},
	{`[]int{1, n, 4}`, `[]int len: 3, cap: 3, [1,3,4]`},
	{`[]int{1, n, 4}[1:]`, `[]int len: 2, cap: 2, [3,4]`},
	{`[3]string{"a"}`, `[3]string ["a","",""]`},
	{`[]T{{1, 2}, t}[1].B`, `2`},
	{`[1]int{1, 2}`, `error: index out of bounds: 1 in [1]int{1, 2}`},
	{`[...]int{1, n}`, `[2]int [1,3]`},
	{`[]int{2: 5, 6}`, `[]int len: 4, cap: 4, [0,0,5,6]`},
	{`[...]string{1: "b", 0: "a"}`, `[2]string ["a","b"]`},
	{`[3]int{1: 5}`, `[3]int [0,5,0]`},
	{`[3]int{3: 5}`, `error: index out of bounds: 3 in [3]int{3: 5}`},
	{`[]int{1, 0: 2}`, `error: duplicate index 0 in []int{1, 0: 2}`},
	{`[]int{-1: 2}`, `error: index out of bounds: -1 in []int{-1: 2}`},
	{`[]int{n: 2}`, `error: index n in []int{n: 2} is no constant`},
	{`[]int{1000000000: 2}`, `error: index out of bounds: 1000000000 in []int{1000000000: 2}`},
	{`T{A: 1, A: 2}`, `error: duplicate field in T{A: 1, A: 2}`},
	{`map[string]int{"a": 1, "a": 2}`, `error: duplicate key "a" in map literal`},
	{`map[string]int{"a": 1, s: 2}`, `map[string]int ["a": 1, "héllo": 2, ]`},
	{`map[string]int{"a": 1}["a"]`, `1`},
	{`map[int]string{n: "a", 3: "b"}`, `map[int]string [3: "b", ]`},
	{`map[interface{}]int{1: 1, 1: 2}`, `error: duplicate key 1 in map literal`},
	{`map[interface{}]int{1: 1, 1.0: 2, n: 3, n: 4, 3: 5}`, `map[interface {}]int [1: 2, 1: 1, 3: 5, ]`},
	{`map[interface{}]int{a: 1}`, `error: can not compare slice variables`},
	{`map[T]int{{1, 2}: 1, {A: 1, B: 2}: 3, {2, 1}: 4}`, `map[main.T]int [{A: 1, B: 2}: 3, {A: 2, B: 1}: 4, ]`},
	{`map[float64]int{1: 1, 0.0: 2, -f + f: 3}`, `map[float64]int [0: 3, 1: 1, ]`},
	{`map[float64]int{nan: 1, nan: 2}`, `map[float64]int [NaN: 1, NaN: 2, ]`},
	{`map[string]int{lost: 1}`, `error: can not convert value of type int to string`},
	{`map[T][]string{{1, 2}: a}[t]`, `[]string len: 3, cap: 5, ["a","b","c"]`},
	{`T{1, B: 2}`, `error: mixture of field:value and value elements in struct literal T{1, B: 2}`},
	{`T{A: 1, 2}`, `error: mixture of field:value and value elements in struct literal T{A: 1, 2}`},
	{`nosuch{1}`, `error: no type entry found: the dump has no type nosuch`},
	{`Outer{Base: Base{1, "x"}}.Name`, `"x"`},
}

func TestLiterals(t *testing.T) { run(t, literalTests) }

var comparisonTests = []test{
	{`t == *pt`, `false`},
	{`T{3, 4} == *pt`, `true`},
	{`arr == [3]string{"x", "y", "z"}`, `true`},
	{`arr != *parr`, `true`},
	{`arr < arr`, `error: operator < not defined on array`},
	{`a == a`, `error: can not compare slice variables`},
	{`fn == nil`, `false`},
	{`nil == nil`, `true`},
	{`nm == nil && m != nil`, `true`},
	{`err == anyt`, `false`},
	{`anyint == 5`, `true`},
	{`anyint == n + 2`, `true`},
	{`anyt == T{3, 4}`, `true`},
	{`nan == nan`, `false`},
	{`nan != nan`, `true`},
	{`[2]int{1, lost} == [2]int{2, 3}`, `false`},
	{`[2]int{1, lost} == [2]int{1, 3}`, `error: [2]int{1, lost}[1] is optimized out`},
	{`cut == "abc"`, `false`},
	{`cut != s`, `true`},
	{`cut == cut`, `error: cut is cut: 6 of 100 bytes are in the dump`},
	{`secret == "x"`, `false`}, // it is longer
	{`secret == "xyz"`, `error: secret is redacted`},
	{`t == struct{}{}`, `error: no type entry found: the dump has no type struct{}`},
	{`err == 5`, `error: can not convert 5 constant to error`},
	{`err == n`, `error: mismatched types "error" and "int"`},
	{`anyint == m`, `error: mismatched types "interface {}" and "map[string]int"`},
	{`anyint + 1`, `error: can not convert 1 constant to interface {}`},
	{`anyint < 6`, `true`},
	{`anyint < anyint`, `error: operator < not defined on interface`},
	{`-anyint`, `error: operator - can not be applied to "anyint"`},
	{`t == n`, `error: mismatched types "main.T" and "int"`},
	{`n == nil`, `error: can not compare int to nil`},
}

func TestComparison(t *testing.T) { run(t, comparisonTests) }

var memoryTests = []test{
	{`(*T)(0x2000)`, `(*main.T)(0x2000)`},
	{`*(*T)(0x2000)`, `main.T {A: 3, B: 4}`},
	{`("*main.U")(1)`, `(*main.U)(0x1)`},
	{`(*T)(0x2000).B`, `4`},
	{`*(*int)(0x2008)`, `4`},
	{`*(*int)(uintptr(pt) + 8)`, `4`},
	{`*(*uint8)(0x2000)`, `3`},
	{`*(*[2]int)(0x2000)`, `[2]int [3,4]`},
	{`*(*string)(0x1010)`, `"b"`},
	{`*(*string)(uintptr(&a[2]))`, `"c"`},
	{`*(*int8)(0x2008)`, `4`},
	{`*(*T)(0x2008)`, `error: *(*T)(0x2008) is not in the dump`},
	{`*(*int)(0x9999)`, `error: *(*int)(0x9999) is not in the dump`},
	{`*(*int)(nil)`, `error: nil pointer dereference: (*int)(nil) (type *int) is nil`},
	{`(*int)(0)`, `*int nil`},
	{`("*main.T")(8192).A`, `3`},
	{`*(*uint)(unsafe.Pointer(pt))`, `3`},
	{`uintptr(pt)`, `8192`},
	{`uintptr(&T{})`, `error: can not convert "&T{}" to uintptr`},
	{`unsafe.Pointer(&T{}) == nil`, `error: can not convert "&T{}" to *void`},
	{`&T{} == &T{}`, `error: can not compare &T{}: what it points to has no address`},
	{`&T{} == pt`, `false`},
	{`&T{} == (*T)(nil)`, `false`},
	{`unsafe.Pointer(pt)`, `unsafe.Pointer(0x2000)`},
	{`*(*int)(&n)`, `3`},
	{`*(*string)(&n)`, `error: can not convert "&n" to *string`},
	{`(*nosuch)(0x2000)`, `error: could not find symbol value for nosuch: the dump has no type of this name`},
	{`(*main.nosuch)(0x2000)`, `error: function calls not allowed without using 'call': the dump has no type main.nosuch, and nothing runs in it`},
}

func TestMemory(t *testing.T) { run(t, memoryTests) }

var builtinTests = []test{
	{`min(n, 2)`, `2`},
	{`max(n, 2, 7)`, `7`},
	{`max(s, "z")`, `"z"`},
	{`min(nan, f)`, `NaN`},
	{`min(f, nan)`, `NaN`},
	{`max(nan, f)`, `NaN`},
	{`min(f*0, -f*0)`, `-0`},
	{`min(-f*0, f*0)`, `-0`},
	{`max(-f*0, f*0)`, `0`},
	{`max(-f*0, 0)`, `0`},
	{`max(tenth32, 0.1)`, `0.1`},
	{`max(n, f)`, `error: mismatched types "float64" and "int"`},
	{`max(t, t)`, `error: operator > not defined on struct`},
	{`min()`, `error: not enough arguments to min`},
	{`complex(f, 2)`, `(1.5 + 2i)`},
	{`complex(tenth32, 1) == complex64(0)`, `false`},
	{`real(z64)`, `0.1`},
	{`imag(z128) * 10`, `-1`},
	{`imag(2i)`, `2`},
	{`complex(Blue, 1)`, `error: invalid argument 1 Blue (type main.Color) to complex`},
	{`imag(n)`, `error: invalid argument n (type int) to imag`},
	{`real(s)`, `error: invalid argument s (type string) to real`},
	{`len(1)`, `error: invalid argument 1 (type int) for len`},
	{`len(parr) + cap(arr)`, `6`},
	{`ch.qcount`, `4`},
	{`ch.dataqsiz`, `11`},
	{`ch.sendx`, `error: ch has no member sendx`},
	{`ch[0]`, `error: element 0 is not in the dump (0 of 4 stored)`},
}

func TestBuiltins(t *testing.T) { run(t, builtinTests) }

// Methods and functions can be used by name.
func TestFunctions(t *testing.T) {
	s := scope(t)
	s.Function = func(name string) bool {
		return slices.Contains(strings.Fields(`main.run main.(*T).Sum main.T.Max main.(*Base).Show main.(*Outer).Name
			main.(*Other).Deep main.errorString.s errors.errorString.text`), name)
	}
	for _, tt := range []test{
		{`run`, `main.run`},
		{`main.run`, `main.run`},
		{`run(1)`, `error: function calls not allowed without using 'call': run can't run in a dump`},
		{`pt.Sum`, `main.(*T).Sum`},
		{`pt.Sum.receiver`, `*main.T {A: 3, B: 4}`},
		{`t.Sum.receiver.B`, `2`},
		{`pt.Max.receiver`, `main.T {A: 3, B: 4}`},
		{`pt.Sum()`, `error: function calls not allowed without using 'call': pt.Sum can't run in a dump`},
		{`o.Show`, `main.(*Base).Show`}, // promoted
		{`o.Show.receiver`, `(*main.Base)(0x400)`},
		{`o.Name`, `main.(*Outer).Name`}, // hides Base.Name
		{`o.Base.Name`, `"base"`},
		{`o.Deep`, `"outer"`}, // hides (*Other).Deep
		{`o.Other.Deep`, `6`},
		{`err.text`, `errors.errorString.text`}, // of the value in the interface
		{`onil.Base.Show()`, `error: function calls not allowed without using 'call': onil.Base.Show can't run in a dump`},
		{`t.Nothing`, `error: t has no member Nothing: the dump knows no such method`},
	} {
		if got := show(evaluated(tt.expr, s)); got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.expr, got, tt.want)
		}
	}
}
