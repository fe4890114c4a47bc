package dump

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// graphText is a dump of a struct with all kinds of references, and of what goroutines wait for.
const graphText = `{"coredumpy":{"version":1,"reason":"dump","goroutine":1,"objects":9}}
{"type":{"id":1,"name":"main.node","kind":"struct","size":200,"fields":[{"name":"next","type":2},{"name":"name","type":3,"off":8},{"name":"any","type":4,"off":24},{"name":"m","type":5,"off":40},{"name":"s","type":6,"off":48},{"name":"c","type":7,"off":72},{"name":"f","type":8,"off":80},{"name":"two","type":9,"off":88},{"name":"mu","type":10,"off":104}]}}
{"type":{"id":2,"name":"*main.node","kind":"ptr","size":8,"elem":1}}
{"type":{"id":3,"name":"string","kind":"string","size":16}}
{"type":{"id":4,"name":"interface {}","kind":"interface","size":16}}
{"type":{"id":5,"name":"map[string]*main.node","kind":"map","size":8,"key":3,"elem":2}}
{"type":{"id":6,"name":"[]main.shard","kind":"slice","size":24,"elem":15}}
{"type":{"id":7,"name":"chan *main.node","kind":"chan","size":8,"elem":2}}
{"type":{"id":8,"name":"func()","kind":"func","size":8}}
{"type":{"id":9,"name":"[2]*main.node","kind":"array","size":16,"elem":2,"len":2}}
{"type":{"id":10,"name":"sync.Mutex","kind":"struct","size":8,"fields":[{"name":"state","type":11},{"name":"sema","type":12,"off":4}]}}
{"type":{"id":11,"name":"int32","kind":"int32","size":4}}
{"type":{"id":12,"name":"uint32","kind":"uint32","size":4}}
{"type":{"id":13,"name":"captured by main.f.func1","kind":"struct","size":16,"fields":[{"name":"n","type":2,"off":8}]}}
{"type":{"id":14,"name":"*[]main.shard","kind":"ptr","size":8,"elem":6}}
{"type":{"id":15,"name":"main.shard","kind":"struct","size":16,"fields":[{"name":"n","type":11},{"name":"mu","type":10,"off":4}]}}
{"global":{"id":1,"name":"main.lock","type":10,"addr":9000,"value":[0,0]}}
{"global":{"id":2,"name":"main.gone","type":2,"value":{"p":7777,"x":"depth limit reached"}}}
{"goroutine":{"id":1,"status":"running","frames":[{"func":"main.main","file":"x.go","line":1,"vars":[{"name":"n","type":2,"value":[1000,1]},{"name":"slices","type":14,"value":[5000,8]},{"name":"number","type":11,"value":5}]}]}}
{"goroutine":{"id":2,"status":"chan send","frames":[{"func":"main.f","file":"x.go","line":2,"vars":[{"name":"c","type":7,"value":[3000,5,1,2]}]}]}}
[1,1,[[1100,2],"a],[9,9]",[2,[1200,3]],[2500,4,1],[4000,6,3],[3000,5,1,2],{"p":400000,"f":"main.f.func1","o":7},[[1200,3],null],[1,0]]]
[2,1,[null,"",null,null,null,null,null,[null,null],[0,0]]]
[3,1,[null,"",[1,[[1000,1],"",null,null,null,null,null,[null,null],[0,0]]],null,{"p":4100,"x":"objects limit reached"},null,null,[null,null],[0,0]]]
[4,5,{"e":["k\"]",[1100,2]],"len":2}]
[5,7,{"e":[[1200,3]],"len":1,"send":1}]
[6,6,[[1,[0,0]],[2,[0,0]],[3,[0,0]]]]
[7,13,[[1100,2]]]
[8,6,[4000,6,3]]
[9,1,[[1000,1],"unreachable",null,null,null,null,null,[null,null],[0,0]]]
{"end":{"records":28}}
`

// goOn is progress that doesn't stop.
func goOn(done, all int) bool { return false }

func readGraph(t *testing.T) *Graph {
	t.Helper()
	core, err := Read(strings.NewReader(graphText))
	if err != nil {
		t.Fatal(err)
	}
	var first *Graph
	for range 2 {
		var ids []int64
		g := core.Graph(func(g *Goroutine) { ids = append(ids, g.ID) }, goOn)
		if g.Failed != nil || !slices.Equal(ids, []int64{1, 2}) {
			t.Fatalf("got goroutines %d, %v, want 1 and 2", ids, g.Failed)
		}
		if first != nil && g != first {
			t.Error("got another graph, want the first one")
		}
		first = g
	}
	return first
}

