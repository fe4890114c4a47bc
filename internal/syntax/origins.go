package syntax

import (
	"cmp"
	"go/ast"
	"go/token"
	"slices"
	"strings"
)

// Span is a part of a file's text, in bytes.
type Span struct{ From, To int }

// Setting is a statement that gives a variable, or a part of it, a value.
type Setting struct {
	Line int
	Stmt Span
	To   Span // what is set: the variable, x.f, x[i]
	// Part says that only a part is set.
	Part bool
	// Address says that the statement takes the variable's address, by which it may be set.
	Address bool
	// Later says that it comes after the line that was asked for, in a loop around both, or is in
	// another function literal.
	Later bool
}

// maxSettings bounds the settings of one variable.
const maxSettings = 1000

// Settings returns the statements that may have given the variable that a name means on a line its
// value when the function is there, those nearest to the line first. It reports false if the source
// doesn't say which variable that is.
func (f *File) Settings(name string, at int) (settings []Setting, ok bool) {
	d, fn := f.meaning(name, at)
	if d == nil {
		return nil, false
	}
	s := settingFinder{fn: fn, of: d, at: at}
	s.here = s.bodyAt(at)
	decl := fn.bodies[0].node.(*ast.FuncDecl)
	ast.Inspect(decl.Body, func(n ast.Node) bool {
		if n == nil {
			s.around = s.around[:len(s.around)-1]
			return true
		}
		s.node(n)
		s.around = append(s.around, n)
		return true
	})
	slices.SortStableFunc(s.found, func(a, b Setting) int {
		if a.Later != b.Later {
			return map[bool]int{false: -1, true: 1}[a.Later]
		}
		return cmp.Compare(b.Line, a.Line)
	})
	return s.found, true
}

// meaning returns the declaration that a name means on a line: also if the line leaves it open, but
// the function declares the name only once. It is nil if that isn't known.
func (f *File) meaning(name string, at int) (*Declaration, *function) {
	fn := f.functionAt(at)
	if fn == nil || f.renumbered {
		return nil, nil
	}
	if d, ok := f.Resolve(name, at); ok && d != nil {
		return d, fn
	}
	if f.DeclaredOnce(name, at) {
		return &fn.declared()[name][0], fn
	}
	return nil, nil
}

// settingFinder finds the settings of a variable.
type settingFinder struct {
	fn     *function
	of     *Declaration
	at     int
	here   ast.Node // the innermost function or literal around the line
	around []ast.Node
	found  []Setting
}

// bodyAt returns the innermost function or literal around a line.
func (s *settingFinder) bodyAt(line int) (found ast.Node) {
	for i := range s.fn.bodies { // outer ones come first
		if s.fn.f.around(s.fn.bodies[i].node, line) {
			found = s.fn.bodies[i].node
		}
	}
	return found
}

// node records a node if it sets the variable.
func (s *settingFinder) node(n ast.Node) {
	switch n := n.(type) {
	case *ast.AssignStmt:
		for _, e := range n.Lhs {
			s.set(e, n)
		}
	case *ast.IncDecStmt:
		s.set(n.X, n)
	case *ast.RangeStmt:
		for _, e := range []ast.Expr{n.Key, n.Value} {
			if e != nil {
				s.setIn(e, n, Span{s.offset(n.Pos()), s.offset(n.Body.Lbrace)}, false)
			}
		}
	case *ast.ValueSpec:
		for _, id := range n.Names {
			s.set(id, n)
		}
	case *ast.UnaryExpr:
		if n.Op == token.AND {
			if id, whole := root(n.X); id != nil && whole {
				stmt := s.statement()
				s.setIn(n.X, n, stmt, true)
			}
		}
	}
}

// statement returns the innermost statement without a block around the node.
func (s *settingFinder) statement() Span {
	for i := len(s.around) - 1; i >= 0; i-- {
		switch n := s.around[i].(type) {
		case *ast.AssignStmt, *ast.ExprStmt, *ast.ReturnStmt, *ast.GoStmt, *ast.DeferStmt, *ast.SendStmt,
			*ast.ValueSpec, *ast.CallExpr:
			return s.span(n)
		}
	}
	return Span{}
}

func (s *settingFinder) offset(p token.Pos) int { return s.fn.f.fset.PositionFor(p, false).Offset }

func (s *settingFinder) span(n ast.Node) Span { return Span{s.offset(n.Pos()), s.offset(n.End())} }

func (s *settingFinder) set(e ast.Expr, stmt ast.Node) { s.setIn(e, stmt, s.span(stmt), false) }

