package main

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"os"
	"path"
	"strings"
)

// A graph says which declarations mention which others, by their ids.
type graph struct {
	declared map[string]declaration
	mentions map[string][]string // what each of them mentions
	roots    []string            // what is used although no declaration mentions it
}

// A declaration declares a name in a package's scope, or a method.
type declaration struct {
	obj  types.Object
	at   token.Position
	enum bool // one of several constants that go together
}

func (d declaration) String() string { return path.Base(id(d.obj)) }

// place returns the file, relative to the current directory, and the line.
func (d declaration) place() string {
	file := d.at.Filename
	if dir, err := os.Getwd(); err == nil {
		file = strings.TrimPrefix(file, dir+string(os.PathSeparator))
	}
	return fmt.Sprintf("%s:%d", file, d.at.Line)
}

// exported reports whether other packages of this module may use the declaration, while
// those of other modules may not. For a method this takes an exported type, too: methods
// of other types are exported because of an interface.
func (d declaration) exported() bool {
	for _, name := range strings.Split(path.Base(id(d.obj)), ".")[1:] {
		if !token.IsExported(name) {
			return false
		}
	}
	return strings.HasPrefix(id(d.obj), "coredumpy/internal/")
}

// id names a declaration of the module, the same in each package in which it is checked
// and on each platform; it is "" for other objects.
func id(obj types.Object) string {
	if obj.Pkg() == nil || !strings.HasPrefix(obj.Pkg().Path(), "coredumpy") {
		return ""
	}
	if f, ok := obj.(*types.Func); ok && f.Signature().Recv() != nil {
		t := f.Signature().Recv().Type()
		if p, ok := t.(*types.Pointer); ok {
			t = p.Elem()
		}
		if n, ok := t.(*types.Named); ok {
			return id(n.Obj()) + "." + f.Name()
		}
		return ""
	}
	if obj.Parent() != obj.Pkg().Scope() {
		return ""
	}
	return obj.Pkg().Path() + "." + obj.Name()
}

// build finds the declarations, what they mention, and what is used without a mention:
// functions that run by themselves, and the exported names of the package that programs
// import.
func (m *module) build() {
	for _, c := range m.packages {
		for _, file := range c.files {
			for _, decl := range file.Decls {
				switch decl := decl.(type) {
				case *ast.FuncDecl:
					m.function(c, decl)
				case *ast.GenDecl:
					m.general(c, decl)
				}
			}
		}
	}
}

func (m *module) function(c *checked, decl *ast.FuncDecl) {
	f := c.info.Defs[decl.Name].(*types.Func)
	if decl.Recv == nil && (f.Name() == "main" || f.Name() == "init" || f.Name() == "_") || linked(decl) {
		m.mention(c, decl, "_")
		return
	}
	m.mention(c, decl, id(f))
	if c.face() && f.Exported() {
		m.roots = append(m.roots, id(f))
	}
	m.declared[id(f)] = declaration{f, m.fset.Position(f.Pos()), false}
}

func (m *module) general(c *checked, decl *ast.GenDecl) {
	counted := false
	ast.Inspect(decl, func(n ast.Node) bool {
		name, ok := n.(*ast.Ident)
		counted = counted || ok && c.info.Uses[name] == types.Universe.Lookup("iota")
		return true
	})
	for _, spec := range decl.Specs {
		var names []*ast.Ident
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			names = []*ast.Ident{spec.Name}
		case *ast.ValueSpec:
			names = spec.Names
		}
		for _, name := range names {
			obj := c.info.Defs[name]
			if name.Name == "_" {
				m.mention(c, spec, "_")
				continue
			}
			m.mention(c, spec, id(obj))
			if c.face() && obj.Exported() {
				m.roots = append(m.roots, id(obj))
			}
			m.declared[id(obj)] = declaration{obj, m.fset.Position(obj.Pos()), counted || enumerated(obj)}
		}
	}
}

// enumerated reports whether an object is a constant whose type is declared in the same
// package.
func enumerated(obj types.Object) bool {
	t, ok := obj.Type().(*types.Named)
	_, constant := obj.(*types.Const)
	return ok && constant && t.Obj().Pkg() == obj.Pkg()
}

// mention records what a declaration mentions.
func (m *module) mention(c *checked, node ast.Node, of string) {
	ast.Inspect(node, func(n ast.Node) bool {
		if name, ok := n.(*ast.Ident); ok && c.info.Uses[name] != nil {
			if to := id(c.info.Uses[name]); to != "" && to != of {
				m.mentions[of] = append(m.mentions[of], to)
			}
		}
		return true
	})
}

// face reports whether programs outside the module import the package.
func (c *checked) face() bool { return c.ImportPath == "coredumpy" }

// linked reports whether the linker uses a function that isn't mentioned by name.
func linked(decl *ast.FuncDecl) bool {
	if decl.Doc == nil {
		return false
	}
	for _, line := range decl.Doc.List {
		if strings.HasPrefix(line.Text, "//go:linkname ") || strings.HasPrefix(line.Text, "//export ") {
			return true
		}
	}
	return false
}

// methodsOfInterfaces makes each type mention the methods that it has for an interface:
// they are called without a mention.
func (m *module) methodsOfInterfaces() map[string]bool {
	needed := map[string]bool{}
	interfaces := m.interfaces()
	for of, d := range m.declared {
		name, ok := d.obj.(*types.TypeName)
		if !ok {
			continue
		}
		pointer := types.NewPointer(name.Type())
		methods := types.NewMethodSet(pointer)
		for i := range methods.Len() {
			f, ok := methods.At(i).Obj().(*types.Func)
			if ok && m.calledByInterface(pointer, f, interfaces) {
				m.mentions[of] = append(m.mentions[of], id(f))
				needed[id(f)] = true
			}
		}
	}
	return needed
}

func (m *module) calledByInterface(t types.Type, f *types.Func, interfaces map[string][]*types.Interface) bool {
	for _, i := range interfaces[f.Name()] {
		if types.Implements(t, i) || generic(t) {
			return true
		}
	}
	return unnamedInterface[f.Name()]
}

func generic(t types.Type) bool {
	n, ok := t.(*types.Pointer).Elem().(*types.Named)
	return ok && n.TypeParams().Len() > 0
}

// unnamedInterface holds the methods that the standard library calls through interfaces
// that it doesn't export: those of errors and flag.
var unnamedInterface = map[string]bool{"Is": true, "As": true, "Unwrap": true, "IsBoolFlag": true}

// interfaces returns the interfaces of this module and of the standard library, by their
// methods.
func (m *module) interfaces() map[string][]*types.Interface {
	all := map[string][]*types.Interface{}
	add := func(t types.Type) {
		if i, ok := t.Underlying().(*types.Interface); ok {
			for k := range i.NumMethods() {
				name := i.Method(k).Name()
				all[name] = append(all[name], i)
			}
		}
	}
	add(types.Universe.Lookup("error").Type())
	for _, pkg := range m.byPath {
		for _, name := range pkg.Scope().Names() {
			if t, ok := pkg.Scope().Lookup(name).(*types.TypeName); ok {
				add(t.Type())
			}
		}
	}
	for _, c := range m.packages {
		for _, value := range c.info.Types {
			if value.IsType() {
				add(value.Type)
			}
		}
	}
	return all
}
