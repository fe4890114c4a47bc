package compare_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"coredumpy"
	"coredumpy/internal/compare"
	"coredumpy/internal/dump"
	"coredumpy/internal/inspector"
)

type thing struct {
	ID     int
	Name   string
	Ratio  float64
	On     bool
	Bytes  []byte
	List   []string
	ByName map[string]*thing
	ByPair map[pair]int
	ByAddr map[*thing]int
	Any    any
	Next   *thing
	Chan   chan int
}

type pair struct {
	a int
	b string
}

func newThing() *thing {
	t := &thing{ID: 1, Name: "ann", Ratio: 0.5, Bytes: []byte("bytes"), List: []string{"a", "b"},
		ByName: map[string]*thing{"x": {ID: 2}, "y": {ID: 3}}, ByPair: map[pair]int{{1, "p"}: 1},
		Any: pair{4, "q"}, Chan: make(chan int, 2)}
	t.ByAddr = map[*thing]int{t: 1}
	t.Next = &thing{Next: t}
	t.Chan <- 1
	return t
}

// read returns a dump with a variable v.
func read(t *testing.T, v any) *inspector.Inspector {
	t.Helper()
	var file bytes.Buffer
	if err := coredumpy.DumpTo(&file, coredumpy.Var("v", v)); err != nil {
		t.Fatal(err)
	}
	core, err := dump.Read(&file)
	if err != nil {
		t.Fatal(err)
	}
	in, err := inspector.New(core)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func goOn(done, all int) bool { return false }

func TestValues(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*thing)
		want   string
	}{
		{"nothing", func(*thing) {}, ""},
		{"number", func(t *thing) { t.ID = 7 }, ".ID changed"},
		{"text", func(t *thing) { t.Name = "anna" }, ".Name changed"},
		{"float", func(t *thing) { t.Ratio = 0.25 }, ".Ratio changed"},
		{"bool", func(t *thing) { t.On = true }, ".On changed"},
		{"bytes", func(t *thing) { t.Bytes[4] = 'z' }, ".Bytes changed"},
		{"element", func(t *thing) { t.List[1] = "c" }, ".List[1] changed"},
		{"length", func(t *thing) { t.List = t.List[:1] }, ".List length 2 1"},
		{"slice that is nil", func(t *thing) { t.List = nil }, ".List changed"},
		{"in a map", func(t *thing) { t.ByName["y"].ID++ }, `.ByName["y"].ID changed`},
		{"keys", func(t *thing) { delete(t.ByName, "x"); t.ByName["z"] = nil },
			`.ByName lost 1 "x" .ByName new 1 "z"`},
		{"keys of two parts", func(t *thing) { t.ByPair[pair{1, "o"}] = 1 },
			".ByPair new 1 coredumpy/internal/compare_test.pair {a: 1, b: \"o\"}"},
		{"keys that are addresses", func(t *thing) { t.ByAddr[t.Next] = 1 }, ".ByAddr length 1 2"},
		{"type", func(t *thing) { t.Any = 4 }, ".Any changed"},
		{"in an interface", func(t *thing) { t.Any = pair{5, "q"} }, ".Any.a changed"},
		{"behind a pointer", func(t *thing) { t.Next.ID = 9 }, ".Next.ID changed"},
		{"pointer that is nil", func(t *thing) { t.Next = nil }, ".Next changed"},
		{"channel", func(t *thing) { <-t.Chan; close(t.Chan) }, ".Chan length 1 0 .Chan closed"},
		{"two", func(t *thing) { t.ID, t.Name = 3, "x" }, ".ID changed .Name changed"},
	} {
		before, after := newThing(), newThing()
		tt.change(after)
		r := compare.Dumps(read(t, before), read(t, after), goOn)
		if r.Frame == nil {
			t.Fatalf("%s: got no frame", tt.name)
		}
		var got []string
		for _, v := range r.Frame.Variables {
			if v.Name == "v" {
				got = said(v)
			}
		}
		if text := strings.Join(got, " "); text != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, text, tt.want)
		}
	}
}

// said returns the differences of a variable as texts.
func said(v compare.Variable) (texts []string) {
	for _, d := range v.Differences {
		switch d.What {
		case compare.Changed:
			texts = append(texts, d.Path+" changed")
		case compare.Length:
			texts = append(texts, fmt.Sprintf("%s length %d %d", d.Path, d.N[0], d.N[1]))
		case compare.KeysLost:
			texts = append(texts, fmt.Sprintf("%s lost %d %s", d.Path, d.N[0], strings.Join(d.Keys, " ")))
		case compare.KeysNew:
			texts = append(texts, fmt.Sprintf("%s new %d %s", d.Path, d.N[1], strings.Join(d.Keys, " ")))
		case compare.Closed:
			texts = append(texts, d.Path+" closed")
		}
	}
	return texts
}

