package dump

import (
	"fmt"
	"strings"
	"testing"
)

// memoryText is a dump in which objects of type []int are elements, or a slice that a pointer
// points to.
const memoryText = `{"coredumpy":{"version":2,"reason":"dump","goroutine":1,"objects":7}}
{"type":{"id":1,"name":"int","kind":"int","size":8}}
{"type":{"id":2,"name":"[]int","kind":"slice","size":24,"elem":1}}
{"type":{"id":3,"name":"*[]int","kind":"ptr","size":8,"elem":2}}
{"type":{"id":4,"name":"main.pair","kind":"struct","size":16,"fields":[{"name":"a","type":1},{"name":"b","type":1,"off":8}]}}
{"type":{"id":5,"name":"*main.pair","kind":"ptr","size":8,"elem":4}}
{"type":{"id":6,"name":"[]*main.pair","kind":"slice","size":24,"elem":5}}
{"type":{"id":7,"name":"*[]*main.pair","kind":"ptr","size":8,"elem":6}}
{"type":{"id":8,"name":"map[int]int","kind":"map","size":8,"key":1,"elem":1}}
{"type":{"id":9,"name":"*map[int]int","kind":"ptr","size":8,"elem":8}}
{"global":{"id":1,"name":"main.count","type":1,"addr":512,"value":40}}
{"goroutine":{"id":1,"status":"running","frames":[{"func":"main.main","file":"x.go","line":1,"vars":[
{"name":"n","type":1,"addr":256,"value":7},{"name":"doubtful","type":1,"diff":8,"note":[["outOfDate"]],"value":8},
{"name":"header","type":3,"value":[2]},{"name":"s","type":2,"value":[3,3]},{"name":"p","type":5,"value":[1]},
{"name":"list","type":7,"value":[5]},{"name":"m","type":9,"value":[7]}]}]}}
{"objects":{"id":1}}
[4,[1,2],4096]
[2,[3,3,4],4096]
[2,[5,6,9],4096]
[6,[[1],null],4096]
[6,[4,2],4096]
[8,[10,20],4096]
[8,[6,1],4096]
{"end":{"records":20}}
`

// What is at an address is known from the objects and variables there, and for what may be
// elements or a slice from what refers to it.
func TestMemory(t *testing.T) {
	core, err := Read(strings.NewReader(strings.NewReplacer("[\n{", "[{", ",\n", ",").Replace(memoryText)))
	if err != nil {
		t.Fatal(err)
	}
	typed := func(name string) *Type { return core.TypesNamed(name)[0] }
	for _, tt := range []struct {
		typ  string
		addr uint64
		want string
	}{
		{"main.pair", 4096, "[1 2]"},
		{"int", 4096, "1"},
		{"int", 4096 + 8, "2"},
		{"int", 4096 + 16, "none"},
		{"int", 2 * 4096, "none"}, // the first word of a slice isn't known
		{"[]int", 2 * 4096, "len 3 of 4"},
		{"int", 3 * 4096, "5"},
		{"int", 3*4096 + 16, "9"},
		{"[]int", 3 * 4096, "none"},
		{"*main.pair", 4 * 4096, "pointer to 4096"},
		{"[]*main.pair", 5 * 4096, "len 2 of 2"},
		{"map[int]int", 7 * 4096, "len 1"},
		{"int", 256, "7"},
		{"int", 264, "none"}, // nothing is sure about the variable
		{"int", 512, "40"},
		{"int", 1 << 40, "none"},
	} {
		if got := described(core.at(tt.addr, typed(tt.typ))); got != tt.want {
			t.Errorf("%s at %d: got %s, want %s", tt.typ, tt.addr, got, tt.want)
		}
	}
}

func described(v Value) string {
	switch {
	case !v.Valid():
		return "none"
	case v.Type().String() == "int":
		return fmt.Sprint(v.Int())
	case strings.HasPrefix(v.Type().String(), "[]"):
		return fmt.Sprintf("len %d of %d", v.Len(), v.Cap())
	case strings.HasPrefix(v.Type().String(), "map"):
		return fmt.Sprint("len ", v.Len())
	case strings.HasPrefix(v.Type().String(), "*"):
		return fmt.Sprint("pointer to ", v.Pointer())
	}
	return fmt.Sprintf("[%d %d]", v.Field(0).Int(), v.Field(1).Int())
}
