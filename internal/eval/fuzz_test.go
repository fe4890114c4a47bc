package eval_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"coredumpy/internal/eval"
)

// evalSoon evaluates an expression, and panics if that doesn't end.
func evalSoon(expr string, s eval.Scope) string {
	hangs := time.AfterFunc(time.Minute, func() { panic("no result in a minute: " + expr) })
	defer hangs.Stop()
	return show(evaluated(expr, s))
}

// TestDeep evaluates expressions of the greatest depth allowed.
func TestDeep(t *testing.T) {
	s := scope(t)
	for _, deep := range [][4]string{
		{"", "-", "1", "error: 1:1: expected"}, {"", "- ", "1", "1"}, {"", "&*", "pt", "(*main.T)(0x2000)"}, {"", "(", "n", "error: 1:"},
		{"", "a[", "0", "error: 1:"}, {"anyint.(", "*", "int)", "error: the type"}, {"anyint.(", "[]", "int)", "error: the type"},
		{"1", "+1", "", "2001"}, {"1.0", "/3", "", "error: the result"}, {"s", "+s", "", `"héllohéllo`}, {"yes", "&&yes", "", "true"}, {"1", "+1*1", "", "1001"},
		{"pt", ".x", "", "error: pt has no member x"}, {"s", "[:]", "", `"héllo"`}, {"x.(*", `"a".`, "b)", "error: 1:"},
	} {
		expr := deep[0] + strings.Repeat(deep[1], 4000/len(deep[1])) + deep[2]
		if got := evalSoon(expr, s); !strings.HasPrefix(got, deep[3]) {
			t.Errorf("%.20s...: got %.100s, want %s", expr, got, deep[3])
		}
	}
	if got := evalSoon(strings.Repeat("n+", 3000)+"n", s); got != "error: expression of 6001 bytes is longer than 4096" {
		t.Errorf("a longer one: got %.100s", got)
	}
}

// TestHostile evaluates expressions that would take long if nothing bounded them. Their
// work is measured in allocations, because time depends on the machine.
func TestHostile(t *testing.T) {
	s := scope(t)
	const most = 600_000 // many times more than 0.2 s allow
	nested := strings.Repeat("[16384]", 60) + "int"
	for _, tt := range []struct{ expr, want string }{
		{strings.Repeat("(", 100_000) + "n" + strings.Repeat(")", 100_000), "error: expression of 200001 bytes"},
		{strings.Repeat("(", 2000) + "n" + strings.Repeat(")", 2000), "3"},
		{"1<<1000000000", "error: shift by 1000000000 bits"}, {"n<<1000000000", "0"},
		{"1e1000000000", "error: "}, {"1e-1000000000", "0"}, {"1<<500<<500<<500", "error: the result is out of range"},
		{"huge[:20011][20010:]", "error: "}, {"huge == nil", "false"}, {"huge[0:9223372036854775807]", "error: index out of bounds"},
		{"huge[9223372036854775808]", "error: index out of bounds"},
		{nested + "{} == " + nested + "{}", "error: the expression makes or compares more than"},
		{"len(" + nested + "{})", "16384"}, {nested + "{}[1][2][3]" + strings.Repeat("[0]", 57), "0"},
		{"[16384]int{1} == [16384]int{1}", "true"},
		{"string([16384]rune{})[1]", "0"}, {"[999999999999]int{}", "error: array length 999999999999 is not supported"},
		{"(" + strings.Repeat("*", 1000) + "int)(nil)", "error: the type"}, {"(" + strings.Repeat("*", 99) + "int)(nil)", strings.Repeat("*", 99) + "int nil"},
		{strings.Repeat(`string([]byte(`, 250) + "s" + strings.Repeat("))", 250), `"h`},
		{strings.Repeat("-", 1) + strings.Repeat("^-", 2000) + "n", "1997"},
		{"map[string]int{" + strings.Repeat(`"a":1,`, 600) + `}["a"]`, `error: duplicate key "a"`},
		{"map[float64]int{" + numbered(500) + `}[499]`, "1"},
		{"[]int{" + numbered(500) + "}[499]", "1"},
		{"map[T]int{" + strings.ReplaceAll(numbered(350), ":1,", "}:1,{") + "0}:1}", "error: 1:"},
		{"len(map[T]int{" + strings.Repeat("{A: n}:1,", 440) + "})", "1"},
		{"len(map[interface{}]int{" + numbered(500) + "})", "error: the expression makes or compares more than"},
		{"len(map[T]int{" + structKeys(300) + "})", "error: the expression makes or compares more than"},
		{"uint64(1<<n" + strings.Repeat("+1", 2000) + ")", "2008"},
		{"uint64(-" + strings.Repeat("^-", 1000) + "(1<<n))", "992"},
		{strings.Repeat("uint64(1<<", 350) + "1" + strings.Repeat(")", 350), "4"},
		{strings.Repeat("1<<(", 800) + "n" + strings.Repeat(")", 800), "65536"},
		{strings.Repeat("(1<<n+", 600) + "1" + strings.Repeat(")", 600) + " + u", ""},
		{strings.Repeat("len(a)*", 500) + "u", ""},
		{strings.Repeat("nosuch{}==", 400) + "1", "error: no type entry found"},
		{"err.(error" + strings.Repeat(").(error", 400) + ") == err", "true"},
	} {
		var got string
		allocs := testing.AllocsPerRun(1, func() { got = evalSoon(tt.expr, s) })
		if !strings.HasPrefix(got, tt.want) {
			t.Errorf("%.40s: got %.100s, want %s", tt.expr, got, tt.want)
		}
		if allocs > most {
			t.Errorf("%.40s: got %.0f allocations, want %d at most", tt.expr, allocs, most)
		}
	}
}

