package apitest

import (
	"fmt"
	"strings"
	"testing"

	"coredumpy"
)

// A map or channel may change between the moment when its length is read and the moment
// when its content is. Then the value says so.
func TestChangedMeanwhile(t *testing.T) {
	for _, tt := range []struct {
		name   string
		typ    int // 1: map[int]int, 3: chan int
		ref    string
		object string
		reason string
		shown  string
	}{
		{"same", 1, `"len":1`, `{"e":[1,2],"len":1}`, "", "map[int]int [1: 2, ]"},
		{"without its length", 1, `"len":1`, `{"e":[1,2]}`, "", "map[int]int [1: 2, ]"},
		{"grown", 1, `"len":1`, `{"e":[1,2,3,4],"len":2}`, "its length was 1, then 2",
			"map[int]int [1: 2, 3: 4, ] (unreadable it changed"},
		{"shrunk", 1, `"len":2`, `{"e":[1,2],"len":1}`, "its length was 2, then 1",
			"map[int]int [1: 2, ...+1 more] (unreadable it changed"},
		{"emptied", 1, `"len":2`, `{"e":[],"len":0}`, "its length was 2, then 0",
			"map[int]int [...] (unreadable it changed"},
		{"filled", 1, `"len":0`, `{"e":[1,2],"len":1}`, "its length was 0, then 1",
			"map[int]int [1: 2, ] (unreadable it changed"},
		{"cut", 1, `"len":2`, `{"e":[1,2],"len":3,"x":"elements limit"}`, "elements limit",
			"map[int]int [1: 2, ...+1 more]"},
		{"being written", 1, `"len":1`, `{"e":[1,2,1,2],"len":1,"x":"map was being written: found 2 entries of 1"}`,
			"map was being written", "map[int]int [1: 2, 1: 2, ] (unreadable map was being"},
		{"channel", 3, `"len":1,"cap":2`, `{"e":[1],"len":1}`, "", "chan int 1/2"},
		{"channel received from", 3, `"len":2,"cap":2`, `{"e":[1],"len":1}`, "its length was 2, then 1",
			"chan int 2/2"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v := handmade(t, tt.typ, tt.ref, tt.object)
			if got := v.Reason(); !strings.Contains(got, tt.reason) || (got == "") != (tt.reason == "") {
				t.Errorf("got reason %q, want %q", got, tt.reason)
			}
			if got := show(v); !strings.HasPrefix(got, tt.shown) || tt.reason == "" && got != tt.shown {
				t.Errorf("got %s, want %s", got, tt.shown)
			}
		})
	}
}

// handmade returns the variable of a dump that was written by hand.
func handmade(t *testing.T, typ int, ref, object string) coredumpy.Value {
	t.Helper()
	d := read(t, fmt.Appendf(nil, `{"coredumpy":{"version":1,"reason":"dump","time":"2026-01-01T00:00:00Z","goroutine":1}}
{"type":{"id":1,"name":"map[int]int","kind":"map","size":8,"key":2,"elem":2}}
{"type":{"id":2,"name":"int","kind":"int","size":8}}
{"type":{"id":3,"name":"chan int","kind":"chan","size":8,"elem":2}}
{"global":{"id":1,"name":"main.v","type":%d,"value":{"p":4096,%s,"o":1}}}
[1,%d,%s,4096]
{"end":{"records":6}}
`, typ, ref, typ, object))
	globals, err := d.Globals()
	if err != nil || len(globals) != 1 {
		t.Fatalf("got globals %v, %v, want one", globals, err)
	}
	return globals[0].Value
}
