package syntax

import (
	"go/ast"
	"go/token"
	"slices"
	"sort"
)

// Declaration is what a function declares under a name.
type Declaration struct {
	What string // "variable", "constant" or "type"
	Line int
	// Clause is the line of the clause that declares the variable of a type switch; 0
	// for other variables.
	Clause int

	at       token.Pos // the name, in the declaration
	scope    ast.Node  // the node with whose end the scope ends
	from, to token.Pos
}

// Resolve returns the declaration that a name means on a line, in the function around
// the line; nil if the function declares no such name there. It reports false if the line
// leaves it open, a directive gives lines other numbers, or there is no source.
func (f *File) Resolve(name string, line int) (*Declaration, bool) {
	fn := f.functionAt(line)
	if fn == nil || f.renumbered {
		return nil, false
	}
	var found *Declaration
	certain := true
	for i := range fn.declared()[name] { // in the order of the source: inner ones come last
		d := &fn.declared()[name][i]
		switch fn.contains(d, line) {
		case Yes:
			found, certain = d, true
		case Maybe:
			certain = false
		}
	}
	if !certain {
		return nil, false
	}
	return found, true
}

// InScope says whether a variable that is declared on a line is in scope on another.
func (f *File) InScope(name string, declared, line int) Answer {
	fn := f.functionAt(line)
	if fn == nil || f.renumbered {
		return Maybe
	}
	answer, found := Maybe, 0
	for i := range fn.declared()[name] {
		if d := &fn.declared()[name][i]; d.At(declared) {
			answer = fn.contains(d, line)
			found++
		}
	}
	if found != 1 {
		return Maybe
	}
	return answer
}

// At reports whether a variable that debug information has on a line is this one.
func (d *Declaration) At(line int) bool { return line == d.Line || line == d.Clause && line != 0 }

// contains says whether a line is in the scope of a declaration. Statements on one
// line can't be told apart.
func (fn *function) contains(d *Declaration, line int) Answer {
	f, start := fn.f, max(d.Line, d.Clause)
	switch {
	case line < start || line > f.line(d.to):
		return No
	case line > start && line < f.line(d.from): // the declaration goes on
		return No
	case line > f.line(d.from) && line < f.line(d.to):
		return Yes
	}
	return Maybe
}

// functionAt returns the only function around a line, nil if there is none.
func (f *File) functionAt(line int) *function {
	if f == nil {
		return nil
	}
	i := sort.Search(len(f.funcs), func(i int) bool { return f.line(f.funcs[i].End()) >= line })
	if i == len(f.funcs) || !f.around(f.funcs[i], line) || i+1 < len(f.funcs) && f.around(f.funcs[i+1], line) {
		return nil
	}
	return f.function(f.funcs[i])
}

// declared returns the declarations in a function by name. They are found once.
func (fn *function) declared() map[string][]Declaration {
	if fn.names != nil {
		return fn.names
	}
	fn.names = map[string][]Declaration{}
	var around []ast.Node
	ast.Inspect(fn.bodies[0].node, func(n ast.Node) bool {
		if n == nil {
			around = around[:len(around)-1]
			return true
		}
		fn.declare(n, around)
		around = append(around, n)
		return true
	})
	return fn.names
}

// declare records what a node declares. The scope begins after the declaration, and ends
// with the innermost block around it (spec, Declarations and scope).
func (fn *function) declare(n ast.Node, around []ast.Node) {
	var parent ast.Node
	if len(around) > 0 {
		parent = around[len(around)-1]
	}
	scope, to := block(around)
	switch n := n.(type) {
	case *ast.FuncDecl:
		fn.declareParams(n, n.Body, n.Recv, n.Type.Params, n.Type.Results)
		fn.declareTypeParams(n)
	case *ast.FuncLit:
		fn.declareParams(n, n.Body, n.Type.Params, n.Type.Results)
	case *ast.AssignStmt:
		if s, ok := parent.(*ast.TypeSwitchStmt); !ok || s.Assign != n { // that declares a variable in each clause
			fn.declareAssigned(n, Declaration{What: "variable", scope: scope, from: n.End(), to: to})
		}
	case *ast.RangeStmt:
		fn.declareRanged(n)
	case *ast.ValueSpec:
		what := "variable"
		if d, ok := parent.(*ast.GenDecl); ok && d.Tok == token.CONST {
			what = "constant"
		}
		fn.declareNames(Declaration{What: what, scope: scope, from: n.End(), to: to}, n.Names...)
	case *ast.TypeSpec:
		fn.declareNames(Declaration{What: "type", scope: scope, from: n.Name.Pos(), to: to}, n.Name)
	case *ast.CaseClause:
		if s, ok := around[len(around)-2].(*ast.TypeSwitchStmt); ok {
			fn.declareGuarded(n, s, clauseEnd(parent, n))
		}
	}
}

