package syntax

import (
	"go/ast"
	"go/token"
	"strings"
)

// Optimised code puts a value where the variable that it is called by has its place,
// unless their types differ, as in d := celsius(n): then it is in a place that other
// values use when nothing uses this one any more (cmd/compile/internal/ssa/stackalloc.go).

// Converted reports whether the variable, which is of the type of that name, may be
// declared with a value of another type: of a conversion, or of a generic function's
// call, whose value has the type of a shape.
func (v *Variable) Converted(typ string) bool {
	call, ok := v.value.(*ast.CallExpr)
	if !ok {
		return false
	}
	name := ""
	switch fn := ast.Unparen(call.Fun).(type) {
	case *ast.Ident:
		name = fn.Name
	case *ast.SelectorExpr:
		name = fn.Sel.Name
	case *ast.FuncLit:
		return false
	default: // a type, or a function with type arguments
		return true
	}
	typ, _, _ = strings.Cut(typ, "[")
	typ = typ[strings.LastIndexByte(typ, '.')+1:]
	return len(call.Args) == 1 && (name == typ || aliases[name] == typ) || v.in.f.generic(name)
}

// aliases are the predeclared types that have two names.
var aliases = map[string]string{"byte": "uint8", "rune": "int32"}

// generic reports whether a name is that of a generic function of the file, or of an
// alias of a type.
func (f *File) generic(name string) bool {
	if f.converting == nil {
		f.converting = map[string]bool{}
		for _, d := range f.funcs {
			if d.Type.TypeParams != nil {
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

// valueOf returns the i-th of the values that n variables are declared with, nil if
// there is one for all of them.
func valueOf(values []ast.Expr, i, n int) ast.Expr {
	if len(values) != n {
		return nil
	}
	return ast.Unparen(values[i])
}
