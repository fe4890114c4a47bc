package inspector

import (
	"fmt"
	"strings"
	"testing"

	"coredumpy/internal/pretty"
)

const viewedTypes = `{"type":{"id":1,"name":"error","kind":"interface","size":16}}
{"type":{"id":2,"name":"string","kind":"string","size":16}}
{"type":{"id":3,"name":"fmt.wrapError","kind":"struct","fields":[{"name":"msg","type":2},{"name":"err","type":1}]}}
{"type":{"id":4,"name":"*fmt.wrapError","kind":"ptr","elem":3}}
{"type":{"id":5,"name":"sync/atomic.Pointer[main.T]","kind":"struct","fields":[{"name":"v","type":6}]}}
{"type":{"id":6,"name":"*main.T","kind":"ptr","elem":7}}
{"type":{"id":7,"name":"main.T","kind":"struct","fields":[{"name":"Name","type":2}]}}
{"type":{"id":8,"name":"time.Duration","kind":"int64","size":8}}
{"type":{"id":9,"name":"context.valueCtx","kind":"struct","fields":[{"name":"Context","type":11},{"name":"key","type":1},{"name":"val","type":1}]}}
{"type":{"id":10,"name":"context.backgroundCtx","kind":"struct","fields":[]}}
{"type":{"id":11,"name":"context.Context","kind":"interface","size":16}}
[1,4,[16,3]]
[2,7,["ann"]]
[3,3,["outer: inner",[2,"inner"]]]`

// Parts of views have expressions, and the fields are among them.
func TestViewed(t *testing.T) {
	tests := []struct {
		typ         int
		value, want string
	}{
		{1, "[4,[48,3]]", `err x.(data).err "inner"; (fields) x.(data) {msg: "outer: inner", err: error(string) "inner"}`},
		{5, "[[32,2]]", `Name x.v.Name "ann"`},
		{8, "1500000000", ""},
		{2, `"x"`, ""},
		{9, `[[10,[]],[2,"k"],[2,"v"]]`, `(fields) x {Context: context.Context(context.backgroundCtx) {}, key: error(string) "k", val: error(string) "v"}; ` +
			`[0]  value "k": "v"; [1] x.Context.(data) Background`},
	}
	for _, tt := range tests {
		in := read(t, `"goroutine":1`, viewedTypes, withX(tt.typ, tt.value))
		f, _, err := in.Frame()
		if err != nil {
			t.Fatal(err)
		}
		p := Viewed(f.Variable("x").Value, "x", nil)
		var got []string
		for i := range p.Named + p.Indexed {
			part := Part{}
			if i < p.Named {
				part = p.NamedPart(i)
			} else {
				part = p.IndexedPart(i - p.Named)
			}
			name := map[PartKind]string{Field: part.Name, Fields: "(fields)", Element: fmt.Sprintf("[%d]", part.Index)}[part.Kind]
			text := part.String(pretty.Options{String: 64, Elements: 8, Depth: 2, Views: part.Kind != Fields})
			_, short, found := strings.Cut(text, " ")
			if !found || text[0] == '"' || part.View != nil {
				short = text
			}
			got = append(got, name+" "+part.Expr+" "+short)
			if _, err := in.Evaluate(part.Expr); part.Expr != "" && err != nil {
				t.Errorf("type %d %s: %s: %v", tt.typ, tt.value, part.Expr, err)
			}
		}
		if text := strings.Join(got, "; "); text != tt.want {
			t.Errorf("type %d %s: got\n%s\nwant\n%s", tt.typ, tt.value, text, tt.want)
		}
	}
}
