package views

import (
	"strings"
	"testing"

	"coredumpy/internal/caveat"
	"coredumpy/internal/dump"
)

const types = `{"coredumpy":{"version":1,"reason":"panic","goroutine":1}}
{"type":{"id":1,"name":"int","kind":"int","size":8}}
{"type":{"id":2,"name":"uint64","kind":"uint64","size":8}}
{"type":{"id":3,"name":"int64","kind":"int64","size":8}}
{"type":{"id":4,"name":"time.Time","kind":"struct","size":24,"fields":[{"name":"wall","type":2},{"name":"ext","type":3}]}}
{"type":{"id":5,"name":"sync.Map","kind":"struct","size":8,"fields":[{"name":"m","type":6}]}}
{"type":{"id":6,"name":"internal/sync.HashTrieMap[interface {},interface {}]","kind":"struct","size":8,"fields":[{"name":"root","type":7}]}}
{"type":{"id":7,"name":"sync/atomic.Pointer[internal/sync.indirect]","kind":"struct","size":8,"fields":[{"name":"v","type":8}]}}
{"type":{"id":8,"name":"*internal/sync.indirect[interface {},interface {}]","kind":"ptr","size":8,"elem":9}}
{"type":{"id":9,"name":"internal/sync.indirect[interface {},interface {}]","kind":"struct","size":16,"fields":[{"name":"children","type":10}]}}
{"type":{"id":10,"name":"[2]sync/atomic.Pointer[internal/sync.node]","kind":"array","size":16,"elem":11,"len":2}}
{"type":{"id":11,"name":"sync/atomic.Pointer[internal/sync.node]","kind":"struct","size":8,"fields":[{"name":"v","type":12}]}}
{"type":{"id":12,"name":"*internal/sync.node[interface {},interface {}]","kind":"ptr","size":8,"elem":13}}
{"type":{"id":13,"name":"internal/sync.node[interface {},interface {}]","kind":"struct","size":8}}
{"type":{"id":14,"name":"internal/sync.entry[interface {},interface {}]","kind":"struct","size":24,"fields":[{"name":"overflow","type":11},{"name":"key","type":1},{"name":"value","type":1}]}}
{"goroutine":{"id":1,"status":"running","frames":[{"func":"main.f","vars":[{"name":"x","type":TYPE,"value":VALUE}]}]}}
`

// value returns a value of a type, in a dump with these objects.
func value(t *testing.T, typ, text string, objects ...string) dump.Value {
	t.Helper()
	records := strings.NewReplacer("TYPE", typ, "VALUE", text).Replace(types) + strings.Join(objects, "\n") + "\n"
	core, err := dump.Read(strings.NewReader(records))
	if err != nil {
		t.Fatal(err)
	}
	g, err := core.Goroutine(1)
	if err != nil {
		t.Fatal(err)
	}
	return g.Frames[0].Vars()[0].Value
}

func TestTime(t *testing.T) {
	tests := []struct{ value, want string }{
		{`[0,63908000000]`, "2026-03-01T22:13:20Z"},
		{`[9223372036854775808,5]`, "1885-01-01T00:00:00Z, +5"}, // with the monotonic clock
		{`[0,0]`, "0001-01-01T00:00:00Z"},
	}
	for _, tt := range tests {
		view, ok := NewReader(64).Classic(value(t, "4", tt.value))
		if !ok || view.Form != None || view.Text != tt.want {
			t.Errorf("%s: got %+v, %v, want the text %q", tt.value, view, ok, tt.want)
		}
	}
	for _, v := range []dump.Value{value(t, "4", `{"x":"depth limit"}`), value(t, "4", `[{"x":"redacted"},0]`),
		value(t, "1", "5"), {}} {
		if view, ok := NewReader(64).Of(v); ok {
			t.Errorf("got view %+v of a %s without a value, want none", view, v.Type())
		}
	}
}

func TestSyncMap(t *testing.T) {
	root := `[1,9,[[[[64,2]],[[96,3]]]],32]` // children: an entry, and one more
	second := `[3,14,[[null],5,6],96]`
	tests := []struct {
		name    string
		objects []string
		want    string // keys and values
		missing string
	}{
		{"two", []string{root, `[2,14,[[null],1,2],64]`, second}, "1 2, 5 6", ""},
		{"one with the same hash", []string{root, `[2,14,[[[128,4]],1,2],64]`, second, `[4,14,[[null],3,4],128]`}, "1 2, 3 4, 5 6", ""},
		{"a child that isn't in the dump", []string{root, second}, "5 6", "not in the dump"},
		{"a child of a type that isn't known", []string{root, `[2,13,[],64]`, second}, "5 6", "type not known"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			view, ok := NewReader(64).Of(value(t, "5", `[[[[32,1]]]]`, tt.objects...))
			var got []string
			for i := range view.Len {
				e := view.Child(i)
				got = append(got, string('0'+rune(e.Key.Int()))+" "+string('0'+rune(e.Value.Int())))
			}
			if text := strings.Join(got, ", "); !ok || view.Form != Map || text != tt.want ||
				!strings.Contains(view.Missing.String(), tt.missing) ||
				(view.Missing.Kind == caveat.None) != (tt.missing == "") {
				t.Errorf("got %q, missing %q, want %q and %q", text, view.Missing, tt.want, tt.missing)
			}
		})
	}
	if view, ok := NewReader(64).Of(value(t, "5", `[[[null]]]`)); !ok || view.Form != Map ||
		view.Len != 0 || view.Missing.Kind != caveat.None {
		t.Errorf("got %+v, %v of an empty map, want no entries", view, ok)
	}
}

// Reading forged trees with cycles ends, for all values that are shown together.
func TestForgedTree(t *testing.T) {
	v := value(t, "5", `[[[[32,1]]]]`, `[1,9,[[[[64,2]],[[64,2]]]],32]`, `[2,14,[[[64,2]],1,2],64]`)
	r := NewReader(64)
	view, ok := r.Of(v)
	if !ok || view.Missing.Kind == caveat.None || view.Len > maxNodes {
		t.Errorf("got %d entries, missing %q, want that some are missing", view.Len, view.Missing)
	}
	if view, _ := r.Of(v); view.Len != 0 || view.Missing.Kind == caveat.None {
		t.Errorf("got %d entries of the next value, missing %q, want none", view.Len, view.Missing)
	}
}
