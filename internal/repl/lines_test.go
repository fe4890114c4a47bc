package repl

import (
	"fmt"
	"strings"
	"testing"

	"coredumpy/internal/dump"
)

// manyUsers has a variable with 100 structs, which take 4 lines each.
func manyUsers() string {
	users := make([]string, 100)
	for i := range users {
		users[i] = fmt.Sprintf(`["a name that is long %d",["x"],true]`, i)
	}
	return `{"coredumpy":{"version":1,"reason":"panic","goroutine":1}}
{"type":{"id":1,"name":"string","kind":"string","size":16}}
{"type":{"id":2,"name":"[1]string","kind":"array","size":16,"elem":1,"len":1}}
{"type":{"id":3,"name":"bool","kind":"bool","size":1}}
{"type":{"id":4,"name":"main.user","kind":"struct","size":40,"fields":[{"name":"Name","type":1},{"name":"Tags","type":2},{"name":"On","type":3}]}}
{"type":{"id":5,"name":"[100]main.user","kind":"array","size":4000,"elem":4,"len":100}}
{"goroutine":{"id":1,"status":"running","frames":[{"func":"main.f","vars":[` +
		`{"name":"users","type":5,"value":[` + strings.Join(users, ",") + `]},` +
		`{"name":"stale","type":1,"value":"` + strings.Repeat("y", 60) + `","note":"may be stale"}]}]}}
`
}

// A value of too many lines has a line for each part, and a variable one within the width, with
// what is to be known about it.
func TestManyLines(t *testing.T) {
	tests := []struct {
		commands    []string
		lines       int
		first, last string // lines
	}{
		{[]string{"p users[:9]"}, 38, "[]main.user len: 9, cap: 100, [", "]"},
		{[]string{"p users"}, 103, "[100]main.user [", "(in full these are more than 400 lines: config max-lines)"},
		{[]string{"config max-lines 10", "p users[:9]"}, 12, "[]main.user len: 9, cap: 100, [", "(in full these are more than 10 lines: config max-lines)"},
		{[]string{"config max-lines 0", "p users"}, 402, "[100]main.user [", "]"},
		{[]string{"locals"}, 3, `users = [100]main.user [{Name: "a name that is long 0", Tag…`, "(… is where a line was cut: v NAME prints more)"},
		{[]string{"locals stale"}, 2, `stale = "` + strings.Repeat("y", 38) + `… (may be stale)`, "(… is where a line was cut: v NAME prints more)"},
		{[]string{"v stale"}, 2, `"` + strings.Repeat("y", 60) + `"`, "(may be stale)"},
	}
	for _, tt := range tests {
		core, err := dump.Read(strings.NewReader(manyUsers()))
		if err != nil {
			t.Fatal(err)
		}
		var out, failed strings.Builder
		o := Options{Commands: tt.commands, Out: &out, Err: &failed, Columns: func() int { return 60 }}
		if err := Run(core, o); err != nil || failed.Len() > 0 {
			t.Fatalf("%q: %v %s", tt.commands, err, failed.String())
		}
		lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
		if len(lines) != tt.lines || lines[0] != tt.first || lines[len(lines)-1] != tt.last {
			t.Errorf("%q: got %d lines, from %q to %q, want %d, %q and %q", tt.commands, len(lines), lines[0],
				lines[len(lines)-1], tt.lines, tt.first, tt.last)
		}
	}
}