// setIn records that what e is, the variable or a part of it, is set.
func (s *settingFinder) setIn(e ast.Expr, n ast.Node, stmt Span, address bool) {
	id, whole := root(e)
	if id == nil || s.fn.meant(id) != s.of || len(s.found) == maxSettings || stmt.To <= stmt.From {
		return
	}
	f := s.fn.f
	line := f.line(n.Pos())
	setting := Setting{Line: line, Stmt: stmt, To: s.span(e), Part: !whole, Address: address}
	switch {
	case s.literal() != s.here:
		setting.Later = true // when it has run isn't known
	case line > s.at:
		if !s.inLoop() {
			return
		}
		setting.Later = true
	}
	s.found = append(s.found, setting)
}

// literal returns the innermost function or literal around the node.
func (s *settingFinder) literal() ast.Node {
	for i := len(s.around) - 1; i >= 0; i-- {
		if lit, ok := s.around[i].(*ast.FuncLit); ok {
			return lit
		}
	}
	return s.fn.bodies[0].node
}

// inLoop reports whether a loop is around the node and the line.
func (s *settingFinder) inLoop() bool {
	return slices.ContainsFunc(s.around, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			return s.fn.f.around(n, s.at)
		}
		return false
	})
}

// Parameter returns which argument of its function a name is that means a parameter on a line:
// from 1 on, 0 for the receiver. last says that it takes all further arguments.
func (f *File) Parameter(name string, at int) (number int, last, ok bool) {
	d, _ := f.meaning(name, at)
	if d == nil {
		return 0, false, false
	}
	decl, isDecl := d.scope.(*ast.FuncDecl)
	var params *ast.FieldList
	switch {
	case isDecl:
		params = decl.Type.Params
		if decl.Recv != nil && len(decl.Recv.List) == 1 && slices.ContainsFunc(decl.Recv.List[0].Names,
			func(id *ast.Ident) bool { return id.Pos() == d.at }) {
			return 0, false, true
		}
	default:
		lit, isLit := d.scope.(*ast.FuncLit)
		if !isLit {
			return 0, false, false
		}
		params = lit.Type.Params
	}
	for _, field := range params.List {
		_, variadic := field.Type.(*ast.Ellipsis)
		for _, id := range field.Names {
			if number++; id.Pos() == d.at {
				return number, variadic, true
			}
		}
		if len(field.Names) == 0 {
			number++
		}
	}
	return 0, false, false
}

// Call is a call in a file.
type Call struct {
	Text Span
	args []Span
	recv Span
	more bool // the last argument has several: f(xs...)
}

// Argument returns the text of an argument, as Parameter numbers them; ok is false if the call has
// none of its own.
func (c *Call) Argument(number int, last bool) (arg Span, ok bool) {
	switch {
	case number == 0:
		return c.recv, c.recv.To > c.recv.From
	case number > len(c.args):
		return arg, false
	case last && (len(c.args) > number || !c.more):
		return Span{c.args[number-1].From, c.args[len(c.args)-1].To}, true
	}
	return c.args[number-1], true
}

// CallOn returns the only call of a function on a line: of run for main.run, of Serve for
// http.(*Server).Serve. ok is false if there is none, or more than one.
func (f *File) CallOn(line int, function string) (call Call, ok bool) {
	name := function[strings.LastIndexByte(function, '.')+1:]
	fn := f.functionAt(line)
	if fn == nil || f.renumbered || name == "" {
		return call, false
	}
	var found []*ast.CallExpr
	ast.Inspect(fn.bodies[0].node, func(n ast.Node) bool {
		c, isCall := n.(*ast.CallExpr)
		if isCall && nameOfCall(c) == name && f.line(c.Pos()) <= line && line <= f.line(c.End()) {
			found = append(found, c)
		}
		return true
	})
	if len(found) > 1 {
		found = slices.DeleteFunc(found, func(c *ast.CallExpr) bool { return f.line(c.Lparen) != line })
	}
	if len(found) != 1 {
		return call, false
	}
	span := func(n ast.Node) Span {
		return Span{f.fset.PositionFor(n.Pos(), false).Offset, f.fset.PositionFor(n.End(), false).Offset}
	}
	c := found[0]
	call.Text, call.more = span(c), c.Ellipsis.IsValid()
	for _, arg := range c.Args {
		call.args = append(call.args, span(arg))
	}
	if sel, isSel := ast.Unparen(c.Fun).(*ast.SelectorExpr); isSel {
		call.recv = span(sel.X)
	}
	return call, true
}

// nameOfCall returns the last name of what a call calls.
func nameOfCall(c *ast.CallExpr) string {
	fun := ast.Unparen(c.Fun)
	switch x := fun.(type) { // type arguments
	case *ast.IndexExpr:
		fun = x.X
	case *ast.IndexListExpr:
		fun = x.X
	}
	switch x := fun.(type) {
	case *ast.Ident:
		return x.Name
	case *ast.SelectorExpr:
		return x.Sel.Name
	}
	return ""
}
