// Package syntax tells from the source of a function what debug information
// doesn't say of a variable: whether it is set at a line, and whether it is assigned
// more than once.
//
// There are no types: what can't be told from the syntax counts as what it may be at
// worst.
package syntax

import (
	"go/ast"
	"go/parser"
	"go/token"
)

// File is a source file.
type File struct {
	fset *token.FileSet
	file *ast.File
}

// maxSize bounds a file in bytes: nobody writes larger ones.
const maxSize = 4 << 20

// Parse parses a file of Go source. It returns nil if that isn't one.
func Parse(text string) *File {
	if len(text) > maxSize {
		return nil
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", text, parser.SkipObjectResolution)
	if err != nil {
		return nil
	}
	return &File{fset, file}
}

// line returns the line in the text, which a //line directive doesn't change.
func (f *File) line(p token.Pos) int { return f.fset.PositionFor(p, false).Line }

// around reports whether a line is one of a node's.
func (f *File) around(n ast.Node, line int) bool {
	return f.line(n.Pos()) <= line && line <= f.line(n.End())
}

// Variable is the declaration of a variable.
type Variable struct {
	f      *File
	name   string
	at     token.Pos
	in     ast.Node // the function declaration, with all function literals in it
	fn     ast.Node // the function or literal whose variable it is
	kind   kind
	start  token.Pos // of what has to end before it is set
	end    token.Pos
	header bool // that is a part of a statement which uses it
}

// kind is how a variable was declared.
type kind uint8

const (
	assigned  kind = iota // x := y, var x = y, or in a type switch or select clause
	zeroed                // var x T
	repeated              // by range
	parameter             // or receiver
	result
)

// Lookup returns the declaration of a variable on a line; or, if the line isn't
// known, of a parameter of the innermost function around the line at. It reports false
// if there is none, or more than one.
func (f *File) Lookup(name string, line, at int) (Variable, bool) {
	var found []Variable
	for _, d := range f.file.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || fn.Body == nil {
			continue
		}
		if f.around(fn, at) && (line == 0 || f.around(fn, line)) {
			s := search{f: f, name: name, line: line, at: at, in: fn}
			s.function(fn, fn.Recv, fn.Type, fn.Body)
			found = append(found, s.found...)
		}
	}
	if len(found) != 1 {
		return Variable{}, false
	}
	return found[0], true
}

// search is for the declarations of a name.
type search struct {
	f        *File
	name     string
	line, at int
	in       ast.Node
	found    []Variable
}

func (s *search) add(id ast.Expr, v Variable) {
	name, ok := id.(*ast.Ident)
	if !ok || name.Name != s.name || s.line != 0 && s.f.line(name.Pos()) != s.line {
		return
	}
	v.f, v.name, v.at, v.in = s.f, s.name, name.Pos(), s.in
	v.header = v.header || s.inHeader(v.start)
	s.found = append(s.found, v)
}

// function looks for the name in a function, and in the literals inside it.
func (s *search) function(fn ast.Node, recv *ast.FieldList, typ *ast.FuncType, body *ast.BlockStmt) {
	inner := false // the line is in a literal
	params := func(list *ast.FieldList, k kind) {
		if list == nil {
			return
		}
		for _, field := range list.List {
			for _, id := range field.Names {
				s.add(id, Variable{fn: fn, kind: k, start: id.Pos(), end: id.End()})
			}
		}
	}
	ast.Inspect(body, func(n ast.Node) bool {
		if n, ok := n.(*ast.FuncLit); ok {
			inner = inner || s.f.around(n, s.at)
			s.function(n, nil, n.Type, n.Body)
			return false
		}
		if s.line != 0 {
			s.statement(fn, n)
		}
		return true
	})
	if s.line == 0 && (inner || !s.f.around(fn, s.at)) {
		return
	}
	params(recv, parameter)
	params(typ.Params, parameter)
	params(typ.Results, result)
}

// statement looks for the name in a statement that declares variables.
func (s *search) statement(fn, n ast.Node) {
	switch n := n.(type) {
	case *ast.AssignStmt:
		if n.Tok == token.DEFINE {
			for _, id := range n.Lhs {
				s.add(id, Variable{fn: fn, start: n.Pos(), end: n.End()})
			}
		}
	case *ast.ValueSpec:
		k := zeroed
		if len(n.Values) > 0 {
			k = assigned
		}
		for _, id := range n.Names {
			s.add(id, Variable{fn: fn, kind: k, start: n.Pos(), end: n.End()})
		}
	case *ast.RangeStmt:
		if n.Tok == token.DEFINE {
			for _, id := range []ast.Expr{n.Key, n.Value} {
				s.add(id, Variable{fn: fn, kind: repeated, start: n.Pos(), end: n.X.End(), header: true})
			}
		}
	}
}

