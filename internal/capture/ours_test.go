package capture

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"coredumpy/internal/target"
)

// What other dumps in progress do is ours; what the program's own functions and writers
// do with a dump isn't.
func TestOurs(t *testing.T) {
	const apart = "coredumpy/internal/guard.Apart[...]"
	for _, tt := range []struct {
		pkg, createdBy string
		frames         []string // inner ones first
		want           int      // how many of them are ours
	}{
		{"coredumpy", "coredumpy.OnPanic", []string{"main", "coredumpy/internal/quota"}, 2},
		{"coredumpy", "coredumpy/internal/dumping.Apart", []string{"coredumpy/internal/capture"}, 1},
		{"coredumpy", "coredumpy/internal/crash.excludes", []string{"main"}, 1},
		{"coredumpy", "main.main", []string{"coredumpy/internal/crash", "coredumpy", "main"}, 2},
		{"coredumpy", apart, []string{"main", "coredumpy/internal/dumping", "coredumpy/internal/guard"}, 2},
		{"coredumpy", apart, []string{"main", "coredumpy/internal/outcome", "coredumpy/internal/guard"}, 2},
		{"coredumpy", "coredumpy/internal/guard.Apart[go.shape.struct { a/b.c }]", []string{"main", "coredumpy/internal/settings"}, 2},
		{"coredumpy", apart, []string{"main", "coredumpy/internal/destination", "coredumpy/internal/guard"}, 0},
		{"example.com/shop/dump", "example.com/shop/dump/internal/dumping.Apart", []string{"main"}, 1},
		{"example.com/shop/dump", "coredumpy/internal/dumping.Apart", []string{"main"}, 0},
		{"coredumpy", "coredumpy/internal/apitest.TestStorm", []string{"coredumpy/internal/apitest"}, 0},
		{"coredumpy", "coredumpy/internal/dumpings.Apart", []string{"main"}, 0},
		{"coredumpy", "coredumpy_test.TestCrash", []string{"coredumpy_test"}, 0},
		{"coredumpy", "", []string{"main"}, 0},
	} {
		c := &capturer{req: &Request{Entry: tt.pkg + ".Dump"}}
		frames := make([]target.Frame, len(tt.frames))
		for i, pkg := range tt.frames {
			frames[i].Package = pkg
		}
		if got := len(c.ours(frames, tt.createdBy)); got != tt.want {
			t.Errorf("of %q, created by %s: got %d that are ours, want %d", tt.frames, tt.createdBy, got, tt.want)
		}
	}
}

// Each room that takes dumps and starts goroutines is listed in rooms.
func TestRoomsStartGoroutines(t *testing.T) {
	files, err := filepath.Glob("../*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	using, starting := map[string]bool{}, map[string]bool{}
	for _, path := range files {
		room := filepath.Base(filepath.Dir(path))
		if strings.HasSuffix(path, "_test.go") || room == "capture" {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, spec := range file.Imports {
			if spec.Path.Value == `"coredumpy/internal/capture"` {
				using[room] = true
			}
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if _, ok := n.(*ast.GoStmt); ok {
				starting[room] = true
			}
			return true
		})
	}
	var got []string
	for room := range using {
		if starting[room] {
			got = append(got, room)
		}
	}
	if len(got) == 0 {
		t.Error("got no room that starts goroutines for a dump")
	}
	for _, room := range got {
		if !slices.Contains(rooms, room) {
			t.Errorf("%s starts goroutines for a dump, and isn't in rooms: %q", room, rooms)
		}
	}
}
