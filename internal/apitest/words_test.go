package apitest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"coredumpy"
)

// If optimised code keeps only a part of a value, no word is taken for another, and a
// value that may be another variable's has a caveat.
func TestWords(t *testing.T) {
	const shared = "its place may be another variable's"
	// From Go 1.27 on the compiler describes more.
	older := regexp.MustCompile(`^go1\.2[456]\b`).MatchString(runtime.Version())
	path := filepath.Join(t.TempDir(), "x.dump")
	if o := command(t, exec.Command(build(t, "words", plain), path)); o.exit != 0 {
		t.Fatalf("got exit status %d: %s", o.exit, o.stderr)
	}
	d := open(t, path)
	for _, tt := range []struct {
		function, name string
		want           string // `x` is a part that may be missing
		lost           bool   // all of it may be missing
		caveat         string // that allows for another value
	}{
		{"pointerAndCapacity", "l", "[]int64 len: 3, cap: `7`, [7,0,0]", true, ""},
		{"sliced", "l", "[]int64 len: 3, cap: `7`, [7,0,0]", true, ""},
		{"lengthAndCapacity", "l", "[]int64 len: 3, cap: `7`, [7,0,0]", true, ""},
		{"pointerAndLength", "l", "[]int64 len: 3, cap: `7`, [7,0,0]", older, ""},
		{"wholeSlice", "l", "[]int64 len: 3, cap: 7, [7,0,0]", false, ""},
		{"allFields", "p", "main.padded {A: 3, B: 300, C: true, D: 21}", false, ""},
		{"someFields", "p", "main.padded {A: `3`, B: `0`, C: `false`, D: 21}", false, ""},
		{"nested", "o", `main.outer {In: main.inner {F: 3, E: error(*errors.errorString) *{s: "error 3"}}, N: 27}`,
			false, ""},
		{"lastFields", "q", "main.named {P: `*int nil`, S: `\"text3\"`}", older, ""},
		{"complexes", "c", "[1]complex128 [(3 + 4i)]", false, ""},
		{"imaginary", "c", "(3 + 4i)", true, ""},
		{"shared", "first", "19", true, shared},
		{"shared", "x", "20", true, shared},
		{"alike", "p", "main.padded {A: 3, B: 3, C: `false`, D: `0`}", false, ""},
		{"alike", "pA", "4", older, ""},
		{"alike", "pB", "5", older, ""},
		{"converted", "d", "3", true, "it may be out of date"},
		{"stated", "t", `main.table ["n": 3, ]`, true, "it may be out of date"},
		{"returned", "t", `main.table ["n": 3, ]`, true, "it may be out of date"},
		{"copied", "b", `main.table ["n": 3, ]`, true, shared},
		{"inlined", "l", `"3!"`, false, ""},
		{"inlined", "r", `"3 3"`, false, ""},
	} {
		t.Run(tt.function+" "+tt.name, func(t *testing.T) {
			v := d.local(t, "main."+tt.function, tt.name)
			got := show(v.Value)
			right := partly(tt.want).MatchString(got) || tt.lost && optimizedOut(got)
			excused := tt.caveat != "" && strings.Contains(v.Note, tt.caveat)
			if !right && !excused {
				t.Errorf("got %s, note %q, want %s", got, v.Note, tt.want)
			}
		})
	}
}

func optimizedOut(text string) bool {
	return strings.HasPrefix(text, "(optimized out)") || strings.HasPrefix(text, "(unreadable optimized out")
}

// What optimised code has in memory as a whole has its current value there, and what is
// assigned only once can't be out of date: such values have no caveat.
func TestWholeValues(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.dump")
	if o := command(t, exec.Command(build(t, "words", plain), path)); o.exit != 0 {
		t.Fatalf("got exit status %d: %s", o.exit, o.stderr)
	}
	d := open(t, path)
	for _, tt := range []struct{ function, name, want string }{
		{"assignedByClosure", "names", `[]string len: 2, cap: 2, ["one","two"]`},
		{"assignedByClosure", "last", `"two"`},
		{"assignedByClosure", "err", `error(*errors.errorString) *{s: "at two"}`},
		{"addressTaken", "l", `main.large {A: 3, B: 0, C: 0, D: 0, E: 6, Name: "set"}`},
		{"used", "l", "[]int64 len: 3, cap: 7, [7,5,0]"},
		{"sharedWithInlined", "m", "3"},
		{"sharedWithInlined", "o", "9"},
	} {
		t.Run(tt.function+" "+tt.name, func(t *testing.T) {
			v := d.local(t, "main."+tt.function, tt.name)
			if got := show(v.Value); got != tt.want || v.Note != "" {
				t.Errorf("got %s, note %q, want %s", got, v.Note, tt.want)
			}
		})
	}
}

// A value that has another type than its variable may be in a place that others use: it has a
// caveat, wherever it is converted.
func TestConvertedElsewhere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.dump")
	if o := command(t, exec.Command(build(t, "words", plain), path)); o.exit != 0 {
		t.Fatalf("got exit status %d: %s", o.exit, o.stderr)
	}
	d := open(t, path)
	const made, held = `main.table ["n": 3, ]`, `main.holder {t: main.table ["n": 3, ]}`
	for _, tt := range []struct{ function, name, want string }{
		{"convertedForCall.func1", "t", made},
		{"convertedForCallTwice.func1", "t", made},
		{"oneOfSeveral", "t", made},
		{"namedInCall", "t", made},
		{"passedThrough", "t", made},
		{"element", "h", held},
		{"elementOfResult", "h", held},
		{"partOfReceiver", "h", held},
		{"literal", "t", made},
		{"fromOtherFile", "t", made},
	} {
		t.Run(tt.function+" "+tt.name, func(t *testing.T) {
			v := d.local(t, "main."+tt.function, tt.name)
			got := show(v.Value)
			if got != tt.want && !optimizedOut(got) && !strings.HasPrefix(v.Note, "optimized: it") {
				t.Errorf("got %s, note %q, want %s", got, v.Note, tt.want)
			}
		})
	}
}

// The places that the compiler makes for words of variables aren't variables: the dump
// has no names that aren't in the source.
func TestNamesOfWords(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.dump")
	if o := command(t, exec.Command(build(t, "words", plain), path)); o.exit != 0 {
		t.Fatalf("got exit status %d: %s", o.exit, o.stderr)
	}
	files, err := filepath.Glob(filepath.Join("testdata", "words", "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, file := range files {
		source, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(source, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				names[id.Name] = true
			}
			return true
		})
	}
	d := open(t, path)
	found := 0
	for _, id := range d.Goroutines() {
		g, err := d.Goroutine(id)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range g.Frames {
			seen := map[string]bool{}
			for _, v := range f.Vars {
				if !strings.HasPrefix(f.Func, "main.") || v.Role == coredumpy.Result && v.Name[0] == '~' {
					continue
				}
				if !names[v.Name] {
					t.Errorf("got %s = %s in %s, which isn't in the source", v.Name, show(v.Value), f.Func)
				}
				if seen[v.Name] && f.Func != "main.main" {
					t.Errorf("got %s twice in %s", v.Name, f.Func)
				}
				seen[v.Name] = true
				found++
			}
		}
	}
	if found < 30 {
		t.Errorf("got %d variables, want all of them", found)
	}
}
