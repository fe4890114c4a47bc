package repl

import (
	"strings"
	"testing"

	"coredumpy/internal/dump"
)

// On a terminal, source has colours if there may be any, and values behind its lines.
func TestSourceOnTerminal(t *testing.T) {
	const text = `{"coredumpy":{"version":1,"reason":"panic","goroutine":1}}
{"type":{"id":1,"name":"int","kind":"int","size":8}}
{"goroutine":{"id":1,"status":"running","frames":[{"func":"main.f","pkg":"main","file":"/src/x.go","line":3,` +
		`"vars":[{"name":"n","line":2,"role":"arg","type":1,"value":7}]}]}}
{"source":{"id":1,"path":"/src/x.go","text":"package main\nfunc f(n int) {\n\tg(n, \"x\")\n}\n"}}
`
	wide, narrow := func() int { return 80 }, func() int { return 20 }
	for _, tt := range []struct {
		name string
		o    Options
		want string
	}{
		{"not on a terminal", Options{}, "=>   3:\t\tg(n, \"x\")\n"},
		{"without colour", Options{Columns: wide}, "=>   3:\t\tg(n, \"x\")  // n = 7\n"},
		{"with colour", Options{Columns: wide, Color: true},
			"\x1b[33m=>\x1b[0m\x1b[2m   3:\x1b[0m\t\tg(n, \x1b[32m\"x\"\x1b[0m)\x1b[2;3m  // n = 7\x1b[0m\n"},
		{"in few columns", Options{Columns: narrow}, "=>   3:\t\tg(n, \"x\")\n"},
	} {
		core, err := dump.Read(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		var out, failed strings.Builder
		tt.o.Commands, tt.o.Out, tt.o.Err = []string{"list"}, &out, &failed
		if err := Run(core, tt.o); err != nil || !strings.Contains(out.String(), tt.want) {
			t.Errorf("%s: got error %v %s and\n%swant it to contain\n%s", tt.name, err, failed.String(), out.String(), tt.want)
		}
	}
}
