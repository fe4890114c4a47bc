package dump

import (
	"fmt"
	"strings"
	"testing"

	"coredumpy/internal/caveat"
)

// What a value lacks is known as a kind, whether the file has it or the reader finds out.
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
		{"the file says why", `{"x":"optimized out"}`, "", caveat.Reason{Kind: caveat.OptimizedOut},
			caveat.Reason{Kind: caveat.OptimizedOut}, "optimized out"},
		{"the file says which limit", `{"p":4096,"x":"depth limit"}`, "",
			caveat.Reason{Kind: caveat.Limit, Text: "depth"},
			caveat.Reason{Kind: caveat.Limit, Text: "depth"}, "depth limit"},
		{"another version says why", `[4096,1]`, `[1,2,{"x":"no room for it"}]`, caveat.Reason{},
			caveat.Reason{Kind: caveat.Other, Text: "no room for it"}, "no room for it"},
		{"there is no value", `[4096,1]`, `[1,2,]`, caveat.Reason{}, caveat.Reason{Kind: caveat.BadRecord, N: 1, Text: "its line isn't JSON, or nested too deep"},
			"object 1: its line isn't JSON, or nested too deep"},
		{"there is no object", `[4096,1]`, "", caveat.Reason{}, caveat.Reason{Kind: caveat.NoRecord, N: 1},
			"object 1: not in the dump"},
		{"it isn't of its type", `[4096,1]`, `[1,2,"text"]`, caveat.Reason{},
			caveat.Reason{Kind: caveat.Damaged, Text: "no int"}, "damaged in the dump: no int"},
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

// In format 2 the address of what a pointer points to is the object's, and is lost with it.
func TestReasonNew(t *testing.T) {
	const start = `{"coredumpy":{"version":2,"reason":"panic","goroutine":1}}
{"type":{"id":1,"name":"*int","kind":"ptr","elem":2}}
{"type":{"id":2,"name":"int","kind":"int","size":8}}
{"type":{"id":3,"name":"[]int","kind":"slice","size":24,"elem":2}}
{"type":{"id":4,"name":"(int, int)","kind":"tuple","size":16}}
`
	tests := []struct {
		name    string
		typ     int
		value   string
		objects string
		want    caveat.Reason
		valid   bool
		addr    uint64
	}{
		{"all is there", 1, `[2]`, `{"objects":{"id":1,"addr":4000}}` + "\n[2,7,96]\n[2,8,-8]",
			caveat.Reason{}, true, 4088},
		{"there is no object", 1, `[3]`, `{"objects":{"id":1}}` + "\n[2,7,96]",
			caveat.Reason{Kind: caveat.NoRecord, N: 3}, false, 0},
		{"ids don't add up", 1, `[1]`, `{"objects":{"id":1}}` + "\n[2,7,96]\n" + `{"objects":{"id":4}}`,
			caveat.Reason{Kind: caveat.BadRecord, N: 1, Text: "the ids of the objects around it don't add up"}, false, 0},
		{"addresses don't add up", 1, `[1]`, `{"objects":{"id":1}}` + "\n[2,7,96]\n" + `{"objects":{"id":2,"addr":97}}`,
			caveat.Reason{Kind: caveat.BadRecord, N: 1, Text: "the addresses of the objects around it don't add up"}, false, 0},
		{"the object is missing, a length is known", 3, `[3,5]`, "",
			caveat.Reason{Kind: caveat.NoRecord, N: 3}, true, 0},
		{"a slice without elements", 3, `{"p":64,"cap":3}`, "", caveat.Reason{}, true, 64},
		{"a reference of format 1", 1, `[4096,1]`, "",
			caveat.Reason{Kind: caveat.Damaged, Text: "2 parts, which no ptr has"}, false, 0},
		{"a fact", 1, `{"p":64,"x":["limit","depth"]}`, "", caveat.Reason{Kind: caveat.Limit, Text: "depth"}, true, 64},
		{"a fact of a later version", 2, `{"x":["adrift",5]}`, "",
			caveat.Reason{Kind: caveat.Unknown, Text: "adrift"}, false, 0},
		{"a type of a later version", 4, `[1,2]`, "", caveat.Reason{Kind: caveat.UnknownKind, Text: "tuple"}, false, 0},
	}
	for _, tt := range tests {
		text := start + fmt.Sprintf(`{"goroutine":{"id":1,"frames":[{"func":"main.f","vars":[{"name":"p","type":%d,"value":%s}]}]}}`, tt.typ, tt.value) + "\n" + tt.objects + "\n"
		core, err := Read(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		g, err := core.Goroutine(1)
		if err != nil {
			t.Fatal(err)
		}
		v := g.Frames[0].Vars()[0].Value
		if got := v.Reason(); got != tt.want || v.Valid() != tt.valid || v.Pointer() != tt.addr {
			t.Errorf("%s: got reason %+v, valid %t, address %d, want %+v, %t, %d", tt.name, got, v.Valid(), v.Pointer(), tt.want, tt.valid, tt.addr)
		}
	}
}
