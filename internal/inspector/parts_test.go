package inspector

import (
	"fmt"
	"strings"
	"testing"

	"coredumpy/internal/corefile"
	"coredumpy/internal/dump"
)

const partTypes = `{"type":{"id":1,"name":"int","kind":"int","size":8}}
{"type":{"id":2,"name":"string","kind":"string","size":16}}
{"type":{"id":3,"name":"main.T","kind":"struct","size":24,"fields":[{"name":"A","type":1},{"name":"b","type":2,"off":8},{"name":"_","type":1,"off":8}]}}
{"type":{"id":4,"name":"*main.T","kind":"ptr","size":8,"elem":3}}
{"type":{"id":5,"name":"[]int","kind":"slice","size":24,"elem":1}}
{"type":{"id":6,"name":"map[string]int","kind":"map","size":8,"key":2,"elem":1}}
{"type":{"id":7,"name":"interface {}","kind":"interface","size":16}}
{"type":{"id":8,"name":"*int","kind":"ptr","size":8,"elem":1}}
{"type":{"id":9,"name":"chan int","kind":"chan","size":8,"elem":1}}
{"type":{"id":10,"name":"map[main.T]int","kind":"map","size":8,"key":3,"elem":1}}
{"type":{"id":11,"name":"[3]uint8","kind":"array","size":3,"elem":12,"len":3}}
{"type":{"id":12,"name":"uint8","kind":"uint8","size":1}}
{"type":{"id":13,"name":"map[interface {}]int","kind":"map","size":8,"key":7,"elem":1}}
{"type":{"id":14,"name":"func()","kind":"func","size":8}}
{"type":{"id":15,"name":"struct {...}","kind":"struct","fields":[{"name":"n","type":1}]}}
{"type":{"id":16,"name":"main.Twice","kind":"struct","fields":[{"name":"x","type":1},{"name":"x","type":1}]}}
{"type":{"id":17,"name":"float32","kind":"float32","size":4}}
{"type":{"id":18,"name":"bool","kind":"bool","size":1}}
[1,3,[1,"x",2]]
[2,5,[7,8]]
[3,6,["k",1,"l\n",2]]
[4,1,5]
[5,9,{"e":[3],"len":1}]
[6,10,[[1,"",0],2]]
[7,13,[[2,"a"],1]]
[8,15,[4]]`

// partTests are values and what their parts are.
var partTests = []struct {
	typ   int
	value string
	expr  string
	want  string // the parts' names and expressions
}{
	{1, "5", "x", ""},
	{2, `"text"`, "x", ""},
	{3, `[1,"b",2]`, "x", "A x.A; b x.b; _ "},
	{3, `[1,"b",2]`, "x[1]", "A x[1].A; b x[1].b; _ "},
	{3, `[1,"b",2]`, "*x", "A (*x).A; b (*x).b; _ "},
	{3, `[1,"b",2]`, "", "A ; b ; _ "},
	{3, `[1,"b",2]`, "x +", "A ; b ; _ "},
	{4, "[4096,1]", "x", "A x.A; b x.b; _ "},
	{4, "null", "x", ""},
	{4, `{"p":4096,"x":"depth limit"}`, "x", ""},
	{4, "[4096,4]", "x", "target *x"},  // forged: it isn't a struct
	{8, "[4096,1]", "x", "A ; b ; _ "}, // forged: its type has no fields
	{8, "[4096,4]", "x", "target *x"},
	{5, "[4096,2,2]", "x", "[0] x[0]; [1] x[1]"},
	{5, "null", "x", ""},
	{6, "[4096,3,2]", "x", `entry x["k"]; entry x["l\n"]`},
	{10, "[4096,6,1]", "x", "entry "},
	{13, "[4096,7,1]", "x", `entry x["a"]`},
	{9, "[4096,5,1,4]", "x", "[0] "},
	{7, `[3,[1,"b",2]]`, "x", "A x.(data).A; b x.(data).b; _ "},
	{7, "[4,[4096,1]]", "x", "A x.(data).A; b x.(data).b; _ "},
	{7, "null", "x", ""},
	{11, `"abc"`, "x", "[0] x[0]; [1] x[1]; [2] x[2]"},
	{14, `{"p":1,"f":"main.f","o":8}`, "x", "n x.n"},
	{14, "null", "x", ""},
	{16, "[1,2]", "x", "x ; x "},
}

