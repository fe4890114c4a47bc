package inspector

import (
	"fmt"
	"strings"
	"testing"
)

// chainTypes are errors, lists, readers, and contexts.
const chainTypes = `{"type":{"id":1,"name":"int","kind":"int","size":8}}
{"type":{"id":2,"name":"string","kind":"string","size":16}}
{"type":{"id":3,"name":"error","kind":"interface","size":16}}
{"type":{"id":4,"name":"*main.E","kind":"ptr","size":8,"elem":5}}
{"type":{"id":5,"name":"main.E","kind":"struct","size":32,"fields":[{"name":"Query","type":2},{"name":"Err","type":3,"off":16}]}}
{"type":{"id":6,"name":"*errors.joinError","kind":"ptr","size":8,"elem":7}}
{"type":{"id":7,"name":"errors.joinError","kind":"struct","size":24,"fields":[{"name":"errs","type":8}]}}
{"type":{"id":8,"name":"[]error","kind":"slice","size":24,"elem":3}}
{"type":{"id":9,"name":"*errors.errorString","kind":"ptr","size":8,"elem":10}}
{"type":{"id":10,"name":"errors.errorString","kind":"struct","size":16,"fields":[{"name":"s","type":2}]}}
{"type":{"id":11,"name":"*main.N","kind":"ptr","size":8,"elem":12}}
{"type":{"id":12,"name":"main.N","kind":"struct","size":24,"fields":[{"name":"v","type":1},{"name":"prev","type":11,"off":8},{"name":"next","type":11,"off":16}]}}
{"type":{"id":13,"name":"*main.Tree","kind":"ptr","size":8,"elem":14}}
{"type":{"id":14,"name":"main.Tree","kind":"struct","size":16,"fields":[{"name":"left","type":13},{"name":"right","type":13,"off":8}]}}
{"type":{"id":15,"name":"io.Reader","kind":"interface","size":16}}
{"type":{"id":16,"name":"*main.R","kind":"ptr","size":8,"elem":17}}
{"type":{"id":17,"name":"main.R","kind":"struct","size":24,"fields":[{"name":"n","type":1},{"name":"from","type":15,"off":8}]}}
{"type":{"id":18,"name":"context.Context","kind":"interface","size":16}}
{"type":{"id":19,"name":"*context.valueCtx","kind":"ptr","size":8,"elem":20}}
{"type":{"id":20,"name":"context.valueCtx","kind":"struct","size":48,"fields":[{"name":"Context","type":18},{"name":"key","type":21,"off":16},{"name":"val","type":21,"off":32}]}}
{"type":{"id":21,"name":"interface {}","kind":"interface","size":16}}
{"type":{"id":22,"name":"context.backgroundCtx","kind":"struct","size":0}}
[1,5,["select",[6,[4097,2]]]]
[2,7,[[4098,3,2,2]]]
[3,8,[[9,[4099,4]],[4,[4100,5]]]]
[4,10,["gone"]]
[5,5,["again",null]]
[6,12,[1,null,[4102,7]]]
[7,12,[2,[4101,6],[4103,8]]]
[8,12,[3,[4102,7],[4102,7]]]
[9,14,[[4104,9],null]]
[10,17,[5,[16,[4106,11]]]]
[11,17,[6,null]]
[12,20,[[22,[]],[2,"k"],[1,7]]]`

