package stacks

import (
	"fmt"
	"strings"
	"testing"

	"coredumpy/internal/corefile"
)

type plain struct{ strings.Builder }

func (p *plain) Bold(text string) { p.WriteString(text) }
func (p *plain) Err() error       { return nil }

func frame(fn string) corefile.Frame {
	return corefile.Frame{Place: corefile.Place{Func: fn, File: "x.go", Line: 1}, PC: 16}
}

func TestUserFrame(t *testing.T) {
	build := &corefile.Build{Main: "shop", Deps: [][2]string{{"example.com/money", "v1"}}}
	tests := []struct {
		name   string
		build  *corefile.Build
		frames []string
		want   int
	}{
		{"main", build, []string{"runtime.gopark", "sync.(*Mutex).Lock", "main.f"}, 2},
		{"a module without a domain", build, []string{"runtime.gopark", "net.(*conn).Read", "shop/cart.(*Cart).Add"}, 2},
		{"a module with one", build, []string{"runtime.gopark", "example.com/money.Add"}, 1},
		{"no code of the program", build, []string{"runtime.gopark", "internal/poll.runtime_pollWait", "net/http.(*conn).serve"}, 2},
		{"nothing but the runtime", build, []string{"runtime.gopark", "runtime.bgsweep"}, 0},
		{"modules are not known", nil, []string{"runtime.gopark", "shop.f", "main.main"}, 1},
		{"none", build, nil, 0},
	}
	for _, test := range tests {
		var frames []corefile.Frame
		for _, fn := range test.frames {
			frames = append(frames, frame(fn))
		}
		if got := NewProgram(test.build).UserFrame(frames); got != test.want {
			t.Errorf("%s: got frame %d, want %d", test.name, got, test.want)
		}
	}
}

// The columns are those of pkg/terminal in Delve 1.27: the numbers flush right.
func TestWriteColumns(t *testing.T) {
	g := &corefile.Goroutine{More: 3}
	for i := range 11 {
		g.Frames = append(g.Frames, frame(fmt.Sprintf("main.f%d", i)))
	}
	var out plain
	Write(&out, g, 100, nil)
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

func TestGroups(t *testing.T) {
	added := map[int64]*corefile.Goroutine{}
	lookup := func(id int64) (*corefile.Goroutine, error) { return added[id], nil }
	groups := Groups{Program: NewProgram(nil), Current: 40, Lookup: lookup}
	var by *corefile.Place
	add := func(id int64, wait int64, fns ...string) {
		g := &corefile.Goroutine{ID: id, Status: "select", Wait: wait, CreatedBy: by}
		for _, fn := range fns {
			g.Frames = append(g.Frames, frame(fn))
		}
		groups.Add(g)
		added[id] = g
	}
	add(2, 0, "runtime.gopark")
	for id := int64(1); id <= 30; id++ {
		add(10+id, id*1e9, "runtime.gopark", "main.worker")
	}
	for id := int64(50); id <= 90; id++ {
		add(id, 0, "main.other")
	}
	by = &corefile.Place{Func: "runtime.gcenable"}
	add(3, 0, "runtime.sweep")
	by = &corefile.Place{Func: "main.main", File: "x.go", Line: 1}
	add(4, 0, "runtime.asyncPreempt2") // its callers are missing
	var out plain
	groups.Write(&out, false)
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
