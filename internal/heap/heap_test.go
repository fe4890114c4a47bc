package heap_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"coredumpy"
	"coredumpy/internal/dump"
	"coredumpy/internal/heap"
	"coredumpy/internal/inspector"
)

// goOn is progress that doesn't stop.
func goOn(done, all int) bool { return false }

// node refers to others in all ways that there are.
type node struct {
	ID    int64
	Name  string
	Blob  []byte
	Fixed [20]byte
	Next  *node
	Any   any
	List  []*node
	Parts []part
	ByKey map[string]*node
	ByNum map[int]part
	ByTwo map[[2]int]*node
	ByAny map[any]*node
	Names map[string]bool
	Func  func() *node
	Chan  chan *node
	Twice **node
	Whole *[]*node
	Array [2]part
	embedded
}

type small int8

type pair struct {
	a small
	b any
}

type part struct {
	Number float64
	To     *node
}

type embedded struct{ inner any }

// planted is a random graph of nodes, and what is in it.
type planted struct {
	root    *node
	numbers []int64
	texts   []string
}

func plant(seed uint64, n int) *planted {
	r := rand.New(rand.NewPCG(seed, 1))
	p := &planted{}
	nodes := make([]*node, n)
	text := func(what string) string {
		s := fmt.Sprintf("%s %d of %d", what, len(p.texts), seed)
		p.texts = append(p.texts, s)
		return s
	}
	for i := range nodes {
		p.numbers = append(p.numbers, r.Int64N(1<<50)+1<<50)
		nodes[i] = &node{ID: p.numbers[i], Name: text("näme \"quoted\""), Blob: []byte(text("blob"))}
		copy(nodes[i].Fixed[:], text("fixed"))
	}
	p.root = nodes[0]
	for i, n := range nodes {
		to := func() *node { return nodes[r.IntN(len(nodes))] }
		for range r.IntN(3) {
			link(r, n, to(), to)
		}
		if i+1 < len(nodes) {
			link(r, n, nodes[i+1], to) // so that each can be reached
		}
		n.Names = map[string]bool{text("key"): true}
	}
	return p
}

// link has n refer to another node.
func link(r *rand.Rand, n, other *node, to func() *node) {
	switch r.IntN(14) {
	case 0:
		n.Next = other
	case 1:
		n.Any = other
	case 2:
		n.Any = part{1, other}
	case 3:
		n.List = append(n.List, nil, other, to())
	case 4:
		n.Parts = append(n.Parts, part{2, nil}, part{3, other})
	case 5:
		n.ByKey = map[string]*node{"a key": to(), "k\"é\n": other}
	case 6:
		n.ByNum = map[int]part{-5: {4, to()}, 7: {5, other}}
	case 7:
		n.ByTwo = map[[2]int]*node{{1, 2}: other}
		n.ByAny = map[any]*node{pair{-3, float32(1)}: to(), small(2): to(), 2: to(), 2.0: other}
	case 8:
		n.Func = func() *node { return other } // without debug information, what it captures isn't known
		n.List = append(n.List, other)
	case 9:
		n.Chan = make(chan *node, 3)
		n.Chan <- to()
		n.Chan <- other
	case 10:
		n.Twice = &other
	case 11:
		n.Whole = &[]*node{to(), other}
	case 12:
		n.Array[1].To = other
	case 13:
		n.inner = []any{to(), map[bool]any{true: other}}
	}
}

// dumped is the heap of a dump.
type dumped struct {
	*heap.Heap
	in    *inspector.Inspector
	graph *dump.Graph
}

// dumpOf returns the heap of a dump with a variable v.
func dumpOf(t *testing.T, v any) dumped {
	t.Helper()
	old := coredumpy.Config
	defer func() { coredumpy.Config = old }()
	coredumpy.Config.Depth = 1000
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
	return dumped{heap.New(in, goOn), in, in.Graph(nil, goOn)}
}

// evaluate returns the value at a path.
func evaluate(t *testing.T, h dumped, p heap.Path) dump.Value {
	t.Helper()
	g, err := h.in.Selected()
	if p.Goroutine != 0 && err == nil {
		g, err = h.in.Goroutine(p.Goroutine)
	}
	if err != nil {
		t.Fatal(err)
	}
	r, err := h.in.EvaluateIn(g, p.Frame, p.Expr)
	if err != nil {
		t.Errorf("%s: %v", p.Expr, err)
	}
	return r.Value
}

const rounds = 8 // of random graphs

