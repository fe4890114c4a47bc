package heap_test

import (
	"strconv"
	"strings"
	"testing"

	"coredumpy/internal/dump"
	"coredumpy/internal/heap"
	"coredumpy/internal/inspector"
)

// wholeText is a dump in which x points to the first field of a struct, as which the dump has
// the struct. Two types can be called m.Key.
const wholeText = `{"coredumpy":{"version":1,"reason":"panic","goroutine":1}}
{"type":{"id":1,"name":"int","kind":"int","size":8}}
{"type":{"id":2,"name":"main.Head","kind":"struct","size":8,"fields":[{"name":"a","type":1}]}}
{"type":{"id":3,"name":"*main.Head","kind":"ptr","size":8,"elem":2}}
{"type":{"id":4,"name":"main.Whole","kind":"struct","size":16,"fields":[{"name":"head","type":2},{"name":"rest","type":1}]}}
{"type":{"id":5,"name":"a/m.Key","kind":"struct","size":8,"fields":[{"name":"a","type":1}]}}
{"type":{"id":6,"name":"b/m.Key","kind":"struct","size":8,"fields":[{"name":"a","type":1}]}}
{"type":{"id":7,"name":"map[a/m.Key]int","kind":"map","size":8,"key":5,"elem":1}}
{"type":{"id":8,"name":"map[main.Head]int","kind":"map","size":8,"key":2,"elem":1}}
{"goroutine":{"id":1,"status":"running","panic":{"type":1,"value":80},"frames":[{"func":"main.f","vars":[{"name":"x","type":3,"value":[32,1],"note":"a doubt"},{"name":"unsure","type":7,"value":[64,2,1]},{"name":"sure","type":8,"value":[96,3,1]}]}]}}
[1,4,[[5],77],32]
[2,7,[[1],78]]
[3,8,[[1],79]]
{"global":{"id":1,"name":"gopkg.in/yaml%2ev3.Max","type":1,"value":81}}
{"global":{"id":2,"name":"main.\u001bMax","type":1,"value":82}}
`

// Each path leads to what was found, and no further than is sure. It says what is doubtful.
func TestPathsThatAreSure(t *testing.T) {
	core, err := dump.Read(strings.NewReader(wholeText))
	if err != nil {
		t.Fatal(err)
	}
	in, err := inspector.New(core)
	if err != nil {
		t.Fatal(err)
	}
	h := dumped{heap.New(in, goOn), in, in.Graph(nil, goOn)}
	for _, tt := range []struct {
		number, want string
		part         bool
		note         string
	}{
		{"5", "(*x).head.a", false, "x: a doubt"},
		{"77", "(*x).rest", false, "x: a doubt"},
		{"78", "unsure", true, ""},
		{"79", "sure[main.Head{1}]", false, ""},
		{"80", "panic", false, ""},
		{"81", `"gopkg.in/yaml.v3".Max`, false, ""},
		{"82", "", false, ""}, // no name of Go's
	} {
		number, want := tt.number, tt.want
		q, err := heap.ParseQuery(number)
		if err != nil {
			t.Fatal(err)
		}
		found := h.Find(q, 10, goOn)
		if len(found.Places) != 1 {
			t.Errorf("%s: got %d places, want 1", number, len(found.Places))
			continue
		}
		p := found.Places[0].Path
		if p.Expr != want || p.Part != tt.part || p.Note != tt.note {
			t.Errorf("%s: got %+v, want %s, part %v, note %q", number, p, want, tt.part, tt.note)
		}
		if want == "" {
			continue
		}
		if v := evaluate(t, h, found.Places[0].Path); !p.Part && strconv.FormatInt(v.Int(), 10) != number {
			t.Errorf("%s: got %d, want %s", want, v.Int(), number)
		}
	}
}
