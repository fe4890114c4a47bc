package main

import (
	"go/types"
	"slices"
)

// reached returns what a program uses: what the roots mention, and what that mentions.
func (m *module) reached() map[string]bool {
	used := m.follow(append(m.roots, "_"))
	// Tests use the rooms for tests; what those use doesn't count as used.
	support := m.support()
	var called []string
	for _, c := range m.tests {
		for _, obj := range c.info.Uses {
			if obj.Pkg() != nil && support[obj.Pkg().Path()] {
				called = append(called, id(obj))
			}
		}
	}
	for name := range m.follow(called) {
		if d, ok := m.declared[name]; ok && support[d.obj.Pkg().Path()] {
			used[name] = true
		}
	}
	return used
}

// follow returns these declarations, what they mention, and what that mentions.
func (m *module) follow(from []string) map[string]bool {
	used := map[string]bool{}
	from = slices.Clone(from)
	for len(from) > 0 {
		next := from[len(from)-1]
		from = from[:len(from)-1]
		if !used[next] {
			used[next] = true
			from = append(from, m.mentions[next]...)
		}
	}
	return used
}

// support returns the packages that no program imports: the rooms for tests.
func (m *module) support() map[string]bool {
	support, imported := map[string]bool{}, map[string]bool{}
	for _, c := range slices.Backward(m.packages) { // each before those that it imports
		if c.pkg.Name() != "main" && !c.face() && !imported[c.ImportPath] {
			support[c.ImportPath] = true
			continue
		}
		for _, path := range c.Imports {
			imported[path] = true
		}
	}
	return support
}

// namedElsewhere returns the declarations that another package, or its tests, use, and
// the types without which these couldn't be declared.
func (m *module) namedElsewhere() map[string]bool {
	named := map[string]bool{}
	for _, c := range slices.Concat(m.packages, m.tests) {
		for _, obj := range c.info.Uses {
			if obj.Pkg() != nil && obj.Pkg().Path() != c.pkg.Path() {
				m.name(named, obj)
			}
		}
	}
	return named
}

// name adds an object, and the named types in its type.
func (m *module) name(named map[string]bool, obj types.Object) {
	if id(obj) == "" || named[id(obj)] {
		return
	}
	named[id(obj)] = true
	t := obj.Type()
	if _, ok := obj.(*types.TypeName); ok {
		t = t.Underlying()
	}
	eachNamed(t, func(n *types.TypeName) { m.name(named, n) })
}

// eachNamed calls f for each named type in a type.
func eachNamed(t types.Type, f func(*types.TypeName)) {
	switch t := t.(type) {
	case *types.Alias:
		f(t.Obj())
	case *types.Named:
		f(t.Origin().Obj())
		for i := range t.TypeArgs().Len() {
			eachNamed(t.TypeArgs().At(i), f)
		}
	case *types.Map:
		eachNamed(t.Key(), f)
		eachNamed(t.Elem(), f)
	case interface{ Elem() types.Type }:
		eachNamed(t.Elem(), f)
	case *types.Signature:
		eachNamed(t.Params(), f)
		eachNamed(t.Results(), f)
	case *types.Tuple:
		for i := range t.Len() {
			eachNamed(t.At(i).Type(), f)
		}
	case *types.Struct:
		for i := range t.NumFields() {
			if t.Field(i).Exported() {
				eachNamed(t.Field(i).Type(), f)
			}
		}
	case *types.Interface:
		for i := range t.NumMethods() {
			eachNamed(t.Method(i).Type(), f)
		}
	}
}
