package dump

import (
	"fmt"
	"strings"
	"testing"
)

// rereadRecords are numbers to read as other types. G and H are known to be NaN, but not with which
// bits.
const rereadRecords = `
{"type":{"id":1,"name":"uint32","kind":"uint32","size":4}}
{"type":{"id":2,"name":"uint16","kind":"uint16","size":2}}
{"type":{"id":3,"name":"uint64","kind":"uint64","size":8}}
{"type":{"id":4,"name":"[2]uint32","kind":"array","size":8,"elem":1,"len":2}}
{"type":{"id":5,"name":"float64","kind":"float64","size":8}}
{"type":{"id":6,"name":"float32","kind":"float32","size":4}}
{"type":{"id":7,"name":"int64","kind":"int64","size":8}}
{"type":{"id":8,"name":"int8","kind":"int8","size":1}}
{"type":{"id":9,"name":"*int8","kind":"ptr","size":8,"elem":8}}
{"goroutine":{"id":1,"status":"running","frames":[{"func":"main.f","pkg":"main"}]}}
{"objects":{"id":1}}
[4,[258,3],4096]
[5,"NaN",4096]
[6,"NaN",4096]
[5,1.5,4096]
[7,-2,4096]
[9,[1],4096]
[9,null,4096]
[9,[9],4096]
[8,1]
`

// Numbers are read as other types in the order of the program's bytes, and not at all where that or
// their bits aren't known.
func TestReread(t *testing.T) {
	for _, tt := range []struct {
		arch, typ string
		addr      uint64
		want      string
	}{
		{"amd64", "uint64", 4096, "12884902146"},
		{"s390x", "uint64", 4096, "1108101562371"},
		{"amd64", "uint16", 4096, "258"},
		{"s390x", "uint16", 4096, "0"},
		{"s390x", "int8", 4096, "0"},
		{"", "uint64", 4096, "none"},
		{"amd64", "uint64", 2 * 4096, "none"},
		{"amd64", "uint32", 3 * 4096, "none"},
		{"amd64", "uint64", 4 * 4096, "4609434218613702656"},
		{"amd64", "int8", 5 * 4096, "-2"},
		{"s390x", "int8", 5 * 4096, "-1"},
		{"s390x", "uint64", 5 * 4096, "18446744073709551614"},
		{"amd64", "uint64", 6 * 4096, "4096"},
		{"amd64", "uint64", 7 * 4096, "0"},
		{"amd64", "uint64", 8 * 4096, "none"}, // it points to something without an address
	} {
		core, err := Read(strings.NewReader(
			fmt.Sprintf(`{"coredumpy":{"version":2,"reason":"dump","goroutine":1,"arch":%q}}`, tt.arch) + rereadRecords))
		if err != nil {
			t.Fatal(err)
		}
		got := "none"
		switch v := core.at(tt.addr, core.TypesNamed(tt.typ)[0]); {
		case v.Valid() && tt.typ[0] == 'i':
			got = fmt.Sprint(v.Int())
		case v.Valid():
			got = fmt.Sprint(v.Uint())
		}
		if got != tt.want {
			t.Errorf("%q: %s at %d: got %s, want %s", tt.arch, tt.typ, tt.addr, got, tt.want)
		}
	}
}
