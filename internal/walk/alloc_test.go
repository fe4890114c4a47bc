package walk

import (
	"fmt"
	"runtime"
	"testing"
)

type record struct {
	ID      int
	Name    string
	Score   float64
	Tags    []string
	Parent  *record
	private map[string]int
}

func records(n int) []record {
	list := make([]record, n)
	for i := range list {
		list[i] = record{ID: i, Name: "a name", Score: 1.5, Tags: []string{"x", "y"}}
		if i > 0 {
			list[i].Parent = &list[i/2]
		}
	}
	return list
}

// walkAllocs returns how many allocations, and of how many bytes, a walk of v makes,
// except for those of the first walk, which reads the types.
func walkAllocs(t testing.TB, v any) (count, size uint64, objects int) {
	t.Helper()
	lim := ample()
	lim.Objects, lim.Elements = 1<<30, 1<<30
	p, w := start(t, lim, Rules{})
	for round := range 2 {
		if round == 1 {
			w = New(p, lim, Rules{SecretName: func(string) bool { return false }})
		}
		typ, addr := place(t, p, &v)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		w.Value("v", typ, addr, false)
		w.Run()
		runtime.ReadMemStats(&after)
		count, size = after.Mallocs-before.Mallocs, after.TotalAlloc-before.TotalAlloc
	}
	return count, size, w.Len()
}

// The collector is off during a capture, so all that is allocated stays: it should be
// little more than what is kept.
func TestAllocations(t *testing.T) {
	list := records(10_000)
	pointers := make([]*int, 10_000)
	texts := map[string]string{}
	maps := make([]map[string]any, 10_000)
	for i := range pointers {
		pointers[i] = &list[i].ID
		maps[i] = map[string]any{"index": i, "label": "a label"}
		texts[fmt.Sprint("key", i)] = "value"
	}
	for _, tt := range []struct {
		name  string
		v     any
		count uint64 // at most
		size  uint64 // at most
		least int    // objects
	}{
		{"numbers", make([]int, 100_000), 50, 2 << 20, 1},
		{"structs", list[:100], 60, 2 << 20, 151}, // memory comes in pieces of 1 MiB
		{"many structs", list, 150, 7 << 20, 15_001},
		{"pointers", pointers, 100, 5 << 20, 10_001},
		{"map", texts, 10_100, 3 << 20, 1}, // one for each key
		{"small maps", maps, 150, 7 << 20, 10_001},
	} {
		count, size, objects := walkAllocs(t, tt.v)
		if count > tt.count || size > tt.size || objects < tt.least {
			t.Errorf("%s: got %d allocations of %d bytes for %d objects, want at most %d of %d for at least %d", tt.name, count, size, objects, tt.count, tt.size, tt.least)
		}
		t.Logf("%s: %d allocations of %d bytes, %d objects", tt.name, count, size, objects)
	}
}

func BenchmarkWalk(b *testing.B) {
	var v any = records(10_000)
	p, w := start(b, ample(), Rules{})
	b.ReportAllocs()
	for b.Loop() {
		w = New(p, ample(), Rules{})
		typ, addr := place(b, p, &v)
		w.Value("v", typ, addr, false)
		w.Run()
	}
	b.ReportMetric(float64(w.Len()), "objects")
}