func TestChain(t *testing.T) {
	for _, tt := range []struct {
		typ         int
		value, by   string
		want, wrong string
	}{
		{3, "[4,[4095,1]]", "", "main.E; .Err errors.joinError; >.errs[0] errors.errorString; >.errs[1] main.E", ""},
		{4, "[4095,1]", "", "main.E; .Err errors.joinError; >.errs[0] errors.errorString; >.errs[1] main.E", ""},
		{9, "[4099,4]", "", "errors.errorString", ""},
		{11, "[4101,6]", "", "main.N; .next main.N; .next main.N; .next =1", ""},
		{11, "[4103,8]", "prev", "main.N; .prev main.N; .prev main.N", ""},
		{11, "[4101,6]", "v", "", "field v is int: chain follows pointers and interfaces"},
		{11, "[4101,6]", "w", "", "main.N has no field w"},
		{13, "[4104,9]", "", "", "main.Tree has several fields to follow: left, right: choose one, chain -by left"},
		{13, "[4104,9]", "left", "main.Tree; .left =0", ""},
		{16, "[4105,10]", "", "main.R; .from main.R", ""},
		{15, "[16,[4105,10]]", "", "main.R; .from main.R", ""},
		{18, "[19,[4107,12]]", "", "context.valueCtx; .Context context.backgroundCtx", ""},
		{1, "5", "", "", "it leads to no other value of its kind: chain follows errors, contexts, readers, writers " +
			"and pointers to the same type; -by FIELD any field of int"},
		{11, "null", "", "", "it is nil"},
		{11, `{"p":4096,"x":"depth limit"}`, "", "", "*main.N is not in the dump: depth limit"},
	} {
		in := read(t, `"goroutine":1`, chainTypes, withX(tt.typ, tt.value))
		f, _, err := in.Frame()
		if err != nil {
			t.Fatal(err)
		}
		c, err := in.ChainOf(f.Variable("x").Value, tt.by, 100, func(int, int) bool { return false })
		var got []string
		for _, l := range c.Links {
			text := strings.Repeat(">", l.Depth) + l.Step + " " + l.Value.Type().String()
			if l.Again >= 0 {
				text = fmt.Sprintf("%s =%d", l.Step, l.Again)
			}
			got = append(got, strings.TrimSpace(text))
		}
		wrong := ""
		if err != nil {
			wrong = err.Error()
		}
		if text := strings.Join(got, "; "); text != tt.want || wrong != tt.wrong {
			t.Errorf("type %d %s by %q: got %s, %s, want %s, %s", tt.typ, tt.value, tt.by, text, wrong, tt.want, tt.wrong)
		}
	}
}

// A list that is longer than anybody reads is counted, and an interrupt ends that.
func TestChainBounded(t *testing.T) {
	var objects strings.Builder
	const n = 2000
	for i := 1; i < n; i++ {
		fmt.Fprintf(&objects, "[%d,12,[%d,null,[%d,%d]]]\n", 100+i, i, 100_000+16*i, 101+i)
	}
	fmt.Fprintf(&objects, "[%d,12,[%d,null,null]]", 100+n, n)
	in := read(t, `"goroutine":1`, chainTypes, objects.String(), withX(11, "[100000,101]"))
	f, _, err := in.Frame()
	if err != nil {
		t.Fatal(err)
	}
	c, err := in.ChainOf(f.Variable("x").Value, "", 10, func(int, int) bool { return false })
	if err != nil || c.All != n || len(c.Links) != 10 {
		t.Errorf("got %d links, %d returned, %v; want %d and 10", c.All, len(c.Links), err, n)
	}
	c, err = in.ChainOf(f.Variable("x").Value, "", 10, func(done, _ int) bool { return done > 300 })
	if err != nil || !c.Stopped {
		t.Errorf("interrupted: got stopped %v, %v", c.Stopped, err)
	}
	// Each joins itself, twice: the links are as many as there are addresses.
	in = read(t, `"goroutine":1`, strings.NewReplacer(`[3,8,[[9,[4099,4]],[4,[4100,5]]]]`,
		`[3,8,[[6,[4097,2]],[6,[4097,2]]]]`).Replace(chainTypes), withX(6, "[4097,2]"))
	if f, _, err = in.Frame(); err != nil {
		t.Fatal(err)
	}
	if c, err = in.ChainOf(f.Variable("x").Value, "", 100, func(int, int) bool { return false }); err != nil || c.All != 3 {
		t.Errorf("a cycle of errors: got %d links, %v, want 3", c.All, err)
	}
}
