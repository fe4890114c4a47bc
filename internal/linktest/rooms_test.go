package linktest

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Every room is in internal/README.md, and imports only rooms further down in it.
func TestRooms(t *testing.T) {
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	var listed []string // in order
	for line := range strings.Lines(string(text)) {
		if names, ok := strings.CutPrefix(line, "- "); ok {
			for _, m := range roomNames.FindAllStringSubmatch(names, -1) {
				listed = append(listed, m[1])
			}
		}
	}
	imports := roomImports(t)
	for room, of := range imports {
		at := slices.Index(listed, room)
		if at < 0 {
			t.Errorf("got a room %s that internal/README.md doesn't list", room)
		}
		for _, other := range of {
			if below := slices.Index(listed, other); below <= at {
				t.Errorf("got an import of %s in %s, want only of rooms further down in internal/README.md", other, room)
			}
		}
	}
	for _, room := range listed {
		if _, ok := imports[room]; !ok {
			t.Errorf("internal/README.md lists a room %s, which isn't there", room)
		}
	}
	// A front end asks the inspector, neither these rooms nor another front end.
	fronts := []string{"repl", "dap", "page"}
	below := []string{"corefile", "notation", "syntax", "capture", "walk", "cause", "variables", "target", "gotypes"}
	for _, front := range fronts {
		for _, room := range slices.Concat(fronts, below) {
			if slices.Contains(imports[front], room) {
				t.Errorf("got an import of %s in %s, a front end, want none", room, front)
			}
		}
	}
}

var roomNames = regexp.MustCompile("(?:^|, |; )`([a-z]+)`")

// roomImports returns, for each room, the rooms that it imports outside tests, in the
// files for all systems.
func roomImports(t *testing.T) map[string][]string {
	imports := map[string][]string{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), "_")):
			return filepath.SkipDir
		case d.IsDir() || filepath.Ext(path) != ".go":
			return nil
		}
		rel, err := filepath.Rel("..", path)
		if err != nil {
			return err
		}
		room, _, _ := strings.Cut(filepath.ToSlash(rel), "/")
		if _, ok := imports[room]; !ok {
			imports[room] = nil
		}
		if strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range file.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if name == "coredumpy" || strings.HasPrefix(name, "coredumpy/cmd/") {
				t.Errorf("got an import of %s in %s, a face, want none in a room", name, path)
			}
			if other, ok := strings.CutPrefix(name, "coredumpy/internal/"); ok && other != room &&
				!slices.Contains(imports[room], other) {
				imports[room] = append(imports[room], other)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return imports
}
