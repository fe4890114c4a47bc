package eval

import (
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"coredumpy/internal/symbol"
)

// aliasesOf returns the exported aliases of types that a package of the standard library declares
// for exported types of other packages.
func aliasesOf(t *testing.T, dir, path string) (aliases [][2]string) {
	t.Helper()
	pkg, err := build.ImportDir(dir, 0)
	if err != nil {
		return nil // it has no Go files
	}
	for _, name := range pkg.GoFiles {
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		imported := func(name string) string {
			for _, spec := range file.Imports {
				of, _ := strconv.Unquote(spec.Path.Value)
				if spec.Name != nil && spec.Name.Name == name || spec.Name == nil && symbol.MayBeNamed(of, name) {
					return of
				}
			}
			return ""
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok || !spec.Assign.IsValid() || !spec.Name.IsExported() {
				return true
			}
			if of, ok := spec.Type.(*ast.SelectorExpr); ok {
				from := imported(of.X.(*ast.Ident).Name)
				if !strings.Contains(from, "internal") {
					aliases = append(aliases, [2]string{path + "." + spec.Name.Name, from + "." + of.Sel.Name})
				}
			}
			return true
		})
	}
	return aliases
}

// TestStandardAliases compares the list with the standard library of the Go that runs the test.
func TestStandardAliases(t *testing.T) {
	root := filepath.Join(build.Default.GOROOT, "src")
	found := map[string]bool{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		if slices.Contains([]string{"cmd", "vendor", "internal", "testdata"}, d.Name()) {
			return filepath.SkipDir
		}
		rel, _ := filepath.Rel(root, path)
		for _, alias := range aliasesOf(t, path, filepath.ToSlash(rel)) {
			found[alias[0]] = true
			if got := standardAliases[alias[0]]; got != alias[1] {
				t.Errorf("%s: got %q, want %s", alias[0], got, alias[1])
			}
		}
		return nil
	})
	if os.IsNotExist(err) {
		t.Skip("the standard library's source isn't here")
	}
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		t.Error("found no alias at all")
	}
}
