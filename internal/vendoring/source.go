// Package vendoring copies coredumpy's source into another module, under an import
// path of that module.
//
// A copy has the library, the command, and the packages of coredumpy that they import:
// all .go files except tests, assembly, and embedded files. Only import paths are
// changed in them, so that a copy can be copied again.
package vendoring

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
)

// roots are the directories of the packages that a copy is for: the library, the
// command, and the program that its demo builds.
var roots = []string{".", "cmd/coredumpy", "cmd/coredumpy/demo"}

// license is copied with the source.
const license = "LICENSE"

// Files are a copy's files, by slash-separated path.
type Files map[string][]byte

// Read reads coredumpy's source from the directory of the library, and replaces the import
// path from of its packages by to.
func Read(source fs.FS, from, to string) (Files, error) {
	r := reader{source: source, from: from, to: to, files: Files{}, seen: map[string]bool{}}
	if err := r.file(license); err != nil {
		return nil, err
	}
	for _, dir := range roots {
		if err := r.pkg(dir); err != nil {
			return nil, err
		}
	}
	return r.files, nil
}

type reader struct {
	source   fs.FS
	from, to string
	files    Files
	seen     map[string]bool // directories of packages
}

// file copies a file as it is.
func (r *reader) file(name string) error {
	text, err := fs.ReadFile(r.source, name)
	if err != nil {
		return incomplete(err)
	}
	r.files[name] = text
	return nil
}

func incomplete(err error) error {
	return fmt.Errorf("the source of coredumpy isn't complete: %w", err)
}

// pkg copies a package, and the packages of coredumpy that it imports.
func (r *reader) pkg(dir string) error {
	if r.seen[dir] {
		return nil
	}
	r.seen[dir] = true
	entries, err := fs.ReadDir(r.source, dir)
	if err != nil {
		return incomplete(err)
	}
	empty := true
	for _, entry := range entries {
		name := path.Join(dir, entry.Name())
		switch {
		case !entry.Type().IsRegular() || hidden(entry.Name()) || strings.HasSuffix(name, "_test.go"):
		case path.Ext(name) == ".go":
			empty = false
			err = r.goFile(name)
		case path.Ext(name) == ".s":
			err = r.file(name)
		}
		if err != nil {
			return err
		}
	}
	if empty {
		return incomplete(fmt.Errorf("no Go file in %s", path.Join(r.from, dir)))
	}
	return nil
}

// hidden reports whether the go command ignores a file.
func hidden(name string) bool { return name[0] == '.' || name[0] == '_' }

// goFile copies a Go file, and what it imports and embeds.
func (r *reader) goFile(name string) error {
	text, err := fs.ReadFile(r.source, name)
	if err != nil {
		return incomplete(err)
	}
	fset := token.NewFileSet()
	parsed, err := parser.ParseFile(fset, name, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return incomplete(err)
	}
	var imported []string
	r.files[name], imported = r.rewrite(fset, parsed, text)
	for _, dir := range imported {
		if err := r.pkg(dir); err != nil {
			return err
		}
	}
	for _, group := range parsed.Comments {
		for _, comment := range group.List {
			if err := r.embedded(path.Dir(name), comment.Text); err != nil {
				return err
			}
		}
	}
	return nil
}

// rewrite returns the text of a file with the import paths of a copy, and the
// directories of the packages of coredumpy that it imports.
func (r *reader) rewrite(fset *token.FileSet, parsed *ast.File, text []byte) (rewritten []byte, imported []string) {
	var out bytes.Buffer
	done := 0
	for _, spec := range parsed.Imports {
		imports, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue // can't be: the file was parsed
		}
		dir, ok := below(imports, r.from)
		if !ok {
			continue
		}
		imported = append(imported, dir)
		start, end := fset.Position(spec.Path.Pos()).Offset, fset.Position(spec.Path.End()).Offset
		out.Write(text[done:start])
		out.WriteString(strconv.Quote(path.Join(r.to, dir)))
		done = end
	}
	out.Write(text[done:])
	return out.Bytes(), imported
}

// below returns the directory of a package, given the path of the library; ok is false
// if the package isn't coredumpy's.
func below(imports, library string) (dir string, ok bool) {
	if imports == library {
		return ".", true
	}
	return strings.CutPrefix(imports, library+"/")
}

// embedded copies the files that a comment of a package says are embedded.
func (r *reader) embedded(dir, comment string) error {
	patterns, ok := strings.CutPrefix(comment, "//go:embed ")
	if !ok {
		return nil
	}
	for _, pattern := range strings.Fields(patterns) {
		if strings.ContainsAny(pattern, "\"`:") {
			return fmt.Errorf("%s embeds %s: only plain patterns can be copied", dir, pattern)
		}
		names, err := fs.Glob(r.source, path.Join(dir, pattern))
		if err == nil && len(names) == 0 {
			err = fmt.Errorf("no file %s", path.Join(dir, pattern))
		}
		if err != nil {
			return incomplete(err)
		}
		for _, name := range names {
			if err := r.tree(name); err != nil {
				return err
			}
		}
	}
	return nil
}

// tree copies a file, or the files of a directory that are embedded with it.
func (r *reader) tree(top string) error {
	return fs.WalkDir(r.source, top, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return incomplete(err)
		case name != top && hidden(entry.Name()):
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		case entry.IsDir():
			return nil
		}
		return r.file(name)
	})
}

// names returns the files' names, sorted.
func (f Files) names() []string { return slices.Sorted(maps.Keys(f)) }