func (fn *function) declareTypeParams(n *ast.FuncDecl) {
	if n.Type.TypeParams == nil {
		return
	}
	for _, f := range n.Type.TypeParams.List {
		fn.declareNames(Declaration{What: "type", scope: n, from: n.Body.Lbrace, to: n.Body.Rbrace}, f.Names...)
	}
}

// declareAssigned records the names in x, y := ... that are new in their scope.
func (fn *function) declareAssigned(n *ast.AssignStmt, d Declaration) {
	if n.Tok != token.DEFINE {
		return
	}
	for _, e := range n.Lhs {
		if id, ok := e.(*ast.Ident); ok && !fn.declaredIn(d.scope, id.Name) {
			fn.declareNames(d, id)
		}
	}
}

func (fn *function) declareRanged(n *ast.RangeStmt) {
	if n.Tok != token.DEFINE {
		return
	}
	for _, e := range []ast.Expr{n.Key, n.Value} {
		if id, ok := e.(*ast.Ident); ok {
			fn.declareNames(Declaration{What: "variable", scope: n, from: n.X.End(), to: n.End()}, id)
		}
	}
}

// declareGuarded records the variable that a type switch declares in a clause.
func (fn *function) declareGuarded(n *ast.CaseClause, s *ast.TypeSwitchStmt, to token.Pos) {
	if id := guarded(s); id != nil {
		d := Declaration{What: "variable", Clause: fn.f.line(n.Pos()), scope: n, from: n.Colon, to: to}
		fn.declareNames(d, id)
	}
}

// declareNames records a declaration of names, each on its own line.
func (fn *function) declareNames(d Declaration, ids ...*ast.Ident) {
	for _, id := range ids {
		if id.Name != "_" {
			d.at, d.Line = id.Pos(), fn.f.line(id.Pos())
			fn.names[id.Name] = append(fn.names[id.Name], d)
		}
	}
}

// declaredIn reports whether a name has been declared in a scope already.
func (fn *function) declaredIn(scope ast.Node, name string) bool {
	return slices.ContainsFunc(fn.names[name], func(d Declaration) bool { return d.scope == scope })
}

// guarded returns the x of a type switch with x := y.(type), nil if it has none.
func guarded(s *ast.TypeSwitchStmt) *ast.Ident {
	if a, ok := s.Assign.(*ast.AssignStmt); ok && len(a.Lhs) == 1 {
		id, _ := a.Lhs[0].(*ast.Ident)
		return id
	}
	return nil
}

func (fn *function) declareParams(scope ast.Node, body *ast.BlockStmt, lists ...*ast.FieldList) {
	for _, list := range lists {
		if list == nil {
			continue
		}
		for _, field := range list.List {
			for _, id := range field.Names {
				d := Declaration{What: "variable", Line: fn.f.line(id.Pos()), at: id.Pos(), scope: scope,
					from: body.Lbrace, to: body.Rbrace}
				fn.names[id.Name] = append(fn.names[id.Name], d)
			}
		}
	}
}

// block returns the innermost block among nested nodes, and its end. A function's body
// and parameters are one block.
func block(around []ast.Node) (ast.Node, token.Pos) {
	for i := len(around) - 1; i >= 0; i-- {
		switch n := around[i].(type) {
		case *ast.BlockStmt:
			if i > 0 {
				switch around[i-1].(type) {
				case *ast.FuncDecl, *ast.FuncLit:
					return around[i-1], n.Rbrace
				}
			}
			return n, n.Rbrace
		case *ast.CaseClause, *ast.CommClause:
			return n, clauseEnd(around[i-1], n)
		case *ast.IfStmt, *ast.ForStmt, *ast.RangeStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt:
			return n, n.End()
		}
	}
	return nil, token.NoPos
}

// clauseEnd returns where a clause of a block ends: where the next one begins.
func clauseEnd(of, clause ast.Node) token.Pos {
	b, ok := of.(*ast.BlockStmt)
	if !ok {
		return clause.End()
	}
	i := sort.Search(len(b.List), func(i int) bool { return b.List[i].Pos() > clause.Pos() })
	if i < len(b.List) {
		return b.List[i].Pos()
	}
	return b.Rbrace
}