// numbered returns n pairs of keys and values: 0:1, 1:1 and so on.
func numbered(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%d:1,", i)
	}
	return b.String()
}

// structKeys returns n pairs of keys and values: {0,1}:1, {1,1}:1 and so on.
func structKeys(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "{%d,1}:1,", i)
	}
	return b.String()
}

// FuzzEval checks that no expression makes Eval panic or run for long, and that an error
// is one line.
func FuzzEval(f *testing.F) {
	for _, seed := range []string{
		`a[n-1]`, `o.ID`, `m["b"]`, `err.(*errors.errorString).s`, `x.(*"net/http".Client)`, `huge[1:5:9][2]`,
		`1e99999999 + 2i*3`, `-u<<9>>3 &^ 4`, `many[1i]`, `"a"+"b" == s && !yes || nil`, `&a[2]`, `*&*pt`, `m[1:][1:]["a"]`,
		`len(cut[2:5])`, `many[pt]`, `mb[(n)]`, "x.(\"a\r\n`.b`", `fn.x`, `f/0.0`, `2i<3`, `'a'%2.5`, `string(by)[1]+uint8(n)`, `float32(-u)/complex64(z128)`, `anytree.(Tree[int]).root`,
		`main.T{1, B: 2}`, `[]int{1, n}[0:1:2]`, `map[string][2]int{"a": {1}}["a"][1]`, `(*main.T)(0x2000).B`, `*(*int8)(uintptr(&n))`,
		`map[T]int{{1, n}: 2, {A: 1}: u}[t]`, `uint64(1<<n>>2+'a')`, `u*len(a)-real(f)`, `err.(error).(*errors.errorString)`,
		`[]rune(s)[1:]`, `max(n, 2.5, tenth)`, `complex(f, 1)`, `ch.buf[0]`, `struct{}{} == any(nil)`, `("*main.T")(8192)`, `("\n")()`,
	} {
		f.Add(seed)
	}
	for _, tests := range [][]test{
		nameTests, fieldTests, indexTests, mapKeyTests, sliceTests,
		pointerTests, assertionTests, arithmeticTests, unsupportedTests,
	} {
		for _, test := range tests {
			f.Add(test.expr)
		}
	}
	s := scope(f)
	f.Fuzz(func(t *testing.T, expr string) {
		got := evalSoon(expr, s)
		if strings.HasPrefix(got, "error: ") && strings.Contains(got, "\n") {
			t.Errorf("%q gives an error of several lines: %q", expr, got)
		}
	})
}