// inHeader reports whether the statement at a place is part of another one, which
// may use its variables on the same line.
func (s *search) inHeader(at token.Pos) (found bool) {
	is := func(stmt ast.Stmt) { found = found || stmt != nil && stmt.Pos() == at }
	ast.Inspect(s.in, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ForStmt:
			is(n.Init)
		case *ast.IfStmt:
			is(n.Init)
		case *ast.SwitchStmt:
			is(n.Init)
		case *ast.TypeSwitchStmt:
			is(n.Init)
			is(n.Assign)
		case *ast.CommClause:
			is(n.Comm)
		}
		return !found
	})
	return found
}

// Answer is what the syntax says.
type Answer uint8

const (
	No Answer = iota
	Maybe
	Yes
)

// Unset tells whether the statement that declares the variable hasn't ended when
// the function is at a line. As long as it hasn't, the variable isn't in scope. The
// line is one from the declaration on, in its scope.
func (v *Variable) Unset(line int) Answer {
	switch end := v.f.line(v.end); {
	case line > end:
		return No
	case line < end:
		return Yes
	case v.header || v.followed():
		return Maybe
	}
	return Yes
}

// followed reports whether another statement begins on the line on which the one
// that declares the variable ends.
func (v *Variable) followed() (found bool) {
	line := v.f.line(v.end)
	ast.Inspect(v.in, func(n ast.Node) bool {
		if stmt, ok := n.(ast.Stmt); ok && stmt.Pos() >= v.end && v.f.line(stmt.Pos()) == line {
			found = true
		}
		return !found
	})
	return found
}

// Skipped reports whether the function may return before it declares the variable:
// by a return statement, or because a deferred call recovers from a panic. Functions
// of other files are taken for such as don't recover.
func (v *Variable) Skipped() (skipped bool) {
	ast.Inspect(body(v.fn), func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ReturnStmt:
			skipped = skipped || n.Pos() < v.end
		case *ast.DeferStmt:
			skipped = skipped || v.f.recovers(n.Call.Fun)
		case *ast.FuncLit:
			return false
		}
		return !skipped
	})
	return skipped
}

func body(fn ast.Node) *ast.BlockStmt {
	switch fn := fn.(type) {
	case *ast.FuncDecl:
		return fn.Body
	case *ast.FuncLit:
		return fn.Body
	}
	return nil
}

// recovers reports whether a deferred function calls recover.
func (f *File) recovers(fn ast.Expr) (found bool) {
	name := ""
	switch fn := fn.(type) {
	case *ast.FuncLit:
		return callsRecover(fn.Body)
	case *ast.Ident:
		name = fn.Name
	case *ast.SelectorExpr:
		name = fn.Sel.Name
	default:
		return true
	}
	for _, d := range f.file.Decls {
		if d, ok := d.(*ast.FuncDecl); ok && d.Name.Name == name && d.Body != nil {
			found = found || callsRecover(d.Body)
		}
	}
	return found
}

func callsRecover(body *ast.BlockStmt) (found bool) {
	ast.Inspect(body, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			id, ok := call.Fun.(*ast.Ident)
			found = found || ok && id.Name == "recover"
		}
		return !found
	})
	return found
}

// Reassigned reports whether the variable may be assigned more than once. Whole says
// that it can't be changed but as a whole, as a pointer. Another variable of the same
// name in the function may be taken for this one.
func (v *Variable) Reassigned(whole bool) (found bool) {
	switch v.kind {
	case zeroed, repeated, result:
		return true
	}
	is := func(e ast.Expr) bool {
		id, direct := root(e)
		return id != nil && id.Name == v.name && id.Pos() != v.at && (direct || !whole)
	}
	ast.Inspect(v.in, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, e := range n.Lhs {
				found = found || is(e)
			}
		case *ast.IncDecStmt:
			found = found || is(n.X)
		case *ast.RangeStmt:
			found = found || n.Key != nil && is(n.Key) || n.Value != nil && is(n.Value)
		case *ast.UnaryExpr:
			found = found || n.Op == token.AND && is(n.X)
		case *ast.CallExpr: // of a method with a pointer receiver, for all that is known
			if fn, ok := n.Fun.(*ast.SelectorExpr); ok && !whole {
				found = found || is(fn.X)
			}
		}
		return !found
	})
	return found
}

// root returns the variable that an expression is, or is a part of; direct if it is
// the variable itself.
func root(e ast.Expr) (id *ast.Ident, direct bool) {
	direct = true
	for {
		switch x := e.(type) {
		case *ast.Ident:
			return x, direct
		case *ast.ParenExpr:
			e = x.X
			continue
		case *ast.SelectorExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.SliceExpr:
			e = x.X
		default:
			return nil, false
		}
		direct = false
	}
}
