package syntax

import (
	"go/ast"
	"slices"
)

// convertsResult reports whether a function may return the result of a call as another type. A
// result with a name is returned by assigning to it. A part of what was passed may be assigned
// to, and then the whole returned.
func (f *File) convertsResult(recv *ast.FieldList, typ *ast.FuncType, body *ast.BlockStmt) (found bool) {
	results, named, passed := typesOf(typ.Results), typesByName(typ.Results), typesByName(typ.Params)
	own := typesByName(recv)
	returns := func(e, typ ast.Expr) { found = found || elementsConvert(e) || f.differs(e, typ) }
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.AssignStmt:
			for i, e := range n.Lhs {
				value := ast.Unparen(n.Rhs[min(i, len(n.Rhs)-1)])
				switch id, whole := root(e); {
				case id == nil:
				case whole && named[id.Name] != nil:
					returns(value, named[id.Name])
				case !whole && (named[id.Name] != nil || passed[id.Name] != nil || byValue(own[id.Name])):
					_, literal := value.(*ast.BasicLit)
					found = found || !literal
				}
			}
		case *ast.ReturnStmt:
			for i, e := range n.Results {
				if len(n.Results) == len(results) {
					returns(e, results[i])
				}
			}
		}
		return !found
	})
	return found
}

// typesByName returns the types of the parameters or results in a list.
func typesByName(list *ast.FieldList) map[string]ast.Expr {
	types := map[string]ast.Expr{}
	for _, field := range fields(list) {
		for _, id := range field.Names {
			types[id.Name] = field.Type
		}
	}
	return types
}

// byValue reports whether a receiver of a type is a copy of the caller's value.
func byValue(typ ast.Expr) bool {
	_, pointer := ast.Unparen(typ).(*ast.StarExpr)
	return typ != nil && !pointer
}

// fields returns the fields of a list, which may be nil.
func fields(list *ast.FieldList) []*ast.Field {
	if list == nil {
		return nil
	}
	return list.List
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
	return name != "make" && name != "new" && implicit(typ)
}

// implicit reports whether values of other types may be of type typ without a conversion being
// written, and be kept in one word.
func implicit(typ ast.Expr) bool {
	switch typ := typ.(type) {
	case *ast.Ident:
		return !basics[typ.Name] && typ.Name != "error" && typ.Name != "any"
	case *ast.SelectorExpr, *ast.MapType, *ast.ChanType, *ast.FuncType:
		return true
	}
	return false
}

// returnsParam reports whether a function may return what it is passed.
func returnsParam(typ *ast.FuncType, body *ast.BlockStmt) (found bool) {
	passed := typesByName(typ.Params)
	ast.Inspect(body, func(n ast.Node) bool {
		if r, ok := n.(*ast.ReturnStmt); ok {
			found = found || slices.ContainsFunc(r.Results, func(e ast.Expr) bool {
				id, ok := ast.Unparen(e).(*ast.Ident)
				return ok && passed[id.Name] != nil
			})
		}
		return !found
	})
	return found
}

// typesOf returns the type of each result in a list.
func typesOf(list *ast.FieldList) (types []ast.Expr) {
	for _, field := range fields(list) {
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
