package syntax

import (
	"go/build"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"coredumpy/internal/excerpt"
)

// What a file says about the variables of a function is the same when it is cut down to what the
// function needs.
func TestExcerpt(t *testing.T) {
	functions, variables, kept, all := 0, 0, 0, 0
	for _, name := range []string{"net/http/server.go", "net/http/request.go", "encoding/json/decode.go",
		"bufio/bufio.go", "text/template/exec.go", "strconv/quote.go", "reflect/value.go", "fmt/print.go"} {
		text, err := os.ReadFile(filepath.Join(build.Default.GOROOT, "src", filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		whole := Parse(string(text))
		for _, d := range whole.funcs {
			first, last := whole.line(d.Pos()), whole.line(d.End())
			cut, omitted := excerpt.Cut(name, string(text), excerpt.Wanted{Lines: []int{(first + last) / 2}})
			part := Parse(cut)
			if part == nil {
				t.Fatalf("%s:%d: got an excerpt that can't be parsed: %s", name, first, Problem(cut))
			}
			functions++
			kept, all = kept+len(cut), all+len(text)
			for line := first; line <= last; line++ {
				for _, gap := range omitted {
					if gap[0] <= line && line <= gap[1] {
						t.Fatalf("%s:%d: got line %d omitted", name, first, line)
					}
				}
			}
			variables += sameFacts(t, name, whole, part, last)
		}
	}
	if functions < 500 || variables < 2000 {
		t.Errorf("got %d functions with %d variables, want 500 with 2000: the test doesn't see them", functions, variables)
	}
	if kept*3 > all {
		t.Errorf("got excerpts of %d bytes of %d, want a third of that or less", kept, all)
	}
}

// sameFacts compares what a file and its excerpt say about the variables of the function around a
// line, and returns how many there are.
func sameFacts(t *testing.T, name string, whole, part *File, line int) (n int) {
	t.Helper()
	want, got := whole.functionAt(line), part.functionAt(line)
	if want == nil {
		return 0
	}
	if got == nil {
		t.Errorf("%s: got no function around line %d", name, line)
		return 0
	}
	for _, vars := range want.variables {
		for i := range vars {
			n++
			v := &vars[i]
			w, ok := got.variables[v.name], false
			at := slices.IndexFunc(w, func(w Variable) bool { return w.line == v.line && w.kind == v.kind && w.fn == v.fn })
			if ok = at >= 0; !ok {
				t.Errorf("%s:%d: got no variable %s", name, v.line, v.name)
				continue
			}
			if g, w := factsOf(&w[at]), factsOf(v); !slices.Equal(g, w) {
				t.Errorf("%s:%d: got %v for %s, want %v", name, v.line, g, v.name, w)
			}
		}
	}
	return n
}

func factsOf(v *Variable) (facts []bool) {
	facts = append(facts, v.Skipped(), v.Reassigned(true), v.Reassigned(false), v.FromParameter())
	for _, typ := range []string{"int", "[]uint8", "error", "*net/http.Request", "net/http.Header", "reflect.flag"} {
		facts = append(facts, v.Converted(typ))
	}
	return facts
}
