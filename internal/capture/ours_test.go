package capture

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestStartedByOurs(t *testing.T) {
	for _, tt := range []struct {
		pkg, createdBy string
		want           bool
	}{
		{"coredumpy", "coredumpy.OnPanic", true},
		{"coredumpy", "coredumpy/internal/dumping.Apart", true},
		{"coredumpy", "coredumpy/internal/guard.Apart[...]", true},
		{"coredumpy", "coredumpy/internal/crash.excludes", true},
		{"example.com/shop/dump", "example.com/shop/dump/internal/dumping.Apart", true},
		{"example.com/shop/dump", "coredumpy/internal/dumping.Apart", false},
		{"coredumpy", "coredumpy/internal/apitest.TestStorm", false},
		{"coredumpy", "coredumpy/internal/dumpings.Apart", false},
		{"coredumpy", "coredumpy_test.TestCrash", false},
		{"coredumpy", "main.main", false},
		{"coredumpy", "", false},
	} {
		if got := startedByOurs(tt.pkg, tt.createdBy); got != tt.want {
			t.Errorf("startedByOurs(%q, %q): got %v, want %v", tt.pkg, tt.createdBy, got, tt.want)
		}
	}
}

// Each room that has dumps taken, and starts goroutines, is among the rooms.
func TestRoomsStartGoroutines(t *testing.T) {
	files, err := filepath.Glob("../*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	using, starting := map[string]bool{"guard": true}, map[string]bool{}
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
	slices.Sort(got)
	if !slices.Equal(got, rooms) {
		t.Errorf("got rooms that start goroutines for a dump %q, want %q, as in rooms", got, rooms)
	}
}
