package dump

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// frame returns a frame at the line of the source that has "// here" in it, with variables,
// each given by the members of its record other than type and value. If source is "", the dump
// has none.
func frame(t *testing.T, more, source string, vars ...string) *Frame {
	t.Helper()
	line := 0
	for i, text := range strings.Split(source, "\n") {
		if strings.Contains(text, "// here") {
			line = i + 1
		}
	}
	for i, v := range vars {
		vars[i] = "{" + v + `,"type":1,"value":` + fmt.Sprint(i+1) + "}"
	}
	text := `{"coredumpy":{"version":1,"reason":"panic","goroutine":1}}
{"type":{"id":1,"name":"int","kind":"int","size":8}}
` + fmt.Sprintf(`{"goroutine":{"id":1,"status":"running","frames":[{"func":"main.f","pkg":"main","file":"/src/main.go","line":%d%s,"vars":[%s]}]}}`, line, more, strings.Join(vars, ",")) + "\n"
	if line > 0 {
		quoted, err := json.Marshal(source)
		if err != nil {
			t.Fatal(err)
		}
		text += fmt.Sprintf(`{"source":{"id":1,"path":"/src/main.go","text":%s}}`, quoted) + "\n"
	}
	core, err := Read(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	g, err := core.Goroutine(1)
	if err != nil {
		t.Fatal(err)
	}
	return &g.Frames[0]
}

// describe returns the variables of a frame: hidden ones in parentheses, each with its value,
// or why it has none, and its caveat.
func describe(f *Frame) string {
	var all []string
	for _, v := range f.Vars() {
		name, value := v.Name, fmt.Sprint(v.Value.Int())
		if v.Shadowed {
			name = "(" + name + ")"
		}
		if !v.Value.Valid() {
			value = v.Value.Reason().String()
		}
		text := name + "=" + value
		if note := v.Note(); note != "" {
			text += " [" + note + "]"
		}
		all = append(all, text)
	}
	return strings.Join(all, ", ")
}

const (
	onLine    = `"note":"declared on this line: it may not be set yet"`
	optimized = `"note":"optimized: it may be out of date"`
)

// The source settles what debug information leaves open, and nothing else.
func TestVars(t *testing.T) {
	tests := []struct {
		name, more, source string
		vars               []string
		want               string
	}{
		{"a variable declared where the frame is isn't set", "", "package main\nfunc f() {\n\tx := g() // here\n\t_ = x\n}\n",
			[]string{`"name":"x","line":3,` + onLine}, "x=not set yet"},
		{"one of a loop may be", "", "package main\nfunc f(s []int) {\n\tfor i := range s { g(i) } // here\n}\n",
			[]string{`"name":"i","line":3,` + onLine}, "i=1 [declared on this line: it may not be set yet]"},
		{"the variable that it would hide is meant", "", "package main\nfunc f(x int) {\n\t{\n\t\tx := g(x) // here\n\t\t_ = x\n\t}\n}\n",
			[]string{`"name":"x","role":"arg","line":2,"shadowed":true`, `"name":"x","line":4,` + onLine}, "x=1, (x)=not set yet"},
		{"one that is assigned once isn't out of date", `,"optimized":true`, "package main\nfunc f() {\n\tx := g()\n\tg() // here\n\t_ = x\n}\n",
			[]string{`"name":"x","line":3,` + optimized}, "x=1"},
		{"one that is assigned again may be", `,"optimized":true`, "package main\nfunc f() {\n\tx := g()\n\tx++\n\tg() // here\n\t_ = x\n}\n",
			[]string{`"name":"x","line":3,` + optimized}, "x=1 [optimized: it may be out of date]"},
		{"other caveats stay", `,"optimized":true`, "package main\nfunc f() {\n\tx := g()\n\tg() // here\n\t_ = x\n}\n",
			[]string{`"name":"x","line":3,"note":"optimized: it may be out of date; its memory may have been reused"`}, "x=1 [its memory may have been reused]"},
		{"without the source nothing is settled", `,"optimized":true`, "",
			[]string{`"name":"x","line":3,` + optimized}, "x=1 [optimized: it may be out of date]"},
		{"a block that has ended hides nothing", `,"optimized":true`, "package main\nfunc f(x int) {\n\t{\n\t\tx := g()\n\t\t_ = x\n\t}\n\tg() // here\n\t_ = x\n}\n",
			[]string{`"name":"x","role":"arg","line":2,"shadowed":true`, `"name":"x","line":4`}, "x=1, (x)=2"},
		{"in an inlined call it isn't there", `,"inlined":true`, "package main\nfunc f(x int) {\n\t{\n\t\tx := g()\n\t\t_ = x\n\t}\n\tg() // here\n\t_ = x\n}\n",
			[]string{`"name":"x","role":"arg","line":2`, `"name":"x","line":4`}, "x=1"},
		{"two of a name in an inlined call without a source", `,"inlined":true`, "",
			[]string{`"name":"x","line":2`, `"name":"x","line":4`}, "x=1 [another variable of this name may be meant], x=2 [another variable of this name may be meant]"},
		{"a place shared by variables that are assigned once", `,"optimized":true`, "package main\nfunc f() {\n\tx := g()\n\ty := g()\n\tg() // here\n\t_, _ = x, y\n}\n",
			[]string{`"name":"x","line":3,"note":"optimized: its place may be another variable's by now: y of line 4"`, `"name":"y","line":4`}, "x=1, y=2"},
		{"or by one that isn't", `,"optimized":true`, "package main\nfunc f() {\n\tx := g()\n\ty := g()\n\ty++\n\tg() // here\n\t_, _ = x, y\n}\n",
			[]string{`"name":"x","line":3,"note":"optimized: its place may be another variable's by now: y of line 4"`, `"name":"y","line":4`}, "x=1 [optimized: its place may be another variable's by now: y of line 4], y=2"},
		{"what the program gave is as it is", `,"optimized":true`, "package main\nfunc f() {\n\tg() // here\n}\n",
			[]string{`"name":"x","role":"given"`}, "x=1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := frame(t, tt.more, tt.source, tt.vars...)
			if got := describe(f); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			if again := describe(f); again != tt.want {
				t.Errorf("got %s the second time, want %s", again, tt.want)
			}
		})
	}
}

