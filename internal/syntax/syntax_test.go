package syntax

import (
	"fmt"
	"strings"
	"testing"
)

const source = `package p

func early(u *unlock, n int) (r int) {
	defer u.Unlock()
	a := f()
	if u.n == 0 {
		return 5
	}
	b := f()
	b++
	return b
}

func lines(s string) {
	port := 1
	{
		port := itoa(
			must("x"),
		)
		use(port)
	}
	var c, d = f(), g(
		h())
	var e int
	for i := range 3 { use(i) }
	for j := f(
	); j < 3; j++ {
		use(j)
	}
	if k := f(); k > 3 {
		use(k)
	}
	switch l := any(port).(type) {
	case int:
		use(l)
	}
	select {
	case m, ok := <-c:
		use(m, ok)
	}
	o := f(); use(o)
	p := &t{
		B: f(),
	}
	p.B = 2
	q := t{}
	q.B = 3
	v := t{}
	v.add()
	w, s := f(), 2
	func(x int) {
		w = 5
		y := 1
		use(y)
	}(1)
	defer func() { recover() }()
	z := 1
}
`

// place returns the first line with text in it.
func place(t *testing.T, text string) int {
	t.Helper()
	before, _, ok := strings.Cut(source, text)
	if !ok {
		t.Fatalf("no %q in the source", text)
	}
	return 1 + strings.Count(before, "\n")
}

func lookup(t *testing.T, name, line, at string) Variable {
	t.Helper()
	f := Parse(source)
	if f == nil {
		t.Fatal("the source isn't parsed")
	}
	v, ok := f.Lookup(name, place(t, line), place(t, at))
	if !ok {
		t.Fatalf("%s on the line of %q not found", name, line)
	}
	return v
}

func TestUnset(t *testing.T) {
	for _, tt := range []struct {
		name, line, at string
		want           Answer
	}{
		{"port", "port := 1", "port := 1", Yes},
		{"port", "port := 1", `must("x")`, No},
		{"port", "port := itoa", `must("x")`, Yes},
		{"port", "port := itoa", "use(port)", No},
		{"c", "var c, d", "h())", Yes},
		{"e", "var e int", "use(i)", No},
		{"i", "for i := range", "use(i)", Maybe},
		{"j", "for j := f", "for j := f", Yes},
		{"j", "for j := f", "); j < 3", Maybe},
		{"j", "for j := f", "use(j)", No},
		{"k", "if k := f", "if k := f", Maybe},
		{"k", "if k := f", "use(k)", No},
		{"l", "switch l", "switch l", Maybe},
		{"l", "switch l", "use(l)", No},
		{"m", "case m", "case m", Maybe},
		{"m", "case m", "use(m", No},
		{"o", "o := f", "o := f", Maybe},
		{"p", "p := &t", "B: f()", Yes},
		{"p", "p := &t", "p.B = 2", No},
		{"y", "y := 1", "use(y)", No},
	} {
		v := lookup(t, tt.name, tt.line, tt.at)
		if got := v.Unset(place(t, tt.at)); got != tt.want {
			t.Errorf("%s at %q: got %d, want %d", tt.name, tt.at, got, tt.want)
		}
	}
}

func TestSkipped(t *testing.T) {
	for _, tt := range []struct {
		name, line string
		want       bool
	}{
		{"a", "a := f()", false},
		{"b", "b := f()", true},
		{"z", "z := 1", true},
		{"port", "port := 1", true},
		{"y", "y := 1", false}, // of the literal
	} {
		v := lookup(t, tt.name, tt.line, tt.line)
		if got := v.Skipped(); got != tt.want {
			t.Errorf("%s: got %t, want %t", tt.name, got, tt.want)
		}
	}
}

// A deferred call may recover, unless the source or its name says that it doesn't.
func TestRecovers(t *testing.T) {
	for call, want := range map[string]bool{
		"mu.Unlock()": false, "lib.Rescue(&err)": true, "u.rescue()": true, "rescue()": true, "u.seen()": false, "seen()": false,
		"unseen()": true, "cancel()": false, "func() {}()": false, "func() { f(recover()) }()": true, "h()": true, "variable()": true,
		"fs[0]()": true,
	} {
		f := Parse("package p\nfunc f() (err error) {\n\tvariable := func() { recover() }\n\th := variable\n\tdefer " + call + "\n\tx := 1\n\treturn\n}\n" +
			"func (u *t) rescue() { recover() }\nfunc rescue() { if r := recover(); r != nil {} }\nfunc (u *t) seen() {}\nfunc seen() {}\nfunc variable() {}\n")
		if f == nil {
			t.Fatalf("%s: not parsed", call)
		}
		v, ok := f.Lookup("x", 6, 6)
		if !ok || v.Skipped() != want {
			t.Errorf("%s: got found %t, skipped %t, want %t", call, ok, v.Skipped(), want)
		}
	}
}