// Each planted value is found, and the paths lead to it.
func TestFind(t *testing.T) {
	for seed := range uint64(rounds) {
		p := plant(seed, 40)
		h := dumpOf(t, p.root)
		for _, n := range p.numbers {
			found := findAll(t, h, strconv.FormatInt(n, 10))
			for _, at := range found.Places {
				if v := evaluate(t, h, at.Path); v.Int() != n || at.Value.Int() != n {
					t.Errorf("seed %d: %s is %d, and %d, want %d", seed, at.Path.Expr, v.Int(), at.Value.Int(), n)
				}
			}
		}
		for _, text := range p.texts {
			for _, at := range findAll(t, h, strconv.Quote(text)).Places {
				v := evaluate(t, h, at.Path)
				got, _ := v.Text()
				if at.Path.Key && v.Kind() == reflect.Bool {
					got, _ = at.Value.Text()
				}
				if strings.TrimRight(got, "\x00") != text {
					t.Errorf("seed %d: %s is %q, want %q", seed, at.Path.Expr, got, text)
				}
			}
		}
	}
}

// findAll finds a value that is somewhere, in places that expressions name.
func findAll(t *testing.T, h dumped, value string) *heap.Found {
	t.Helper()
	q, err := heap.ParseQuery(value)
	if err != nil {
		t.Fatal(err)
	}
	found := h.Find(q, 10, goOn)
	if found.Count == 0 || len(found.Places) != found.Count {
		t.Errorf("%s: got %d of %d places, want at least one", value, len(found.Places), found.Count)
	}
	for _, at := range found.Places {
		if at.Path.Expr == "" {
			t.Errorf("%s: got no path into a %s", value, at.Type)
		}
	}
	return found
}

// naive walks through the values of a dump in the simplest way.
type naive struct {
	refs  map[dump.Node]map[dump.Node]int // how often an object refers to another
	bytes map[dump.Node]int64
	first map[dump.Node]dump.Value // the first reference to an object
}

func (w *naive) value(v dump.Value, in dump.Node) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.Stored() {
			w.value(v.Field(i), in)
		}
	case reflect.Array:
		for i := range v.Stored() {
			w.value(v.Index(i), in)
		}
	case reflect.Interface:
		if v.Object() == 0 {
			if v.Valid() && !v.IsNil() {
				w.value(v.Elem(), in)
			}
			return
		}
		w.refer(v, in)
	case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Chan, reflect.Func:
		w.refer(v, in)
	}
}

func (w *naive) refer(v dump.Value, in dump.Node) {
	to := dump.Node(v.Object())
	if to == 0 {
		return
	}
	if w.refs[in] == nil {
		w.refs[in] = map[dump.Node]int{}
	}
	w.refs[in][to]++
	if _, seen := w.bytes[to]; seen {
		return
	}
	w.bytes[to], w.first[to] = 0, v
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		w.bytes[to] = v.Elem().Type().Size()
		w.value(v.Elem(), to)
	case reflect.Func:
		w.bytes[to] = v.Closure().Type().Size()
		w.value(v.Closure(), to)
	case reflect.Slice, reflect.Chan:
		w.bytes[to] = v.Cap() * v.Type().Elem().Size()
		for i := range v.Stored() {
			w.value(v.Index(i), to)
		}
	case reflect.Map:
		w.bytes[to] = v.Len() * (v.Type().Key().Size() + v.Type().Elem().Size())
		for i := range v.Stored() {
			key, value := v.Entry(i)
			w.value(key, to)
			w.value(value, to)
		}
	}
}

// walked walks through all that the variable v leads to, by expression.
func walked(t *testing.T, h dumped, expr string) *naive {
	t.Helper()
	r, err := h.in.Evaluate(expr)
	if err != nil {
		t.Fatal(err)
	}
	w := &naive{map[dump.Node]map[dump.Node]int{}, map[dump.Node]int64{}, map[dump.Node]dump.Value{}}
	w.value(r.Value, 0)
	return w
}

// The graph has the references that a walk meets, and Backs is the inverse of Refs.
func TestReferences(t *testing.T) {
	for seed := range uint64(rounds) {
		h := dumpOf(t, plant(seed, 40).root)
		w := walked(t, h, "v")
		g := h.graph
		for n := range w.bytes {
			got := map[dump.Node]int{}
			for _, to := range g.Refs(n) {
				got[to]++
			}
			if want := w.refs[n]; len(got) != len(want) || len(want) > 0 && !reflect.DeepEqual(got, want) {
				t.Fatalf("seed %d: %s %d refers to %v, want %v", seed, g.Type(n), n, got, want)
			}
		}
		forward, backward := map[[2]dump.Node]int{}, map[[2]dump.Node]int{}
		for n := range dump.Node(g.Nodes()) {
			for _, to := range g.Refs(n) {
				forward[[2]dump.Node{n, to}]++
			}
			for _, from := range g.Backs(n) {
				backward[[2]dump.Node{from, n}]++
			}
		}
		if len(forward) == 0 || !reflect.DeepEqual(forward, backward) {
			t.Errorf("seed %d: got %d edges and %d backwards, want the same", seed, len(forward), len(backward))
		}
	}
}

