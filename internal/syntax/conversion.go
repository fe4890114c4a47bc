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
	left := maxAliases
	return v.converted(typ, &left)
}

// maxAliases bounds how many variables assigned to each other are looked at: a file may declare
// one name again and again, each time with itself as the value.
const maxAliases = 200

func (v *Variable) converted(typ string, left *int) bool {
	switch {
	case v.several != nil:
		return v.returnsConverted(v.several, typ, left)
	case v.value == nil:
		return false
	case v.typ != nil && !basic(v.typ):
		return true
	}
	switch value := v.value.(type) {
	case *ast.Ident:
		return v.aliasConverted(value, typ, left)
	case *ast.CallExpr:
		name, called := calledName(value)
		if !called {
			return v.returnsConverted(value, typ, left)
		}
		typ, _, _ = strings.Cut(typ, "[")
		typ = typ[strings.LastIndexByte(typ, '.')+1:]
		switch {
		case v.returnsConverted(value, typ, left):
			return true
		case v.in.f.line(value.Lparen) > v.line && !v.in.f.declaresFunc(name): // see debuginfo, Call.Borrowed
			return true
		case len(value.Args) != 1:
			return false
		case typ == "": // a slice or array, which an alias from elsewhere may stand for
			return !v.in.f.declaresFunc(name)
		}
		return name == typ || aliases[name] == typ
	case *ast.CompositeLit:
		return elementsConvert(value)
	}
	return false
}

// FromParameter reports whether the variable is a parameter, or is declared with one as its
// value. What is passed to an inlined call may have another type.
func (v *Variable) FromParameter() bool {
	left := maxAliases
	return v.fromParameter(&left)
}

func (v *Variable) fromParameter(left *int) bool {
	id, ok := v.value.(*ast.Ident)
	if !ok {
		return v.kind == parameter
	}
	return v.anyAlias(id, left, (*Variable).fromParameter)
}

// anyAlias reports whether a condition holds for a variable that is the value of this one, or
// whether too many were asked.
func (v *Variable) anyAlias(id *ast.Ident, left *int, condition func(o *Variable, left *int) bool) bool {
	all := v.in.variables[id.Name]
	for i := range all {
		if o := &all[i]; o.at < v.at {
			if *left--; *left < 0 || condition(o, left) {
				return true
			}
		}
	}
	return false
}

// aliasConverted reports whether another variable, which is the value of this one, may be
// converted.
func (v *Variable) aliasConverted(id *ast.Ident, typ string, left *int) bool {
	return v.anyAlias(id, left, func(o *Variable, left *int) bool { return o.converted(typ, left) })
}

// returnsConverted reports whether a call, if it is inlined, may return a value of another type.
func (v *Variable) returnsConverted(call *ast.CallExpr, typ string, left *int) bool {
	f := v.in.f
	name, called := calledName(call)
	lit, literal := ast.Unparen(call.Fun).(*ast.FuncLit)
	switch {
	case called && f.converts(name), !called && !literal, literal && f.convertsResult(nil, lit.Type, lit.Body):
		return true
	case literal && !returnsParam(lit.Type, lit.Body), called && !f.passing[name]:
		return false
	}
	return slices.ContainsFunc(call.Args, func(e ast.Expr) bool {
		switch e := ast.Unparen(e).(type) {
		case *ast.CallExpr:
			return true
		case *ast.Ident:
			return v.aliasConverted(e, typ, left)
		}
		return false
	})
}

// elementsConvert reports whether an expression is a struct or array with an element that may be
// the result of a call, which may have another type than the element.
func elementsConvert(e ast.Expr) bool {
	lit, ok := ast.Unparen(e).(*ast.CompositeLit)
	return ok && slices.ContainsFunc(lit.Elts, func(e ast.Expr) bool {
		if pair, ok := e.(*ast.KeyValueExpr); ok {
			e = pair.Value
		}
		switch e := ast.Unparen(e).(type) {
		case *ast.CallExpr:
			return true
		default:
			return elementsConvert(e)
		}
	})
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
		f.passing = map[string]bool{}
		for _, d := range f.funcs {
			if d.Type.TypeParams != nil || f.convertsResult(d.Recv, d.Type, d.Body) {
				f.converting[d.Name.Name] = true
			}
			if returnsParam(d.Type, d.Body) {
				f.passing[d.Name.Name] = true
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

// valueOf returns the i-th of the values with which n variables are declared, nil if
// one value is for all of them.
func valueOf(values []ast.Expr, i, n int) ast.Expr {
	if len(values) != n {
		return nil
	}
	return ast.Unparen(values[i])
}

// severalOf returns the call whose results n variables are declared with, nil if there is none.
func severalOf(values []ast.Expr, n int) *ast.CallExpr {
	if n < 2 || len(values) != 1 {
		return nil
	}
	call, _ := ast.Unparen(values[0]).(*ast.CallExpr)
	return call
}
