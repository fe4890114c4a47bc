package syntax

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"
)

// Optimised code keeps a value in the place of its variable, unless their types differ, as
// in d := celsius(n). Then the value is in a place that other values use once nothing uses
// this one any more (cmd/compile/internal/ssa/stackalloc.go).

// Converted reports whether the variable, whose type has the name typ, may be declared with
// a value of another type: by a conversion, by a declaration that states the type, with
// another such variable, or by a call of a function that may be inlined and converts what
// it returns, as generic functions do.
func (v *Variable) Converted(typ string) bool {
	return v.converted(typ, 0)
}

// maxAliases bounds how long a chain of variables assigned to each other is followed.
const maxAliases = 8

func (v *Variable) converted(typ string, depth int) bool {
	switch {
	case v.value == nil:
		return false
	case v.typ != nil && !basic(v.typ), depth > maxAliases:
		return true
	}
	switch value := v.value.(type) {
	case *ast.Ident:
		for _, o := range v.in.variables[value.Name] {
			if o.at < v.at && o.converted(typ, depth+1) {
				return true
			}
		}
	case *ast.CallExpr:
		name, called := calledName(value)
		if !called {
			_, literal := ast.Unparen(value.Fun).(*ast.FuncLit)
			return !literal
		}
		typ, _, _ = strings.Cut(typ, "[")
		typ = typ[strings.LastIndexByte(typ, '.')+1:]
		switch {
		case v.in.f.converts(name):
			return true
		case len(value.Args) != 1:
			return false
		case typ == "": // a slice or array, which an alias from elsewhere may stand for
			return !v.in.f.declaresFunc(name)
		}
		return name == typ || aliases[name] == typ
	}
	return false
}

// calledName returns the name of the function, method or type that is called. It reports
// false if that has none.
func calledName(call *ast.CallExpr) (name string, ok bool) {
	switch fn := ast.Unparen(call.Fun).(type) {
	case *ast.Ident:
		return fn.Name, true
	case *ast.SelectorExpr:
		return fn.Sel.Name, true
	}
	return "", false
}

// basic reports whether an expression is the name of a predeclared type that isn't an
// interface: only values of that very type, and constants, can be assigned to it.
func basic(typ ast.Expr) bool {
	id, ok := typ.(*ast.Ident)
	return ok && basics[id.Name]
}

var basics = map[string]bool{
	"bool": true, "string": true, "int": true, "int8": true, "int16": true, "int32": true, "int64": true,
	"uint": true, "uint8": true, "uint16": true, "uint32": true, "uint64": true, "uintptr": true,
	"byte": true, "rune": true, "float32": true, "float64": true, "complex64": true, "complex128": true,
}

// aliases are the predeclared types that have two names.
var aliases = map[string]string{"byte": "uint8", "rune": "int32"}

// converts reports whether a name belongs to a function in the file that may convert what
// it returns, or to an alias of a type.
func (f *File) converts(name string) bool {
	if f.converting == nil {
		f.converting = map[string]bool{}
		for _, d := range f.funcs {
			if d.Type.TypeParams != nil || f.convertsResult(d) {
				f.converting[d.Name.Name] = true
			}
		}
		for _, d := range f.types {
			if d.Assign != token.NoPos {
				f.converting[d.Name.Name] = true
			}
		}
	}
	return f.converting[name]
}

// declaresFunc reports whether the file declares a function or method of a name.
func (f *File) declaresFunc(name string) bool {
	return slices.ContainsFunc(f.funcs, func(d *ast.FuncDecl) bool { return d.Name.Name == name })
}

// convertsResult reports whether a function may return the result of a call as another
// type.
func (f *File) convertsResult(d *ast.FuncDecl) (found bool) {
	results := typesOf(d.Type.Results)
	ast.Inspect(d.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			for i, e := range n.Results {
				if len(n.Results) == len(results) {
					found = found || f.differs(e, results[i])
				}
			}
		}
		return !found
	})
	return found
}

// differs reports whether an expression may be a call whose result has another type than
// typ.
func (f *File) differs(e, typ ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return false
	}
	name, called := calledName(call)
	of, named := typeName(typ)
	if !called || named && name == of && len(call.Args) == 1 {
		return true
	}
	for _, d := range f.funcs {
		if got := typesOf(d.Type.Results); d.Name.Name == name && len(got) == 1 {
			_, gotNamed := typeName(got[0])
			return gotNamed != named || direction(got[0]) != direction(typ)
		}
	}
	return false
}

// typesOf returns the type of each result in a list.
func typesOf(list *ast.FieldList) (types []ast.Expr) {
	if list == nil {
		return nil
	}
	for _, field := range list.List {
		for range max(len(field.Names), 1) {
			types = append(types, ast.Unparen(field.Type))
		}
	}
	return types
}

// typeName returns the name of a type without its package. It reports false if the type
// has no name.
func typeName(typ ast.Expr) (name string, ok bool) {
	switch typ := typ.(type) {
	case *ast.Ident:
		return typ.Name, true
	case *ast.SelectorExpr:
		return typ.Sel.Name, true
	}
	return "", false
}

// direction returns the direction of a channel type, 0 for other types.
func direction(typ ast.Expr) ast.ChanDir {
	if c, ok := typ.(*ast.ChanType); ok {
		return c.Dir
	}
	return 0
}

// valueOf returns the i-th of the values with which n variables are declared, nil if
// one value is for all of them.
func valueOf(values []ast.Expr, i, n int) ast.Expr {
	if len(values) != n {
		return nil
	}
	return ast.Unparen(values[i])
}
