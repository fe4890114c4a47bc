package inspector

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
)

// A field whose name only begins as another one does is another field.
func TestOriginOfField(t *testing.T) {
	source := "package main\nfunc f() {\n\tvar x T\n\tx.f = 1\n\tx.foo = 2\n\tx.f.a = 3\n\tcrash(x)\n}\n"
	in := read(t, `"goroutine":1`, `{"type":{"id":1,"name":"int","kind":"int","size":8}}`,
		`{"type":{"id":2,"name":"main.T","kind":"struct","size":16,"fields":[{"name":"f","type":1},{"name":"foo","type":1,"off":8}]}}`,
		`{"goroutine":{"id":1,"status":"running","frames":[{"func":"main.f","pkg":"main","file":"/src/a.go","line":7,"vars":[`+
			`{"name":"x","type":2,"line":3,"value":[1,2]}]}]}}`,
		`{"source":{"id":1,"path":"/src/a.go","text":`+strconv.Quote(source)+`}}`)
	for expr, want := range map[string]string{
		"x.f":   "6: x.f.a = 3 (a part); 4: x.f = 1; 3: x T",
		"x.foo": "5: x.foo = 2; 3: x T",
		"x":     "6: x.f.a = 3 (a part); 5: x.foo = 2 (a part); 4: x.f = 1 (a part); 3: x T",
	} {
		origins, err := in.Origins(expr)
		if err != nil || len(origins) != 1 {
			t.Fatal(origins, err)
		}
		var got []string
		for _, s := range origins[0].Settings {
			text := fmt.Sprintf("%d: %s", s.Line, s.Text)
			if s.Part {
				text += " (a part)"
			}
			got = append(got, text)
		}
		if got := strings.Join(got, "; "); got != want {
			t.Errorf("%s: got %s, want %s", expr, got, want)
		}
	}
}
