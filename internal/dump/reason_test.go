package dump

import (
	"fmt"
	"strings"
	"testing"

	"coredumpy/internal/caveat"
)

// What a value lacks is known as a kind, whether the file says it or the reader finds out.
func TestReason(t *testing.T) {
	const types = `{"type":{"id":1,"name":"*int","kind":"ptr","elem":2}}
{"type":{"id":2,"name":"int","kind":"int","size":8}}
`
	tests := []struct {
		name, value, object string
		pointer, target     caveat.Reason
		text                string // of what the pointer leads to
	}{
		{"all is there", `[4096,1]`, `[1,2,7]`, caveat.Reason{}, caveat.Reason{}, ""},
		{"the file says why", `{"x":"optimized out"}`, "", caveat.Reason{Kind: caveat.OptimizedOut}, caveat.Reason{Kind: caveat.OptimizedOut}, "optimized out"},
		{"the file says which limit", `{"p":4096,"x":"depth limit"}`, "", caveat.Reason{Kind: caveat.Limit, Text: "depth"}, caveat.Reason{Kind: caveat.Limit, Text: "depth"}, "depth limit"},
		{"another version says why", `[4096,1]`, `[1,2,{"x":"no room for it"}]`, caveat.Reason{}, caveat.Reason{Kind: caveat.Other, Text: "no room for it"}, "no room for it"},
		{"there is no value", `[4096,1]`, `[1,2,]`, caveat.Reason{}, caveat.Reason{Kind: caveat.BadRecord, N: 1, Text: "its line isn't JSON, or nested too deep"},
			"object 1: its line isn't JSON, or nested too deep"},
		{"there is no object", `[4096,1]`, "", caveat.Reason{}, caveat.Reason{Kind: caveat.NoRecord, N: 1}, "object 1: not in the dump"},
		{"it isn't of its type", `[4096,1]`, `[1,2,"text"]`, caveat.Reason{}, caveat.Reason{Kind: caveat.Damaged, Text: "no int"}, "damaged in the dump: no int"},
	}
	for _, tt := range tests {
		text := `{"coredumpy":{"version":1,"reason":"panic","goroutine":1}}` + "\n" + types +
			fmt.Sprintf(`{"goroutine":{"id":1,"frames":[{"func":"main.f","vars":[{"name":"p","type":1,"value":%s}]}]}}`, tt.value) + "\n" + tt.object + "\n"
		core, err := Read(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		g, err := core.Goroutine(1)
		if err != nil {
			t.Fatal(err)
		}
		p := g.Frames[0].Vars()[0].Value
		if got := p.Reason(); got != tt.pointer {
			t.Errorf("%s: got %+v of the pointer, want %+v", tt.name, got, tt.pointer)
		}
		got := p.Elem().Reason()
		if got != tt.target || got.String() != tt.text {
			t.Errorf("%s: got %+v, %q, want %+v, %q", tt.name, got, got, tt.target, tt.text)
		}
	}
}
