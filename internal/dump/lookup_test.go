package dump

import (
	"fmt"
	"strings"
	"testing"
)

// The entries of a large map are found like those of a small one.
func TestLookup(t *testing.T) {
	var entries strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&entries, `"key %d",%d,`, i, i)
	}
	records := `{"coredumpy":{"version":1,"reason":"panic","goroutine":1}}
{"type":{"id":1,"name":"int","kind":"int","size":8}}
{"type":{"id":2,"name":"string","kind":"string","size":16}}
{"type":{"id":3,"name":"map[string]int","kind":"map","size":8,"key":2,"elem":1}}
{"goroutine":{"id":1,"status":"running","frames":[{"func":"main.f","vars":[{"name":"m","type":3,"value":[1,1,1001]},{"name":"small","type":3,"value":[1,2,1]}]}]}}
[1,3,{"e":[` + entries.String() + `{"s":"cut","len":90},5],"len":1001}]
[2,3,{"e":["a",1],"len":1}]
`
	core, err := Read(strings.NewReader(records))
	if err != nil {
		t.Fatal(err)
	}
	g, err := core.Goroutine(1)
	if err != nil {
		t.Fatal(err)
	}
	m, small := g.Frames[0].Vars()[0].Value, g.Frames[0].Vars()[1].Value
	texts := m.Type().Key()
	for _, tt := range []struct {
		m             Value
		key           Value
		entry, unsure int
		ok            bool
	}{
		{m, texts.OfText("key 0"), 0, 0, true},
		{m, texts.OfText("key 999"), 999, 0, true},
		{m, texts.OfText("key 1000"), -1, 1, true},
		{m, m.Type().Elem().OfInt(1), -1, 0, false},
		{m, Value{}, -1, 0, false},
		{m.Entries(0, 300), texts.OfText("key 0"), -1, 0, false},
		{small, texts.OfText("a"), -1, 0, false},
	} {
		if entry, unsure, ok := tt.m.Lookup(tt.key); entry != tt.entry || unsure != tt.unsure || ok != tt.ok {
			t.Errorf("%q in a map of %d: got %d, %d, %v, want %d, %d, %v",
				tt.key.text, tt.m.Len(), entry, unsure, ok, tt.entry, tt.unsure, tt.ok)
		}
	}
}