// Refs returns the references that a walk meets, and the paths lead to them.
func TestRefs(t *testing.T) {
	for seed := range uint64(rounds) {
		h := dumpOf(t, plant(seed, 40).root)
		w := walked(t, h, "v")
		for n := range w.bytes {
			found, err := h.Refs(w.first[n], 1000, goOn)
			if err != nil {
				t.Fatal(err)
			}
			want := 0 // references that expressions name
			for from, refs := range w.refs {
				if from != 0 {
					want += refs[n]
				}
			}
			if len(found.Places) != want {
				t.Errorf("seed %d: object %d: got %d places %v, want %d", seed, n, len(found.Places), found.Places, want)
			}
			for _, p := range found.Places {
				v := evaluate(t, h, p)
				if p.Key {
					continue
				}
				for v.Kind() == reflect.Interface && v.Object() == 0 {
					v = v.Elem()
				}
				if v.Object() != int(n) {
					t.Errorf("seed %d: %s refers to object %d, want %d", seed, p.Expr, v.Object(), n)
				}
			}
			if vars := found.Variables; w.refs[0][n] > 0 != slices.ContainsFunc(vars, func(v heap.Variables) bool {
				return v.Name == "v" && slices.Equal(v.Steps, []string{""})
			}) {
				t.Errorf("seed %d: object %d: got variables %v", seed, n, vars)
			}
		}
	}
}

// Size and Histogram count what a walk meets.
func TestSize(t *testing.T) {
	for seed := range uint64(rounds) {
		h := dumpOf(t, plant(seed, 40).root)
		for _, expr := range []string{"v", "v.Blob", "v.List", "v.Parts", "v.Any", "v.Names", "v.Whole"} {
			r, err := h.in.Evaluate(expr)
			if err != nil {
				t.Fatal(err)
			}
			if r.Value.IsNil() {
				continue
			}
			w := walked(t, h, expr)
			want := heap.Amount{Objects: len(w.bytes)}
			for _, n := range w.bytes {
				want.Bytes += n
			}
			got, err := h.Size(r.Value, goOn)
			if err != nil {
				t.Fatalf("%s: %v", expr, err)
			}
			if got.Reachable != want {
				t.Errorf("seed %d: %s: got %d, want %d", seed, expr, got.Reachable, want)
			}
			if got.Only == nil || got.Own.Objects != 1 || got.Only.Objects > got.Reachable.Objects || got.Only.Objects < 1 {
				t.Errorf("seed %d: %s: got %+v", seed, expr, got)
			}
			if expr == "v" && got.Only.Objects != got.Reachable.Objects {
				t.Errorf("seed %d: got %+v, want all only through v", seed, got)
			}
		}
		types, all, _ := h.Histogram(func(string) bool { return true }, goOn)
		sum := heap.Amount{}
		for _, a := range types {
			sum = heap.Amount{sum.Objects + a.Objects, sum.Bytes + a.Bytes}
			if a.Type == "coredumpy/internal/heap_test.node" && a.Objects != 40 {
				t.Errorf("seed %d: got %d nodes, want 40", seed, a.Objects)
			}
		}
		if sum != all {
			t.Errorf("seed %d: got %d in all, want %d", seed, all, sum)
		}
	}
}

// What is looked for is said in words, and what it can't be is an error.
func TestParseQuery(t *testing.T) {
	for text, want := range map[string]string{
		"42": "the number 42", "-1.5": "the number -1.5", "0x2a": "the number 0x2a", "'a'": "the number 'a'",
		"true": "true", `"ann"`: `a text that is "ann"`, "ann": `a text with "ann"`, "/42/": `a text with "42"`,
		"a.c": "a text that matches a.c", "1e400": `a text with "1e400"`, "-": `a text with "-"`,
		"***redacted***#3": "what shows ***redacted***#3",
	} {
		if q, err := heap.ParseQuery(text); err != nil || q.What != want {
			t.Errorf("%s: got %q, %v, want %q", text, q.What, err, want)
		}
	}
	for _, text := range []string{"", "a(", "/(/", "***"} {
		if q, err := heap.ParseQuery(text); err == nil {
			t.Errorf("%s: got %q, want an error", text, q.What)
		}
	}
}

// A text that a limit has cut may hold what is looked for.
func TestPartial(t *testing.T) {
	old := coredumpy.Config
	defer func() { coredumpy.Config = old }()
	for _, tt := range []struct {
		most int
		want bool
	}{{1000, false}, {10, true}} {
		coredumpy.Config.MaxString = tt.most
		h := dumpOf(t, []string{"a text of more than ten bytes"})
		q, err := heap.ParseQuery("bytes")
		if err != nil {
			t.Fatal(err)
		}
		f := h.Find(q, 10, goOn)
		if cut := f.Count == 0; cut != tt.want || cut && !f.Partial {
			t.Errorf("MaxString %d: got %+v, want cut %v, and that told", tt.most, f, tt.want)
		}
	}
	if f := dumpOf(t, 1).Find(heap.Query{}, 1, func(done, all int) bool { return true }); f != nil {
		t.Errorf("stopped: got %+v, want nothing", f)
	}
}
