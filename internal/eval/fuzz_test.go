package eval_test

import (
	"strings"
	"testing"
	"time"

	"coredumpy/internal/eval"
)

// evalSoon evaluates an expression, and panics if that has no end.
func evalSoon(expr string, s eval.Scope) string {
	hangs := time.AfterFunc(time.Minute, func() { panic("no result in a minute: " + expr) })
	defer hangs.Stop()
	return show(eval.Eval(expr, s))
}

// TestDeep evaluates expressions that are as deep as they may be.
func TestDeep(t *testing.T) {
	s := scope(t)
	for _, deep := range [][4]string{
		{"", "-", "1", "error: 1:1: expected"}, {"", "- ", "1", "1"}, {"", "&*", "pt", "(*main.T)(0x2000)"}, {"", "(", "n", "error: 1:"},
		{"", "a[", "0", "error: 1:"}, {"anyint.(", "*", "int)", "error: interface conversion"}, {"anyint.(", "[]", "int)", "error: interface conversion"},
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

// FuzzEval checks that no expression makes it panic or run for long, and that
// an error is one line.
func FuzzEval(f *testing.F) {
	for _, seed := range []string{
		`a[n-1]`, `o.ID`, `m["b"]`, `err.(*errors.errorString).s`, `x.(*"net/http".Client)`, `huge[1:5:9][2]`,
		`1e99999999 + 2i*3`, `-u<<9>>3 &^ 4`, `many[1i]`, `"a"+"b" == s && !yes || nil`, `&a[2]`, `*&*pt`, `m[1:][1:]["a"]`,
		`len(cut[2:5])`, `many[pt]`, `mb[(n)]`, "x.(\"a\r\n`.b`", `fn.x`, `f/0.0`, `2i<3`, `'a'%2.5`, `string(by)[1]+uint8(n)`, `float32(-u)/complex64(z128)`, `anytree.(Tree[int]).root`,
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
