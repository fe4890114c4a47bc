package repl

import (
	"fmt"
	"strings"
	"testing"

	"coredumpy/internal/corefile"
	"coredumpy/internal/dump"
)

type plain struct{ strings.Builder }

func (p *plain) Bold(text string) { p.WriteString(text) }
func (p *plain) Link(url, text string) {
	if url != "" {
		text = "<" + url + " " + text + ">"
	}
	p.WriteString(text)
}
func (p *plain) Faint(text string) { p.WriteString("~" + text + "~") }
func (p *plain) Err() error        { return nil }

// The columns are those of pkg/terminal in Delve 1.27, with numbers flush right.
func TestStackColumns(t *testing.T) {
	g := &dump.Goroutine{Goroutine: &corefile.Goroutine{More: 3}}
	for i := range 11 {
		place := corefile.Place{Func: fmt.Sprintf("main.f%d", i), File: "x.go", Line: 1}
		g.Frames = append(g.Frames, dump.Frame{Frame: &corefile.Frame{Place: place, PC: 16}})
	}
	var out plain
	(&stackWriter{w: &out, limit: 100}).write(g)
	for _, want := range []string{
		" 0  0x0000000000000010 in main.f0\n    at x.go:1\n",
		"\n10  0x0000000000000010 in main.f10\n    at x.go:1\n",
		"\n(3 more frames are not in the dump)\n",
	} {
		if !strings.Contains("\n"+out.String(), want) {
			t.Errorf("got\n%swant it to contain\n%s", out.String(), want)
		}
	}
}

// Frames of the standard library in a row are one line, except for the selected one.
func TestStackFolded(t *testing.T) {
	g := &dump.Goroutine{Goroutine: &corefile.Goroutine{}}
	kinds := map[string]frameKind{"main.a": ownFrame, "lib.b": libraryFrame, "fmt.c": standardFrame,
		"main.T.m": wrapperFrame, "net.d": standardFrame}
	for _, f := range []string{"fmt.c", "main.a", "fmt.c", "main.T.m", "net.d", "lib.b", "net.d", "fmt.c", "net.d"} {
		place := corefile.Place{Func: f, File: "x.go", Line: 1}
		g.Frames = append(g.Frames, dump.Frame{Frame: &corefile.Frame{Place: place}})
	}
	var out plain
	w := stackWriter{w: &out, limit: 9, selected: 7, kind: func(f *dump.Frame) frameKind { return kinds[f.Func] }}
	w.write(g)
	want := `~0  0x0000000000000000 in fmt.c
   at x.go:1~
1  0x0000000000000000 in main.a
   at x.go:1
~2  3 frames of the standard library, up to 4 (bt -a)~
5  0x0000000000000000 in lib.b
   at x.go:1
~6  0x0000000000000000 in net.d
   at x.go:1~
~7  0x0000000000000000 in fmt.c
   at x.go:1~
~8  0x0000000000000000 in net.d
   at x.go:1~
`
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
}

// On a terminal a frame is a row that fits into it.
func TestStackRows(t *testing.T) {
	g := &dump.Goroutine{Goroutine: &corefile.Goroutine{}}
	kinds := map[string]frameKind{"example.com/shop/cart.(*Cart).Add": ownFrame, "github.com/go-chi/chi/v5.f": libraryFrame,
		"net/http.c": standardFrame, "net/http.d": standardFrame}
	for _, f := range []string{"example.com/shop/cart.(*Cart).Add", "github.com/go-chi/chi/v5.f", "net/http.c", "net/http.d"} {
		place := corefile.Place{Func: f, File: "/home/ann/shop/cart/cart.go", Line: 12}
		g.Frames = append(g.Frames, dump.Frame{Frame: &corefile.Frame{Place: place, PC: 7}})
	}
	for columns, want := range map[int]string{
		80: "0  cart.(*Cart).Add  cart/cart.go:12\n~1  3 frames of chi, up to 3 (bt -a)~\n",
		24: "0  cart.(*Cart).Add  :12\n~1  3 frames of chi, up …~\n",
		20: "0  cart.(*Cart…  :12\n",
	} {
		var out plain
		w := stackWriter{w: &out, limit: 9, kind: func(f *dump.Frame) frameKind { return kinds[f.Func] }, columns: columns}
		w.write(g)
		if !strings.HasPrefix(out.String(), want) {
			t.Errorf("in %d columns: got\n%swant\n%s", columns, out.String(), want)
		}
	}
}