func TestParts(t *testing.T) {
	for _, tt := range partTests {
		in := read(t, `"goroutine":1`, partTypes, withX(tt.typ, tt.value))
		f, _, err := in.Frame()
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		p := PartsOf(f.Variable("x").Value, tt.expr)
		for i := range p.Named + p.Indexed {
			part := Part{}
			if i < p.Named {
				part = p.NamedPart(i)
			} else {
				part = p.IndexedPart(i - p.Named)
			}
			name := map[PartKind]string{Field: part.Name, Captured: part.Name, Target: "target",
				Element: fmt.Sprintf("[%d]", part.Index), Entry: "entry"}[part.Kind]
			got = append(got, name+" "+part.Expr)
			if !part.Value.Valid() {
				t.Errorf("type %d %s: got no value of %s", tt.typ, tt.value, name)
			}
			if r, err := in.Evaluate(part.Expr); part.Expr != "" && tt.expr == "x" && (err != nil || r.Value.Kind() != part.Value.Kind()) {
				t.Errorf("type %d %s: %s evaluates to %v and %v", tt.typ, tt.value, part.Expr, r.Value.Kind(), err)
			}
		}
		if text := strings.Join(got, "; "); text != tt.want {
			t.Errorf("type %d %s as %q: got %q, want %q", tt.typ, tt.value, tt.expr, text, tt.want)
		}
	}
}

func withX(typ int, value string) string {
	return fmt.Sprintf(`{"goroutine":{"id":1,"status":"running","frames":[{"func":"main.f","file":"x.go","line":1,"vars":[{"name":"x","type":%d,"addr":256,"value":%s}]}]}}`, typ, value)
}

func TestBytes(t *testing.T) {
	tests := []struct {
		arch  string
		typ   int
		value string
		addr  uint64
		want  string
	}{
		{"amd64", 1, "258", 256, "\x02\x01\x00\x00\x00\x00\x00\x00"},
		{"s390x", 1, "258", 256, "\x00\x00\x00\x00\x00\x00\x01\x02"},
		{"arm64", 1, "-1", 256, "\xff\xff\xff\xff\xff\xff\xff\xff"},
		{"amd64", 12, "7", 256, "\x07"},
		{"s390x", 12, "7", 256, "\x07"},
		{"amd64", 17, "1.5", 256, "\x00\x00\xc0\x3f"},
		{"amd64", 17, `"NaN"`, 0, ""}, // a map may have many keys NaN
		{"amd64", 18, "true", 256, "\x01"},
		{"no such", 1, "258", 0, ""},
		{"amd64", 2, `"text"`, 0, "text"},
		{"amd64", 2, `{"s":"te***","len":9,"red":true}`, 0, ""},
		{"amd64", 11, `"abc"`, 256, "abc"},
		{"amd64", 3, `[1,"b",2]`, 0, ""},
		{"amd64", 1, `{"x":"optimized out"}`, 0, ""},
	}
	for _, tt := range tests {
		in := read(t, fmt.Sprintf(`"goroutine":1,"arch":%q`, tt.arch), partTypes, withX(tt.typ, tt.value))
		f, _, err := in.Frame()
		if err != nil {
			t.Fatal(err)
		}
		if addr, got := in.Bytes(f.Variable("x").Value); addr != tt.addr || got != tt.want {
			t.Errorf("%s, type %d %s: got %q at %d, want %q at %d", tt.arch, tt.typ, tt.value, got, addr, tt.want, tt.addr)
		}
	}
}

func TestMine(t *testing.T) {
	const build = `"goroutine":1,"build":{"main":"shop","deps":[["example.com/money","v1"],["example.com/shared","(devel)"]]}`
	tests := []struct {
		head, pkg, module string
		mine              bool
	}{
		{build, "main", "shop", true},
		{build, "shop/cart", "shop", true},
		{build, "shop/cart_test", "shop", true},
		{build, "shop_test", "shop", true},
		{build, "shopping", "", true}, // of a module that isn't known
		{build, "example.com/money/coin", "example.com/money", false},
		{build, "example.com/shared", "example.com/shared", true},
		{build, "example.com/other", "", true},
		{build, "net/http", Standard, false},
		{build, "runtime", Standard, false},
		{`"goroutine":1`, "runtime", Standard, false},
		{`"goroutine":1`, "internal/poll", Standard, false},
		{`"goroutine":1`, "main", "", true},
	}
	for _, tt := range tests {
		in := read(t, tt.head)
		f := &dump.Frame{Frame: &corefile.Frame{Package: tt.pkg}}
		if module, mine := in.Module(f), in.Mine(f); module != tt.module || mine != tt.mine {
			t.Errorf("%s: got module %q, mine %v, want %q, %v", tt.pkg, module, mine, tt.module, tt.mine)
		}
	}
}