// A name means the innermost variable in scope. If the dump has nothing about that one, it
// doesn't mean another.
func TestVariable(t *testing.T) {
	const source = "package main\nfunc f(x int) {\n\t{\n\t\tx := g()\n\t\ty := g()\n\t\tg() // here\n\t\t_, _ = x, y\n\t}\n}\n"
	both := func() []string {
		return []string{`"name":"x","role":"arg","line":2,"shadowed":true`, `"name":"x","line":4`}
	}
	f := frame(t, `,"optimized":true`, source, both()...)
	if v := f.Variable("x"); v == nil || v.Line != 4 {
		t.Errorf("got %+v for x, want that of line 4", v)
	}
	if v := f.Variable("y"); v != nil {
		t.Errorf("got %+v for y, want none", v)
	}
	if why, unsure := f.Absent("y"); why != "y is a variable declared on line 5, of which the dump has nothing" || unsure {
		t.Errorf("got %q and %v for y, want that it is declared on line 5", why, unsure)
	}
	if why, unsure := f.Absent("x"); why != "" || unsure {
		t.Errorf("got %q and %v for x, want nothing", why, unsure)
	}
	// The inner one has no record: the name doesn't mean the outer one all the same.
	f = frame(t, `,"optimized":true`, source, both()[0])
	if v := f.Variable("x"); v != nil {
		t.Errorf("got %+v for x, want none: the dump has nothing of the one that is meant", v)
	}
	if why, _ := f.Absent("x"); !strings.Contains(why, "declared on line 4") {
		t.Errorf("got %q for x, want that it is declared on line 4", why)
	}
	f = frame(t, `,"optimized":true`, "", both()...)
	if why, unsure := f.Absent("limit"); why != "" || !unsure {
		t.Errorf("got %q and %v without a source, want unsure", why, unsure)
	}
}

// A function literal that is called where it is written gets what it captures as arguments,
// whose line is that of the literal.
func TestCapturedArgument(t *testing.T) {
	const source = "package main\n\nfunc f() {\n\ttotal := 1\n\tfunc() {\n\t\tboom(total) // here\n\t}()\n}\n"
	arg := `"name":"total","role":"arg","line":5`
	f := frame(t, `,"optimized":true`, source, arg)
	f.Func = "main.f.func1"
	if got, want := describe(f), "total=1"; got != want {
		t.Errorf("in a literal: got %s, want %s", got, want)
	}
	if why, _ := f.Absent("total"); why != "" {
		t.Errorf("in a literal: got total absent, because %s", why)
	}
	if got, want := describe(frame(t, `,"optimized":true`, source, arg)), "(total)=1"; got != want {
		t.Errorf("in another function: got %s, want %s", got, want)
	}
}
