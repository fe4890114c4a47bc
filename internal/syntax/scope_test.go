package syntax

import (
	"fmt"
	"strings"
	"testing"
)

const scopeSource = `package p

var n = 1

func f(
	n int,
) (r int) {
	use(n) // 8: n 6, r 7
	if n := g(n); n > 0 {
		use(n) // 10: n 9
		n := "inner"
		use(n) // 12: n 11
	} else {
		use(n) // 14: n 9
	}
	use(n) // 16: n 6
	for n, r := range m {
		use(n) // 18: n 17, r 17
	}
	const k = 5
	use(k) // 21: k 20
	{
		type k int
		var r, q = g(
			n), 2
		use(r) // 26: k 23, r 24, q 24, n 6
	}
	use(k) // 28: k 20, q -
	n, err := g()
	use(err) // 30: n 6, err 29
	x := func(n string) int {
		err := g(n)
		use(err) // 33: n 31, err 32, x -
		return 1
	}(
		"x")
	use(x) // 37: x 31, n 6
	switch y := any(x).(type) {
	case int:
		use(y) // 40: y 38 39
	case string:
		use(y) // 42: y 38 41
	}
	select {
	case y, ok := <-c:
		use(y) // 46: y 45, ok 45
	default:
		use(n) // 48: y -, ok -
	}
	switch z := g(); {
	case z > 1:
		w := z
		use(w) // 53: z 50, w 52
	case z > 2:
		use(z) // 55: z 50, w -
	}
	for i := 0; i < 3; i++ {
		use(i) // 58: i 57
	}
	use(r) // 60: i -, z -, y -, none -
	v, v2 := 1, 2
	return r
}

func (t *T[K]) g() {
	n := 3
	use(n) // 67: n 66, t 65, r -
	go func() { n := 4; use(n) }()
	use(n)
}
`

// TestResolve looks names up on each line whose comment says what they mean there.
func TestResolve(t *testing.T) {
	f := Parse(scopeSource)
	if f == nil {
		t.Fatal("the source isn't Go")
	}
	checked := 0
	for i, text := range strings.Split(scopeSource, "\n") {
		_, said, ok := strings.Cut(text, "// ")
		if !ok {
			continue
		}
		line, meanings, _ := strings.Cut(said, ": ")
		if line != fmt.Sprint(i+1) {
			t.Fatalf("line %d says it is %s", i+1, line)
		}
		for _, m := range strings.Split(meanings, ", ") {
			name, want, _ := strings.Cut(m, " ")
			d, ok := f.Resolve(name, i+1)
			got := "-"
			if d != nil {
				got = fmt.Sprint(d.Line)
				if d.Clause != 0 {
					got += fmt.Sprint(" ", d.Clause)
				}
				if f.InScope(name, d.Line, i+1) == No || d.Clause != 0 && f.InScope(name, d.Clause, i+1) != Yes {
					t.Errorf("line %d: %s isn't in scope, but is what the name means", i+1, name)
				}
			}
			if !ok || got != want {
				t.Errorf("line %d: %s is of line %s (%t), want %s", i+1, name, got, ok, want)
			}
			checked++
		}
	}
	if checked < 40 {
		t.Errorf("%d names were checked", checked)
	}
}

// Statements on one line can't be told apart.
func TestResolveMaybe(t *testing.T) {
	f := Parse(scopeSource)
	for _, tt := range []struct {
		name string
		line int
	}{
		{"n", 9}, {"x", 31}, {"v", 61}, {"n", 68}, {"i", 57}, {"r", 63}, {"n", 3}, {"n", 1000}, {"n", 0},
	} {
		if d, ok := f.Resolve(tt.name, tt.line); ok {
			t.Errorf("line %d: %s means %v, want no answer", tt.line, tt.name, d)
		}
	}
	for _, tt := range []struct {
		name           string
		declared, line int
		want           Answer
	}{
		{"n", 11, 12, Yes}, {"n", 11, 14, No}, {"n", 11, 10, No}, {"n", 9, 14, Yes}, {"n", 9, 16,
			No}, {"q", 24, 25, Maybe},
		{"n", 99, 12, Maybe}, {"n", 6, 67, Maybe}, {"n", 6, 16, Yes}, {"y", 45, 46, Yes}, {"y", 45, 48, No},
	} {
		if got := f.InScope(tt.name, tt.declared, tt.line); got != tt.want {
			t.Errorf("%s of line %d on line %d: got %v, want %v", tt.name, tt.declared, tt.line, got, tt.want)
		}
	}
	renumbered := Parse(strings.Replace(scopeSource, "var n = 1", "//line x.go:1", 1))
	if d, ok := renumbered.Resolve("n", 10); d != nil || ok || renumbered.InScope("n", 11, 14) != Maybe {
		t.Error("got an answer for lines that have other numbers")
	}
	var none *File
	if d, ok := none.Resolve("n", 8); d != nil || ok || none.InScope("n", 6, 8) != Maybe {
		t.Error("got an answer without a source")
	}
}