// In a row, a call has its arguments, as many as there is room for.
func TestStackArguments(t *testing.T) {
	core, err := dump.Read(strings.NewReader(`{"coredumpy":{"version":1,"reason":"dump","goroutine":1,"build":{"main":"shop"}}}
{"type":{"id":1,"name":"int","kind":"int","size":8}}
{"type":{"id":2,"name":"string","kind":"string","size":16}}
{"type":{"id":3,"name":"*main.T","kind":"ptr","size":8,"elem":4}}
{"type":{"id":4,"name":"main.T","kind":"struct","size":8,"fields":[{"name":"n","type":1}]}}
{"type":{"id":5,"name":"[]int","kind":"slice","size":24,"elem":1}}
{"goroutine":{"id":1,"status":"running","frames":[{"func":"main.f","file":"/src/a/main.go","line":7,"vars":[` +
		`{"name":"id","role":"arg","type":1,"value":3},{"name":"name","role":"arg","type":2,"value":"a name that is long, and longer"},` +
		`{"name":"t","role":"arg","type":3,"value":[4096,1]},{"name":"none","role":"arg","type":3,"value":null},` +
		`{"name":"old","role":"arg","type":1,"note":"may be stale","value":4},{"name":"gone","role":"arg","type":1,"value":{"x":"optimized out"}},` +
		`{"name":"s","role":"arg","type":5,"value":[4112,2,3,3]},{"name":"n","type":1,"value":5},{"name":"~r0","role":"result","type":1,"value":5}]},` +
		`{"func":"main.main","file":"/src/a/main.go","line":9}]}}
[1,4,[1]]
[2,5,[1,2,3]]
`))
	if err != nil {
		t.Fatal(err)
	}
	for columns, want := range map[int]string{
		200: "0  main.f(id=3, name=\"a name that is long, a…, t=*main.T, none=nil, old, gone, s=[]int(3))  a/main.go:7\n" +
			"1  main.main  a/main.go:9\n",
		40: "0  main.f(id=3, name=\"a na…  a/main.go:7\n1  main.main  a/main.go:9\n",
		24: "0  main.f  a/main.go:7\n1  main.main  :9\n",
	} {
		var out strings.Builder
		err := Run(core, Options{Commands: []string{"bt"}, Out: &out, Err: &out, Columns: func() int { return columns }})
		if err != nil || out.String() != want {
			t.Errorf("in %d columns: got %v\n%swant\n%s", columns, err, out.String(), want)
		}
	}
}

func TestGroupsText(t *testing.T) {
	var text strings.Builder
	text.WriteString(`{"coredumpy":{"version":1,"reason":"panic","goroutine":40}}` + "\n")
	add := func(id, wait int64, by string, functions ...string) {
		fmt.Fprintf(&text, `{"goroutine":{"id":%d,"status":"select","wait":%d%s,"frames":[`, id, wait, by)
		for i, fn := range functions {
			fmt.Fprintf(&text, `%s{"func":%q,"file":"x.go","line":1}`, ","[:min(i, 1)], fn)
		}
		text.WriteString("]}}\n")
	}
	add(2, 0, "", "runtime.gopark")
	for id := int64(1); id <= 30; id++ {
		add(10+id, id*1e9, "", "runtime.gopark", "main.worker")
	}
	for id := int64(50); id <= 90; id++ {
		add(id, 0, "", "main.other")
	}
	add(3, 0, `,"createdBy":{"func":"runtime.gcenable"}`, "runtime.sweep")
	add(4, 0, `,"createdBy":{"func":"main.main","file":"x.go","line":1}`, "runtime.asyncPreempt2") // its callers are missing
	core, err := dump.Read(strings.NewReader(text.String()))
	if err != nil {
		t.Fatal(err)
	}
	var out, failed strings.Builder
	if err := Run(core, Options{Commands: []string{"goroutines"}, Out: &out, Err: &failed}); err != nil ||
		failed.String() != "" {
		t.Fatal(err, failed.String())
	}
	want := `* 30 goroutines [select, 1s to 30s]: 40, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, ...+18 more
      main.worker at x.go:1
  41 goroutines [select]: 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, ...+29 more
      main.other at x.go:1
  1 goroutine [select]: 4
      runtime.asyncPreempt2 at x.go:1
      created by main.main at x.go:1
  2 goroutines of the runtime: 2, 3
[74 goroutines in 5 groups]
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}
