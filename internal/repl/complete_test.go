package repl

import (
	"io"
	"slices"
	"strings"
	"testing"

	"coredumpy/internal/dump"
	"coredumpy/internal/inspector"
)

const completeDump = `{"coredumpy":{"version":1,"reason":"panic","goroutine":1,"arch":"amd64"}}
{"type":{"id":1,"name":"int","kind":"int","size":8}}
{"type":{"id":2,"name":"string","kind":"string","size":16}}
{"type":{"id":3,"name":"map[string]int","kind":"map","size":8,"key":2,"elem":1}}
{"type":{"id":4,"name":"main.T","kind":"struct","size":16,"fields":[{"name":"Users","type":3},{"name":"Max","type":1,"off":8}]}}
{"goroutine":{"id":1,"status":"running","frames":[{"func":"main.f","pkg":"main","file":"/src/a.go","line":2,"vars":[` +
	`{"name":"order","type":4,"value":[[4096,1,3],5]}]},{"func":"main.main","pkg":"main","file":"/src/a.go","line":5,"vars":[` +
	`{"name":"outer","type":1,"value":1}]}]}}
{"goroutine":{"id":12,"status":"select","frames":[{"func":"main.g","pkg":"main","vars":[{"name":"other","type":1,"value":1}]}]}}
{"source":{"id":1,"path":"/src/a.go","text":"package main\nfunc f() {\n}\nfunc (s *Server) main() {\n}\n"}}
{"source":{"id":2,"path":"/lib/b.go","text":"package lib\nfunc Far() {\n}\n"}}
[1,3,["bob",1,"ann b",2,{"s":"lo","len":9},3]]
`

// Arguments are completed in the frame that the command is about.
func TestComplete(t *testing.T) {
	core, err := dump.Read(strings.NewReader(completeDump))
	if err != nil {
		t.Fatal(err)
	}
	in, err := inspector.New(core)
	if err != nil {
		t.Fatal(err)
	}
	sh := Console(in, Options{Out: io.Discard, Err: io.Discard})
	sh.Run("kept = order.Max")
	for text, want := range map[string]string{
		"p o": "order", "p k": "kept", "order.": "Max|Users", "ord": "order", "orders": "",
		`p order.Users[`: `"ann b"]|"bob"]`, `order.Users["a`: `"ann b"]`, `p "o`: "",
		"f ": "0|1", "f 1 p o": "outer", "f 7 p o": "", "frame 1 f 0 p o": "order", "f 1 co": "config ",
		"gr 1": "1|12", "gr 12 p o": "other", "gr x p o": "", "goroutines -exec p ord": "order",
		"goroutines -w": "-with ", "grs -with wa": "waiting", "config max-e": "max-elements ",
		"list ": "(*Server).main|a.go:|b.go:|f", "l (*S": "(*Server).main", "locals o": "order", "locals -": "-json|-v",
		"up ": "-m", "info ": "", "help fr": "frame ", "types ": "",
	} {
		_, got := sh.Complete(text)
		if s := strings.Join(got, "|"); s != want {
			t.Errorf("%q: got %q, want %q", text, s, want)
		}
	}
	if f, n, err := in.Frame(); err != nil || n != 0 || f.Func != "main.f" {
		t.Errorf("got frame %d, %v, want the one that was selected before", n, err)
	}
	sh.Run("display order.Max")
	if _, got := sh.Complete("undisplay "); !slices.Equal(got, []string{"order.Max"}) {
		t.Errorf("undisplay: got %q", got)
	}
}
