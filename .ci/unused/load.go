package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// A module is all of the project's packages for one platform.
type module struct {
	fset     *token.FileSet
	sizes    types.Sizes
	packages []*checked
	tests    []*checked                // the packages with their tests, and packages of tests
	byPath   map[string]*types.Package // without tests; with those of the standard library
	standard types.Importer
	seen     map[string]bool // files
	ignored  []string        // files that aren't for this platform
	graph
}

// checked is a package that is parsed and type-checked.
type checked struct {
	listed
	files []*ast.File
	pkg   *types.Package
	info  *types.Info
}

// listed is what go list prints about a package.
type listed struct {
	ImportPath, Dir, Export                            string
	GoFiles, TestGoFiles, XTestGoFiles, IgnoredGoFiles []string
	Imports, TestImports, XTestImports                 []string
	Standard                                           bool
}

const fields = "ImportPath,Dir,Export,GoFiles,TestGoFiles,XTestGoFiles,IgnoredGoFiles," +
	"Imports,TestImports,XTestImports,Standard"

// load lists, parses and checks all packages.
func load(platform string) (*module, error) {
	tools, err := filepath.Glob(".ci/*/*.go") // ... leaves out directories that begin with a dot
	if err != nil {
		return nil, err
	}
	args := []string{"-deps", "./..."}
	for _, file := range tools {
		args = append(args, "./"+filepath.Dir(file))
	}
	packages, err := list(platform, args...)
	if err != nil {
		return nil, err
	}
	_, arch, _ := strings.Cut(platform, "/")
	m := &module{
		fset: token.NewFileSet(), sizes: types.SizesFor("gc", arch),
		byPath: map[string]*types.Package{}, seen: map[string]bool{},
		graph: graph{map[string]declaration{}, map[string][]string{}, nil},
	}
	packages = slices.DeleteFunc(packages, func(l listed) bool { return l.Standard })
	if err := m.findStandard(platform, packages); err != nil {
		return nil, err
	}
	for _, l := range packages { // each after those that it imports
		c, err := m.check(l, l.ImportPath, l.GoFiles)
		if err != nil {
			return nil, err
		}
		m.byPath[l.ImportPath] = c.pkg
		m.packages = append(m.packages, c)
		for _, name := range l.IgnoredGoFiles {
			m.ignored = append(m.ignored, filepath.Join(l.Dir, name))
		}
	}
	for _, l := range packages {
		if len(l.TestGoFiles) > 0 {
			if err := m.checkTests(l, l.ImportPath, slices.Concat(l.GoFiles, l.TestGoFiles)); err != nil {
				return nil, err
			}
		}
		if len(l.XTestGoFiles) > 0 {
			if err := m.checkTests(l, l.ImportPath+"_test", l.XTestGoFiles); err != nil {
				return nil, err
			}
		}
	}
	return m, nil
}

func (m *module) checkTests(l listed, path string, files []string) error {
	c, err := m.check(l, path, files)
	m.tests = append(m.tests, c)
	return err
}

// list runs go list for a platform.
func list(platform string, args ...string) ([]listed, error) {
	system, arch, _ := strings.Cut(platform, "/")
	c := exec.Command("go", append([]string{"list", "-json=" + fields}, args...)...)
	c.Env = append(os.Environ(), "GOOS="+system, "GOARCH="+arch)
	c.Stderr = os.Stderr
	out, err := c.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	var all []listed
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var l listed
		if err := d.Decode(&l); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		all = append(all, l)
	}
}

// findStandard prepares the import of the packages that are needed from the standard
// library, from the compiler's export data.
func (m *module) findStandard(platform string, packages []listed) error {
	own, paths := map[string]bool{}, []string{"encoding"} // it has the interfaces of other encodings
	for _, l := range packages {
		own[l.ImportPath] = true
		paths = slices.Concat(paths, l.Imports, l.TestImports, l.XTestImports)
	}
	slices.Sort(paths)
	paths = slices.DeleteFunc(slices.Compact(paths), func(path string) bool { return own[path] })
	standard, err := list(platform, append([]string{"-deps", "-export"}, paths...)...)
	if err != nil {
		return err
	}
	exports := map[string]string{}
	for _, l := range standard {
		exports[l.ImportPath] = l.Export
	}
	open := func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) }
	m.standard = importer.ForCompiler(m.fset, "gc", open)
	_, err = m.Import("encoding")
	return err
}

// Import implements go/types.Importer.
func (m *module) Import(path string) (*types.Package, error) {
	if path == types.Unsafe.Path() {
		return types.Unsafe, nil
	}
	if pkg := m.byPath[path]; pkg != nil {
		return pkg, nil
	}
	pkg, err := m.standard.Import(path)
	m.byPath[path] = pkg
	return pkg, err
}

// check parses and checks a package made of these files.
func (m *module) check(l listed, path string, names []string) (*checked, error) {
	c := &checked{listed: l, info: &types.Info{
		Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{},
		Types: map[ast.Expr]types.TypeAndValue{},
	}}
	for _, name := range names {
		name = filepath.Join(l.Dir, name)
		m.seen[name] = true
		f, err := parser.ParseFile(m.fset, name, nil, parser.SkipObjectResolution|parser.ParseComments)
		if err != nil {
			return nil, err
		}
		c.files = append(c.files, f)
	}
	var err error
	c.pkg, err = (&types.Config{Importer: m, Sizes: m.sizes}).Check(path, m.fset, c.files, c.info)
	return c, err
}

// otherNames returns the identifiers in files that are for none of the platforms, or for
// another version of Go: what they refer to isn't known, only their names.
func otherNames(modules []*module) map[string]bool {
	names := map[string]bool{}
	for _, m := range modules {
		for _, file := range m.ignored {
			if slices.ContainsFunc(modules, func(m *module) bool { return m.seen[file] }) {
				continue
			}
			f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
			if err != nil {
				continue // for a version of Go that this one can't parse
			}
			ast.Inspect(f, func(n ast.Node) bool {
				if id, ok := n.(*ast.Ident); ok {
					names[id.Name] = true
				}
				return true
			})
		}
	}
	return names
}
