package inspector

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
)

// valuesFor returns the line values of a frame at the line of a source with "// here" in it, one
// line after the other: "3 n=1 s=2; 4 n=1". Variables are given by the members of their records
// other than type and value, which is 1 for the first, 2 for the second.
func valuesFor(t *testing.T, more, source string, vars ...string) string {
	t.Helper()
	line := 0
	for i, text := range strings.Split(source, "\n") {
		if strings.Contains(text, "// here") {
			line = i + 1
		}
	}
	var records []string
	for i, v := range vars {
		records = append(records, fmt.Sprintf(`{%s,"type":1,"value":%d}`, v, i+1))
	}
	in := read(t, `"goroutine":1`, `{"type":{"id":1,"name":"int","kind":"int","size":8}}`,
		fmt.Sprintf(`{"goroutine":{"id":1,"status":"running","frames":[{"func":"main.f","pkg":"main",`+
			`"file":"/src/main.go","line":%d%s,"vars":[%s]}]}}`, line, more, strings.Join(records, ",")),
		`{"global":{"id":1,"name":"main.limit","type":1,"value":64}}`,
		`{"global":{"id":2,"name":"other.limit2","type":1,"value":65}}`,
		fmt.Sprintf(`{"source":{"id":1,"path":"/src/main.go","text":%s}}`, strconv.Quote(source)))
	f, _, err := in.Frame()
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	at := 0
	for _, v := range in.LineValues(f, 1, 1_000_000) {
		if v.Line != at {
			lines, at = append(lines, fmt.Sprint(v.Line)), v.Line
		}
		lines[len(lines)-1] += fmt.Sprintf(" %s=%d", v.Name, v.Variable.Value.Int())
	}
	return strings.Join(lines, "; ")
}

const (
	inlined   = `,"inlined":true`
	optimised = `,"optimized":true`
)

func TestLineValues(t *testing.T) {
	const shadowing = "package main\nfunc f(n int) {\n\tg(n)\n\tif a {\n\t\tn := 5\n\t\tg(n) // here\n\t}\n\tg(n)\n}\n"
	both := []string{`"name":"n","line":2,"role":"arg","shadowed":true`, `"name":"n","line":5`}
	tests := []struct {
		name, more, source string
		vars               []string
		want               string
	}{
		{"arguments and locals, up to the frame's line", "",
			"package main\nfunc f(n int) {\n\tx := n\n\tg(x, n) // here\n\tg(x)\n}\n",
			[]string{`"name":"n","line":2`, `"name":"x","line":3`}, "2 n=1; 3 x=2 n=1; 4 x=2 n=1"},
		{"an inner variable hides another", "", shadowing, both, "2 n=1; 3 n=1; 5 n=2; 6 n=2"},
		{"in optimised code, too", optimised, shadowing, both, "2 n=1; 3 n=1; 5 n=2; 6 n=2"},
		{"the other one isn't in the dump", optimised, shadowing, both[1:], "5 n=1; 6 n=1"},
		{"only the other one is", optimised, shadowing, both[:1], "2 n=1; 3 n=1"},
		{"two variables of one name on a line", "",
			"package main\nfunc f(n int) {\n\tif a {\n\t\tn := n\n\t\tg(n) // here\n\t}\n}\n",
			[]string{`"name":"n","line":2,"shadowed":true`, `"name":"n","line":4`}, "2 n=1; 5 n=2"},
		{"out of scope by now, as optimised code has them", optimised,
			"package main\nfunc f() {\n\tfor i := range 3 {\n\t\tg(i)\n\t}\n\tg() // here\n}\n",
			[]string{`"name":"i","line":3`}, ""},
		{"a field, a key, a label and a package aren't variables", "",
			"package main\nfunc f(n, fmt int) {\n\tx.n = T{n: 1}\n\tgoto n\n\tg(fmt.Print) // here\n}\n",
			[]string{`"name":"n","line":2`}, "2 n=1"},
		{"doubtful", "", "package main\nfunc f(n, m int) {\n\tg(n, m) // here\n}\n",
			[]string{`"name":"n","line":2,"note":"from the registers when the signal came"`, `"name":"m","line":2`}, "2 m=2; 3 m=2"},
		{"not set yet", "", "package main\nfunc f() {\n\tx := g() // here\n}\n",
			[]string{`"name":"x","line":3,"note":"declared on this line: it may not be set yet"`}, ""},
		{"of the package", "", "package main\nfunc f() {\n\tg(limit, limit2, x.limit) // here\n}\n", nil, "3 limit=64"},
		{"one of the function hides it", "", "package main\nfunc f(limit int) {\n\tg(limit) // here\n}\n", nil, ""},
		{"at the end of the function", "", "package main\nfunc f(n int) {\n\tg(n)\n} // here\n",
			[]string{`"name":"n","line":2`}, "2 n=1; 3 n=1"},
		{"a function on one line", "", "package main\nfunc f(n int) { g(n) } // here\n",
			[]string{`"name":"n","line":2`}, "2 n=1"},
		{"the argument of an inlined call has no line", inlined, "package main\nfunc f(n int) {\n\tg(n) // here\n}\n",
			[]string{`"name":"n","line":0`}, "2 n=1; 3 n=1"},
		{"a captured one has that of the closure", "",
			"package main\nfunc f(n int) {\n\tif a {\n\t\tn := 1\n\t\tg(n)\n\t}\n\th(func() {\n\t\tg(n) // here\n\t})\n}\n",
			[]string{`"name":"n","line":7,"role":"captured"`}, "2 n=1; 8 n=1"},
		{"two are declared on a line", "", "package main\nfunc f() {\n\tx := 1; { x := 2; g(x) }\n\tg(x) // here\n}\n",
			[]string{`"name":"x","line":3,"shadowed":true`, `"name":"x","line":3`}, ""},
		{"a directive", "", "package main\n//line x.y:1\nfunc f(n int) {\n\tg(n) // here\n}\n",
			[]string{`"name":"n","line":3`}, ""},
		{"what the program was given", "", "package main\nfunc f() {\n\tn := 1\n\tg(n) // here\n}\n",
			[]string{`"name":"n","line":3,"role":"given"`}, ""},
		{"no Go source", "", "#include <n> // here\n", []string{`"name":"n","line":1`}, ""},
	}
	for _, tt := range tests {
		if got := valuesFor(t, tt.more, tt.source, tt.vars...); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

// What a line shows is bounded, and so are the lines.
func TestLineValuesBounds(t *testing.T) {
	var names, vars []string
	for i := range 2 * maxValuesOfLine {
		names = append(names, fmt.Sprint("x", i))
		vars = append(vars, fmt.Sprintf(`"name":"x%d","line":2`, i))
	}
	source := "package main\nfunc f(" + strings.Join(names, ", ") + " int) {\n" +
		strings.Repeat("\tg(x0)\n", maxLinesWithValues+10) + "\tg() // here\n}\n"
	got := valuesFor(t, "", source, vars...)
	if n := strings.Count(got, ";") + 1; n > maxLinesWithValues || n < maxLinesWithValues-10 {
		t.Errorf("got %d lines, want about %d", n, maxLinesWithValues)
	}
	got = valuesFor(t, "", "package main\nfunc f("+strings.Join(names, ", ")+" int) {\n\tg() // here\n}\n", vars...)
	if n := strings.Count(got, "="); n != maxValuesOfLine {
		t.Errorf("got %d values of a line, want %d", n, maxValuesOfLine)
	}
}