// A comparison is bounded, and says so.
func TestBounded(t *testing.T) {
	before, after := make([]int, 200_000), make([]int, 200_000)
	for i := range after {
		after[i] = 1
	}
	old := coredumpy.Config
	defer func() { coredumpy.Config = old }()
	coredumpy.Config.MaxElements = 1 << 20
	a, b := read(t, before), read(t, after)
	r := compare.Dumps(a, b, goOn)
	if !r.Partial || r.Frame == nil || len(r.Frame.Variables) == 0 {
		t.Fatalf("got %+v, want differences, and that not all was compared", r)
	}
	for _, v := range r.Frame.Variables {
		if v.Name == "v" && (len(v.Differences) > 100 || v.More == 0) {
			t.Errorf("got %d differences and %d more, want few", len(v.Differences), v.More)
		}
	}
	if r := compare.Dumps(a, b, func(done, all int) bool { return true }); r != nil {
		t.Errorf("stopped: got %+v, want nothing", r)
	}
}

const goroutineText = `{"goroutine":{"id":%d,"status":"select","frames":[{"func":"main.%s","file":"x.go","line":1,"vars":[%s]}]}}` + "\n"

// Goroutines are matched by what they do, and frames by their functions.
func TestGroups(t *testing.T) {
	open := func(text string) *inspector.Inspector {
		core, err := dump.Read(strings.NewReader(`{"coredumpy":{"version":2,"reason":"dump","goroutine":1}}` + "\n" +
			`{"type":{"id":1,"name":"int","kind":"int","size":8}}` + "\n" + text))
		if err != nil {
			t.Fatal(err)
		}
		in, err := inspector.New(core)
		if err != nil {
			t.Fatal(err)
		}
		return in
	}
	g := func(id int, function, vars string) string { return fmt.Sprintf(goroutineText, id, function, vars) }
	x := func(value string) string { return `{"name":"x","type":1,"value":` + value + `}` }
	a := open(g(1, "a", x("1")) + g(2, "b", "") + g(3, "b", "") + g(4, "gone", ""))
	b := open(g(1, "other", "") + g(7, "a", x("2")+`,{"name":"y","type":1,"value":1}`) + g(8, "b", "") + g(9, "b", ""))
	r := compare.Dumps(a, b, goOn)
	if r.Goroutines != [2]int{4, 4} || len(r.Groups) != 2 {
		t.Errorf("got %d goroutines and groups %+v, want 4 each, and 2 groups that differ", r.Goroutines, r.Groups)
	}
	if f := r.Frame; f == nil || f.Goroutines != [2]int64{1, 7} || len(f.Variables) != 2 ||
		f.Variables[0].Differences[0].What != compare.Changed || f.Variables[1].Differences[0].What != compare.New {
		t.Errorf("got frame %+v, want that of goroutine 7, in which x differs and y is new", f)
	}
}

// Slices of one array are compared each as far as it goes, and a variable that leads to what
// differs isn't the same because another one led there first.
func TestShared(t *testing.T) {
	read := func(last int) *inspector.Inspector {
		all := []int{1, 2, last}
		var file bytes.Buffer
		if err := coredumpy.DumpTo(&file, coredumpy.Var("slices", [][]int{all[:1], all}),
			coredumpy.Var("one", &all), coredumpy.Var("two", &all)); err != nil {
			t.Fatal(err)
		}
		core, err := dump.Read(&file)
		if err != nil {
			t.Fatal(err)
		}
		in, err := inspector.New(core)
		if err != nil {
			t.Fatal(err)
		}
		return in
	}
	r := compare.Dumps(read(3), read(4), goOn)
	if r.Frame == nil {
		t.Fatal("got no frame")
	}
	got := map[string]string{}
	for _, v := range r.Frame.Variables {
		got[v.Name] = strings.Join(said(v), " ")
	}
	for name, want := range map[string]string{"slices": "[1][2] changed", "one": "[2] changed", "two": "[2] changed"} {
		if got[name] != want {
			t.Errorf("%s: got %q, want %q", name, got[name], want)
		}
	}
}
