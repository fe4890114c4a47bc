package debuginfo

import (
	"debug/dwarf"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const wordsSource = `package main

import (
	"os"
	"weak"
)

type pair struct{ A, B int }

type mixed struct {
	E error
	I any
	_ struct{}
	P [1]pair
}

type wide struct{ A, B, C, D, E int8 }

//go:noinline
func get(n int) int { return n + len(os.Args) }

//go:noinline
func str(n int) string { return os.Args[0][:n] }

//go:noinline
func keep(vs ...any) int { return len(vs) }

//go:noinline
func all(n int) int {
	var m mixed
	var w wide
	var a [2]int
	s, l, c := str(n), os.Args, complex(float32(n), 1)
	return keep(m, w, a, s, l, c)
}

//go:noinline
func places(n int) int {
	p, pA := pair{get(n), get(n)}, get(n)
	s, lines := str(n), os.Args[n:]
	x := get(n)
	keep(&pA)
	x += get(p.A) + get(p.B) + get(len(s)) + get(len(lines)) + get(x)
	return x + p.A + p.B + pA + len(str(len(s))) + keep(s, lines)
}

//go:noinline
func blank(n int) int {
	w, p, none := weak.Make(&n), weak.Make(new(int)), struct{}{}
	return get(n) + *w.Value() + keep(p.Value() == nil, none)
}

//go:noinline
func add(n *int) { *n += len(os.Args) }

// inlined is declared outside of where its variable is.
func inlined(list []int, n int) int {
	at := n
	add(&at)
	return list[at]
}

//go:noinline
func around(n int) int { return inlined([]int{1, 2, 3}, n) }

func main() { all(1); places(1); blank(1); around(1) }
`

// buildWords builds wordsSource with optimisation.
func buildWords(t *testing.T) *File {
	t.Helper()
	dir := t.TempDir()
	source, program := filepath.Join(dir, "main.go"), filepath.Join(dir, "words.exe")
	if err := os.WriteFile(source, []byte(wordsSource), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("go", "build", "-o", program, source).CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	f, err := Open(program)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	if err := f.DWARFError(); err != nil {
		t.Fatal(err)
	}
	return f
}

// The words of a type are those into which the compiler takes its values apart.
func TestWords(t *testing.T) {
	f := buildWords(t)
	fn, ok := f.FuncByName("main.all")
	if !ok {
		t.Fatal("no function main.all")
	}
	types := map[string]Variable{}
	for _, e := range fn.scopes().vars {
		v := fn.unit.variable(e, 0)
		types[v.Name] = v
	}
	for _, tt := range []struct{ name, want string }{
		{"n", "@0+8"},
		{"s", ".ptr@0+8 .len@8+8"},
		{"l", ".ptr@0+8 .len@8+8 .cap@16+8"},
		{"c", ".real@0+4 .imag@4+4"},
		{"m", "not taken apart"}, // more than four words
		{"w", "not taken apart"}, // more than four fields
		{"a", "not taken apart"}, // more than one element
	} {
		v, ok := types[tt.name]
		if !ok {
			t.Errorf("no variable %s", tt.name)
			continue
		}
		if got := describeWords(f, v); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
}

func describeWords(f *File, v Variable) string {
	words, ok := f.Words(v.Type)
	if !ok {
		return "not taken apart"
	}
	var all []string
	for _, w := range words {
		all = append(all, fmt.Sprintf("%s@%d+%d", w.Name, w.Offset, w.Size))
	}
	return strings.Join(all, " ")
}

// The places of words aren't variables, but a variable may have a name like theirs.
func TestParts(t *testing.T) {
	f := buildWords(t)
	for _, tt := range []struct {
		function string
		want     []string
	}{
		{"main.places", []string{"lines", "n", "p", "pA", "s", "x"}},
		{"main.blank", []string{"&n", "n", "none"}}, // w and p have only the fields of size 0
	} {
		fn, ok := f.FuncByName(tt.function)
		if !ok {
			t.Errorf("no function %s", tt.function)
			continue
		}
		var got []string
		fn.scopes().each(func(s *scope) {
			for _, e := range s.vars {
				if name, _ := e.Val(dwarf.AttrName).(string); name != "" && name[0] != '~' && name[0] != '.' {
					got = append(got, name)
				}
			}
		})
		slices.Sort(got)
		if got = slices.Compact(got); !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %q, want %q; %d places of words", tt.function, got, tt.want, len(fn.parts))
		}
	}
}

// A variable of an inlined call isn't a word just because it is declared elsewhere.
func TestPartsInlined(t *testing.T) {
	fn, ok := buildWords(t).FuncByName("main.around")
	if !ok {
		t.Fatal("no function main.around")
	}
	found := false
	fn.scopes().each(func(s *scope) {
		for _, e := range s.vars {
			found = found || fn.unit.variable(e, 0).Name == "at"
		}
	})
	if !found {
		t.Error("the variable at of the inlined call isn't there")
	}
}