func TestGraphReferences(t *testing.T) {
	g := readGraph(t)
	names := func(nodes []Node) (names []string) {
		for _, n := range nodes {
			if root, ok := g.Root(n); ok {
				names = append(names, fmt.Sprintf("%d/%d/%d", root.Goroutine, root.Frame, root.Var))
			} else {
				names = append(names, fmt.Sprint(n))
			}
		}
		slices.Sort(names)
		return slices.Compact(names)
	}
	for n, want := range map[Node][]string{
		1: {"2", "3", "4", "5", "6", "7"}, 2: nil, 3: {"1"}, 4: {"2"}, 5: {"3"}, 6: nil, 7: {"2"}, 8: {"6"}, 9: {"1"},
	} {
		if got := names(g.Refs(n)); !reflect.DeepEqual(got, want) {
			t.Errorf("%d refers to %q, want %q", n, got, want)
		}
	}
	for n, want := range map[Node][]string{
		1: {"1/0/0", "3", "9"}, 2: {"1", "4", "7"}, 3: {"1", "5"}, 5: {"1", "2/0/0"}, 6: {"1", "8"}, 8: {"1/0/1"}, 9: nil,
	} {
		if got := names(g.Backs(n)); !reflect.DeepEqual(got, want) {
			t.Errorf("%q refer to %d, want %q", got, n, want)
		}
	}
	if g.Cut != 2 {
		t.Errorf("got %d references that lead nowhere, want 2", g.Cut)
	}
}

func TestGraphAt(t *testing.T) {
	const (
		mutex   = 1000 + 104 + 4 // n.mu.sema
		shard   = 4000 + 2*16 + 4 + 4
		global  = 9000 + 4
		channel = 3000
		nothing = 123
		field   = 1000 + 8 // of n, but nobody can wait for it
	)
	all := readGraph(t).At([]uint64{mutex, shard, global, channel, nothing, field})
	for addr, want := range map[uint64]string{
		mutex:   "[1 1104 sync.Mutex .mu]",
		shard:   "[6 4036 sync.Mutex [2].mu]",
		global:  "[10 9000 sync.Mutex ]",
		channel: "[5 3000 chan *main.node ]",
	} {
		at := all[addr]
		if len(at) != 1 {
			t.Errorf("%d: got %d places, want 1", addr, len(at))
			continue
		}
		if got := fmt.Sprint([]any{at[0].Node, at[0].Addr, at[0].Type, at[0].Steps}); got != want {
			t.Errorf("%d: got %s, want %s", addr, got, want)
		}
	}
	if len(all) != 4 {
		t.Errorf("got places for %d addresses, want 4", len(all))
	}
	core, err := Read(strings.NewReader(graphText))
	if err != nil {
		t.Fatal(err)
	}
	if g := core.Graph(nil, func(done, all int) bool { return true }); g != nil {
		t.Errorf("stopped: got %v, want none", g)
	}
}

// Types that contain themselves, and deeply nested values, are only in forged dumps.
func TestGraphForged(t *testing.T) {
	var text strings.Builder
	text.WriteString(`{"coredumpy":{"version":1,"reason":"dump","goroutine":1,"objects":1}}` + "\n" +
		`{"type":{"id":1,"name":"main.T","kind":"struct","size":8,"fields":[{"name":"t","type":1},{"name":"mu","type":2}]}}` + "\n" +
		`{"type":{"id":2,"name":"sync.Mutex","kind":"struct"}}` + "\n" +
		`{"type":{"id":3,"name":"*main.T","kind":"ptr","elem":1}}` + "\n" +
		`{"goroutine":{"id":1,"frames":[{"func":"f","vars":[{"name":"p","type":3,"value":[64,1]}]}]}}` + "\n[1,1,")
	const deep = 1 << 20
	text.WriteString(strings.Repeat("[", deep) + strings.Repeat("]", deep) + "]\n")
	core, err := Read(strings.NewReader(text.String()))
	if err != nil {
		t.Fatal(err)
	}
	g := core.Graph(nil, goOn)
	g.At([]uint64{64})
	if g.Failed != nil {
		t.Error(g.Failed)
	}
}

// FuzzGraph makes graphs of dumps in which one object may be anything.
func FuzzGraph(f *testing.F) {
	for _, text := range []string{
		`[null]`, `[[1100,2],"a`, `{"e":[[1,2]],"len":`, `[1,[1,[1,[1,`, `{"p":1,"o":`, `]`, `[,]`, `[[],[],]}`,
	} {
		f.Add(1, text)
		f.Add(6, text)
	}
	f.Fuzz(func(t *testing.T, typ int, text string) {
		if strings.Contains(text, "\n") {
			return
		}
		file := strings.Replace(graphText, "\n[2,1,", fmt.Sprintf("\n[2,%d,%s]\n[12,1,", typ, text), 1)
		core, err := Read(strings.NewReader(file))
		if err != nil {
			return
		}
		g := core.Graph(nil, goOn)
		g.At([]uint64{1108, 3000, 9004})
		for n := range Node(g.Nodes()) {
			for _, to := range slices.Concat(g.Refs(n), g.Backs(n)) {
				if int(to) >= g.Nodes() {
					t.Fatalf("%d refers to %d of %d", n, to, g.Nodes())
				}
			}
		}
	})
}
