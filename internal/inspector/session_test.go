package inspector

import (
	"slices"
	"strings"
	"testing"
)

func TestSplit(t *testing.T) {
	for text, want := range map[string][]string{
		"a":                          {"a"},
		"a, b":                       {"a", "b"},
		"f(a, b), m[T{1, 2}] ,c":     {"f(a, b)", "m[T{1, 2}]", "c"},
		`"a, b", 'x'`:                {`"a, b"`, `'x'`},
		"a,":                         {"a", ""},
		`$1, "net/http".X, []int{1}`: {"$1", `"net/http".X`, "[]int{1}"},
	} {
		if got := Split(text); !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}

func TestAssignment(t *testing.T) {
	for _, tt := range []struct {
		text, name, expr string
		ok               bool
	}{
		{"x = a + 1", "x", "a + 1", true},
		{"x=$1.f", "x", "$1.f", true},
		{"x == 1", "", "", false},
		{"x.y = 1", "", "", false},
		{"x =", "", "", false},
		{"1 = x", "", "", false},
		{"", "", "", false},
	} {
		if name, expr, ok := Assignment(tt.text); name != tt.name || expr != tt.expr || ok != tt.ok {
			t.Errorf("%s: got %q, %q, %v, want %q, %q, %v", tt.text, name, expr, ok, tt.name, tt.expr, tt.ok)
		}
	}
}

// Printed and named results can be used in expressions.
func TestKept(t *testing.T) {
	in := read(t, `"goroutine":1`, variables...)
	keep := func(expr string) {
		t.Helper()
		r, err := in.Evaluate(expr)
		if err != nil {
			t.Fatal(err)
		}
		in.Keep(r)
	}
	if _, err := in.Evaluate("_"); err == nil || err.Error() != "there is no _: nothing was printed yet" {
		t.Errorf("got error %v before anything was printed", err)
	}
	keep("t")
	keep("1 + 2")
	r, err := in.Evaluate("$1.Next")
	if err != nil {
		t.Fatal(err)
	}
	if err := in.Name("next", r); err != nil {
		t.Fatal(err)
	}
	if err := in.Name("next", r); err != nil {
		t.Errorf("the second time: %v", err)
	}
	for expr, want := range map[string]int64{
		"$1.A": 7, "$1.A + $2": 10, "_ * $1.A": 21, "next.A": 8, "($1).Next.A": 8, "n": 4,
	} {
		r, err := in.Evaluate(expr)
		if err != nil {
			t.Errorf("%s: %v", expr, err)
			continue
		}
		if v, err := r.Typed(in.Core); err != nil || v.Int() != want {
			t.Errorf("%s: got %d and error %v, want %d", expr, v.Int(), err, want)
		}
	}
	for expr, want := range map[string]string{
		"$3":                    "there is no $3: 2 results were printed",
		"$0":                    "there is no $0: 2 results were printed",
		"$1.B":                  "main.T has no member B: the dump knows no such method",
		"$99999999999999999999": "there is no $99999999999999999999: 2 results were printed",
		"$":                     "1:1: illegal character U+0024 '$'",
		"$1 $2":                 "1:12: expected 'EOF', found $2",
	} {
		if _, err := in.Evaluate(expr); err == nil || err.Error() != want {
			t.Errorf("%s: got error %v, want %s", expr, err, want)
		}
	}
	keep("stale")
	if r, err := in.Evaluate("$3 + 1"); err != nil || r.Noted == nil || r.Noted.Name != "stale" {
		t.Errorf("made from a variable with a caveat: got one on %v and error %v, want it on stale", r.Noted, err)
	}
	if r, err := in.Evaluate(`"$1"`); err != nil || r.Const.ExactString() != `"$1"` {
		t.Errorf(`"$1": got %v and error %v, want it unchanged`, r.Const, err)
	}
	in.results.named["n"] = r // as in a frame that has no n
	if err := in.Name("n", r); err == nil || !strings.Contains(err.Error(), "a dump can't be changed") {
		t.Errorf("a name of the program: got error %v", err)
	}
}
