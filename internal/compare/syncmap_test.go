package compare_test

import (
	"strings"
	"testing"

	"coredumpy/internal/compare"
	"coredumpy/internal/dump"
	"coredumpy/internal/inspector"
)

// treeText is a dump of a sync.Map x whose tree has two children, objects 2 and 3.
const treeText = `{"coredumpy":{"version":1,"reason":"panic","goroutine":1}}
{"type":{"id":1,"name":"int","kind":"int","size":8}}
{"type":{"id":5,"name":"sync.Map","kind":"struct","size":8,"fields":[{"name":"m","type":6}]}}
{"type":{"id":6,"name":"internal/sync.HashTrieMap[int,int]","kind":"struct","size":8,"fields":[{"name":"root","type":7}]}}
{"type":{"id":7,"name":"root","kind":"struct","size":8,"fields":[{"name":"v","type":8}]}}
{"type":{"id":8,"name":"*internal/sync.indirect[int,int]","kind":"ptr","size":8,"elem":9}}
{"type":{"id":9,"name":"internal/sync.indirect[int,int]","kind":"struct","size":16,"fields":[{"name":"children","type":10}]}}
{"type":{"id":10,"name":"[2]child","kind":"array","size":16,"elem":11,"len":2}}
{"type":{"id":11,"name":"child","kind":"struct","size":8,"fields":[{"name":"v","type":12}]}}
{"type":{"id":12,"name":"*internal/sync.node[int,int]","kind":"ptr","size":8,"elem":13}}
{"type":{"id":13,"name":"internal/sync.node[int,int]","kind":"struct","size":8}}
{"type":{"id":14,"name":"internal/sync.entry[int,int]","kind":"struct","size":24,"fields":[{"name":"overflow","type":11},{"name":"key","type":1},{"name":"value","type":1}]}}
{"goroutine":{"id":1,"status":"running","frames":[{"func":"main.f","vars":[{"name":"x","type":5,"value":[[[[32,1]]]]}]}]}}
[1,9,[[[[64,2]],[[96,3]]]],32]
`

// A sync.Map is compared as a map: its tree is another one in each process.
func TestSyncMap(t *testing.T) {
	open := func(entries string) *inspector.Inspector {
		core, err := dump.Read(strings.NewReader(treeText + entries + "\n"))
		if err != nil {
			t.Fatal(err)
		}
		in, err := inspector.New(core)
		if err != nil {
			t.Fatal(err)
		}
		return in
	}
	const before = "[2,14,[[null],1,10],64]\n[3,14,[[null],2,20],96]"
	for _, tt := range []struct {
		name, after, want string
		unknown           int
	}{
		{"the same entries", "[2,14,[[null],2,20],64]\n[3,14,[[null],1,10],96]", "", 0},
		{"another value", "[2,14,[[null],2,21],64]\n[3,14,[[null],1,10],96]", "[2] changed", 0},
		{"another key", "[2,14,[[null],2,20],64]\n[3,14,[[null],3,10],96]", " lost 1 1  new 1 3", 0},
		{"an entry that the dump lacks", "[2,14,[[null],2,20],64]", "", 1},
	} {
		r := compare.Dumps(open(before), open(tt.after), goOn)
		var got []string
		for _, v := range r.Frame.Variables {
			got = append(got, said(v)...)
		}
		if text := strings.Join(got, " "); text != tt.want || r.Unknown != tt.unknown {
			t.Errorf("%s: got %q and %d unknown, want %q and %d", tt.name, text, r.Unknown, tt.want, tt.unknown)
		}
	}
}
