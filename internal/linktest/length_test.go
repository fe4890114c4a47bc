package linktest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

// What fits a page can be read: these are the limits of files, functions and lines outside
// tests.
const (
	maxLines    = 500 // of a file
	maxFunction = 60  // lines of a function
	maxColumns  = 120 // of a line; a tab counts as four
)

func TestLengths(t *testing.T) {
	files := 0
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || d.Name() == ".git"):
			return filepath.SkipDir
		case d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		files++
		text, err := os.ReadFile(path)
		if err == nil {
			err = checkLengths(t, path, string(text))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 100 {
		t.Errorf("got %d files, want 100 or more: the test doesn't see them", files)
	}
}

func checkLengths(t *testing.T, path, text string) error {
	n := 0
	for line := range strings.Lines(text) {
		n++
		columns := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")) + 3*strings.Count(line, "\t")
		if columns > maxColumns {
			t.Errorf("%s:%d: got %d columns, want %d or fewer", path, n, columns, maxColumns)
		}
	}
	if n > maxLines {
		t.Errorf("%s: got %d lines, want %d or fewer: it is usually two ideas", path, n, maxLines)
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, path, text, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	for _, decl := range file.Decls {
		if fn, ok := decl.(*ast.FuncDecl); ok {
			if lines := fset.Position(fn.End()).Line - fset.Position(fn.Pos()).Line + 1; lines > maxFunction {
				t.Errorf("%s: got %d lines of %s, want %d or fewer: it is usually two steps", path, lines,
					fn.Name.Name, maxFunction)
			}
		}
	}
	return nil
}
