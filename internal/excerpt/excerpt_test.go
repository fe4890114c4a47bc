package excerpt

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

const shop = `// License, which isn't needed.
//
// More of it.
//
// And more.

//go:build !plan9

// Package shop sells.
package shop

import "os"

// size is how much fits.
type size = int

type shelf struct {
	mu    sync.Mutex
	a, b  int
	c, d  int
	notes map[string]string
}

// Add adds n.
// It may fail.
func (s *shelf) Add(n int) (err error) { // really
	defer s.done(&err)
	total := fits(n)
	print(total)
	return nil
}

func (s *shelf) done(err *error) {
	recover()
	{
		s.done(nil)
		/* a
		   comment */
	}
	for {
		print()
	}
}

func fits(n int) size {
	if n > 3 {
		return double(size(n))
	}
	if n < 4 {
		return 1
	}
	if n < 4 {
		return 1
	}
	return 0
}

func double(n size) size {
	return n +
		n + 0 +
		0 + 0 +
		0 + 0 +
		0 + 0
}

func print(n ...int) {
	a := 1 + 1
	b := 1 + 1
	c := 1 + 1
	d := 1 + 1
	_, _, _, _ = a, b, c, d
	f := func(int) {
		println()
	}
	f(0)
}

func (c *cache[K, V]) get(k K) (v V) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.m[k]
}; func second() {
	println()
	println()
	println()
	println()
}

func unused() {
	print(1)
	print(1)
	print(1)
	print(1)
	print(1)
	print(1)
	print(1)
	print(1)
}
`

func TestCut(t *testing.T) {
	const clause = "// Package shop sells. | package shop | import \"os\" | "
	for _, tt := range []struct {
		name   string
		wanted Wanted
		want   string // the first lines of the declarations that are kept, in order
	}{
		{"what it defers and assigns", Wanted{Lines: []int{26}},
			"package import type type Add done fits double"},
		{"alone, with short neighbours", Wanted{Lines: []int{26}, Alone: true}, "package import type type Add"},
		{"a type", Wanted{Lines: []int{18}, Alone: true}, "package import type type Add"},
		{"a method's name", Wanted{Funcs: []string{"example.com/shop.(*cache[...]).get"}, Alone: true},
			"package import get second"},
		{"a literal's name", Wanted{Funcs: []string{"example.com/shop.print.func1"}, Alone: true},
			"package import double print get second"},
		{"a function of no receiver", Wanted{Funcs: []string{"example.com/shop.done"}}, ""},
		{"what calls", Wanted{Lines: []int{96}, Calls: []string{"Lock"}, Alone: true},
			"package import get second unused"},
		{"no line", Wanted{Lines: []int{1000}}, ""},
		{"nothing", Wanted{}, ""},
	} {
		got, omitted := Cut("a.go", shop, tt.wanted)
		if kept := kept(t, got); kept != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, kept, tt.want)
		}
		checkLines(t, tt.name, shop, got, omitted)
	}
}

// kept returns the names or kinds of the declarations in an excerpt.
func kept(t *testing.T, text string) string {
	t.Helper()
	all, ok := declarations(text)
	if !ok {
		t.Fatalf("got an excerpt that can't be taken apart:\n%s", text)
	}
	var names []string
	for _, d := range all {
		if d.name == "" {
			d.name = d.kind.String()
		}
		names = append(names, d.name)
	}
	return strings.Join(names, " ")
}

// checkLines checks that an excerpt has the lines of the text but for those that are omitted.
func checkLines(t *testing.T, name, text, got string, omitted [][2]int) {
	t.Helper()
	if got == "" {
		if omitted != nil {
			t.Errorf("%s: got lines %v omitted from nothing", name, omitted)
		}
		return
	}
	lines, want := strings.Split(got, "\n"), strings.Split(text, "\n")
	if len(lines) != len(want) {
		t.Fatalf("%s: got %d lines, want %d", name, len(lines), len(want))
	}
	for i := range want {
		if slices.ContainsFunc(omitted, func(r [2]int) bool { return r[0] <= i+1 && i+1 <= r[1] }) {
			want[i] = ""
		}
		if lines[i] != want[i] {
			t.Errorf("%s: line %d: got %q, want %q", name, i+1, lines[i], want[i])
		}
	}
}

// What isn't Go, or can't be taken apart, is cut by lines.
func TestCutLines(t *testing.T) {
	var text strings.Builder
	for n := range 100 {
		fmt.Fprintf(&text, "line %d\n", n+1)
	}
	for _, tt := range []struct {
		path, more string
		lines      []int
		want       string
	}{
		{"a.s", "", []int{50}, "[[1 39] [61 100]]"},
		{"a.s", "", []int{1, 30}, "[[12 19] [41 100]]"},
		{"a.s", "", []int{1, 25}, "[[36 100]]"}, // three lines aren't worth it
		{"a.s", "", []int{98}, "[[1 87]]"},
		{"a.go", "}", []int{50}, "[[1 39] [61 101]]"},
		{"a.go", "`", []int{50}, "[[1 39] [61 101]]"},
		{"a.s", "", []int{200}, "[]"},
	} {
		text := text.String() + tt.more
		got, omitted := Cut(tt.path, text, Wanted{Lines: tt.lines})
		if fmt.Sprint(omitted) != tt.want {
			t.Errorf("%s%s, lines %v: got %v omitted, want %s", tt.path, tt.more, tt.lines, omitted, tt.want)
		}
		if omitted != nil && strings.HasSuffix(got, "\n") {
			text += "\n" // an omitted line ends
		}
		checkLines(t, tt.path, strings.ReplaceAll(text, "\n\n", "\n"), got, omitted)
	}
}

func FuzzCut(f *testing.F) {
	f.Add(shop, 26)
	f.Add("package a\nfunc f() {} /* x\n\n\n\n\n\n\n*/\nfunc g() {\n\n\n\n\n\n}", 2)
	f.Add("", 1)
	f.Fuzz(func(t *testing.T, text string, line int) {
		got, omitted := Cut("a.go", text, Wanted{Lines: []int{line}})
		if got == "" {
			return
		}
		last := 0
		for _, r := range omitted {
			if r[0] <= last || r[1] < r[0] || r[0] <= line && line <= r[1] {
				t.Fatalf("got %v omitted for line %d", omitted, line)
			}
			last = r[1]
		}
		if _, ok := declarations(text); ok {
			if _, ok := declarations(got); !ok {
				t.Fatalf("got an excerpt that can't be taken apart:\n%q\nof\n%q", got, text)
			}
		}
	})
}