// The time must not grow with the square of the text's length.
func BenchmarkLookup(b *testing.B) {
	for _, n := range []int{1000, 10_000} {
		for name, text := range map[string]string{
			"line":     strings.Repeat("{cfg:=1;_=cfg};", n),
			"lines":    strings.Repeat("cfg := 1\n", n),
			"deferred": strings.Repeat("defer func() {", n) + strings.Repeat("}()\n", n),
			"calls":    strings.Repeat("defer f(); ", n),
		} {
			text = "package p\nfunc f() { x := 1\n" + text + "\n}\n"
			b.Run(fmt.Sprint(name, "/", n), func(b *testing.B) {
				for b.Loop() {
					f := Parse(text)
					if f == nil {
						b.Fatal("not parsed")
					}
					f.Lookup("cfg", 3, 3)
					if v, ok := f.Lookup("x", 2, 3); !ok || v.Unset(3) != No {
						b.Fatal("x not found, or unset")
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(text)), "ns/byte")
			})
		}
	}
}

func TestReassigned(t *testing.T) {
	for _, tt := range []struct {
		name, line  string
		part, whole bool
	}{
		{"u", "func early", false, false}, // its method may change it, in memory
		{"n", "func early", false, false},
		{"r", "func early", true, true},
		{"a", "a := f()", false, false},
		{"b", "b := f()", true, true},
		{"s", "func lines", true, true},
		{"port", "port := 1", true, true}, // there is another
		{"d", "var c, d", false, false},
		{"e", "var e int", true, true},
		{"i", "for i", true, true},
		{"j", "for j", true, true},
		{"k", "if k", false, false},
		{"l", "switch l", false, false},
		{"m", "case m", false, false},
		{"p", "p := &t", true, false},
		{"q", "q := t", true, false},
		{"v", "v := t", false, false}, // its method may change it, too
		{"w", "w, s", true, true},
		{"x", "func(x int)", false, false},
		{"y", "y := 1", false, false},
	} {
		v := lookup(t, tt.name, tt.line, tt.line)
		if part, whole := v.Reassigned(false), v.Reassigned(true); part != tt.part || whole != tt.whole {
			t.Errorf("%s: got %t, %t, want %t, %t", tt.name, part, whole, tt.part, tt.whole)
		}
	}
}

// The line of a parameter isn't always known.
func TestLookup(t *testing.T) {
	f := Parse(source)
	for _, tt := range []struct {
		name string
		line int
		at   string
		want bool
	}{
		{"u", 0, "a := f()", true},
		{"r", 0, "a := f()", true},
		{"s", 0, "use(port)", true},
		{"x", 0, "y := 1", true},
		{"s", 0, "y := 1", false}, // the literal has none of that name
		{"x", 0, "use(port)", false},
		{"a", 0, "b := f()", false},
		{"u", 1, "a := f()", false},
		{"nobody", 5, "a := f()", false},
		{"x", place(t, "y := 1"), "y := 1", false},
	} {
		if _, ok := f.Lookup(tt.name, tt.line, place(t, tt.at)); ok != tt.want {
			t.Errorf("%s, declared on line %d, at %q: got %t, want %t", tt.name, tt.line, tt.at, ok, tt.want)
		}
	}
	if f := Parse("package p\nfunc f(x any) {\n\tswitch x := x.(type) {\n\tcase int: { x := g(x)\n\t_ = x } }\n}"); f == nil {
		t.Error("not parsed")
	} else if _, ok := f.Lookup("x", 4, 4); ok {
		t.Error("one of two variables was found: that of the clause, and another on its line")
	}
	if _, ok := Parse("package p\nfunc f(a, a int) { x := 1; { x := 2 } }").Lookup("x", 2, 2); ok {
		t.Error("one of two variables was found")
	}
}

func TestParse(t *testing.T) {
	for _, text := range []string{"", "no Go", "package p; func", strings.Repeat("package p\n", maxSize/8)} {
		if Parse(text) != nil || Problem(text) == "" {
			t.Errorf("%.20q was parsed, or nothing is wrong with it", text)
		}
	}
}

// A dump may hold any source.
func FuzzParse(f *testing.F) {
	f.Add(source, "port", 15, 16)
	f.Add("package p\nfunc f() { for x := range x { x, y := 1, 2; go func(x int) { x++ }(y) } }", "x", 2, 2)
	f.Add("package p\nfunc f(x) (x) { defer x.y(); defer func() { x() }()(); (x), x[1:2] = 1, 2 }", "x", 0, 2)
	f.Add(scopeSource, "n", 17, 18)
	f.Add("package p\nfunc f() { switch x := x.(type) { case int: }; switch { case x: }; select { case x := <-x: } }", "x", 2, 2)
	f.Add("package p\n//line a.go:7\nvar x = 1\nfunc f()\n", "x", 7, 7)
	f.Fuzz(func(t *testing.T, text, name string, line, at int) {
		file := Parse(text)
		if file == nil {
			return
		}
		d, ok := file.Resolve(name, at)
		if in := file.InScope(name, line, at); ok && d != nil && d.At(line) && in == No {
			t.Errorf("%s of line %d is what the name means on line %d, and not in scope", name, line, at)
		}
		v, ok := file.Lookup(name, line, at)
		if !ok {
			return
		}
		got := fmt.Sprint(v.Unset(at), v.Skipped(), v.Reassigned(true), v.Reassigned(false))
		if v.Reassigned(true) && !v.Reassigned(false) {
			t.Errorf("%s: got %s: assigned as a whole, but not at all", name, got)
		}
	})
}
