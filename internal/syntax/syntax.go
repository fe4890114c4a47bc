// Package syntax finds in the source of a function what debug information doesn't
// say about a variable: whether it is set at a line, and whether it is assigned more
// than once. It also finds where a function begins and ends.
//
// It knows no types: where the syntax leaves a doubt it assumes the worst.
package syntax

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
)

// File is a source file.
type File struct {
	fset *token.FileSet
	pkg  string
	// renumbered says that debug information may have other numbers for the lines.
	renumbered bool
	funcs      []*ast.FuncDecl // with a body
	found      map[*ast.FuncDecl]*function

	recovers []token.Pos     // where recover is called
	vars     map[string]bool // names of variables
	callees  map[callee]bool // whether they recover; nil if not asked for

	types      []*ast.TypeSpec
	declared   []*ast.TypeSpec // of the package
	imports    []*ast.ImportSpec
	converting map[string]bool // see converts
	passing    map[string]bool // functions that may return what they are passed; set with converting
}

// maxSize bounds a file, in bytes: nobody writes larger ones.
const maxSize = 4 << 20

// Parse parses a file of Go source. It returns nil if that isn't one.
func Parse(text string) *File {
	if len(text) > maxSize {
		return nil
	}
	f := &File{fset: token.NewFileSet(), found: map[*ast.FuncDecl]*function{}, vars: map[string]bool{}}
	file, err := parser.ParseFile(f.fset, "", text, parser.SkipObjectResolution)
	if err != nil {
		return nil
	}
	f.pkg = file.Name.Name
	f.renumbered = strings.Contains(text, "//line ") || strings.Contains(text, "/*line ")
	f.imports = file.Imports
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Body != nil {
				f.funcs = append(f.funcs, d)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				if spec, ok := spec.(*ast.TypeSpec); ok {
					f.declared = append(f.declared, spec)
				}
			}
		}
	}
	ast.Inspect(file, f.note)
	return f
}

// note records what a node says about the whole file.
func (f *File) note(n ast.Node) bool {
	var names []*ast.Ident
	switch n := n.(type) {
	case *ast.CallExpr:
		if id, ok := n.Fun.(*ast.Ident); ok && id.Name == "recover" {
			f.recovers = append(f.recovers, id.Pos())
		}
	case *ast.AssignStmt:
		for _, e := range n.Lhs {
			if id, ok := e.(*ast.Ident); ok {
				names = append(names, id)
			}
		}
	case *ast.Field:
		names = n.Names
	case *ast.ValueSpec:
		names = n.Names
	case *ast.TypeSpec:
		f.types = append(f.types, n)
	}
	for _, id := range names {
		f.vars[id.Name] = true
	}
	return true
}

// Functions returns the functions that the file declares, as they are called in a traceback
// but for the package: run, (*server).serve.
func (f *File) Functions() (names []string) {
	if f == nil {
		return nil
	}
	for _, d := range f.funcs {
		name := d.Name.Name
		if d.Recv != nil && len(d.Recv.List) == 1 {
			if _, pointer := d.Recv.List[0].Type.(*ast.StarExpr); pointer {
				name = "(*" + receiver(d) + ")." + name
			} else {
				name = receiver(d) + "." + name
			}
		}
		names = append(names, name)
	}
	return names
}

// Package returns the name in the file's package clause, "" if f is nil.
func (f *File) Package() string {
	if f == nil {
		return ""
	}
	return f.pkg
}

// Function returns the line on which a function is declared, 0 if it isn't in the file.
// A function's name is run or main.run; a method's Serve, Server.Serve or (*Server).Serve.
func (f *File) Function(name string) int {
	if f == nil {
		return 0
	}
	name = strings.NewReplacer("(", "", ")", "", "*", "").Replace(name[strings.LastIndexByte(name, '/')+1:])
	dot := strings.LastIndexByte(name, '.')
	of := name[:max(dot, 0)]
	of = of[strings.LastIndexByte(of, '.')+1:]
	for _, d := range f.funcs {
		if d.Name.Name == name[dot+1:] && (of == "" || of == f.pkg && d.Recv == nil || of == receiver(d)) {
			return f.line(d.Pos())
		}
	}
	return 0
}

// receiver returns the name of the type that a method belongs to, "" for a function.
func receiver(d *ast.FuncDecl) string {
	if d.Recv == nil || len(d.Recv.List) == 0 {
		return ""
	}
	for t := d.Recv.List[0].Type; ; {
		switch x := t.(type) {
		case *ast.StarExpr:
			t = x.X
		case *ast.ParenExpr:
			t = x.X
		case *ast.IndexExpr: // type parameters
			t = x.X
		case *ast.IndexListExpr:
			t = x.X
		case *ast.Ident:
			return x.Name
		default:
			return ""
		}
	}
}

// line returns the line in the text, whatever a //line directive says.
func (f *File) line(p token.Pos) int { return f.fset.PositionFor(p, false).Line }

// around reports whether a node spans a line.
func (f *File) around(n ast.Node, line int) bool {
	return f.line(n.Pos()) <= line && line <= f.line(n.End())
}

// Variable is the declaration of a variable in source. It knows no value.
type Variable struct {
	in    *function
	name  string
	at    token.Pos
	line  int
	fn    int // index in function.bodies of the function or literal that declares it
	kind  kind
	start token.Pos // of what has to end before it is set
	end   token.Pos
	typ   ast.Expr // in the declaration; nil if it has none
	value ast.Expr // in the declaration; nil if it has none for this variable alone

	several *ast.CallExpr // the call whose results this variable and others are declared with
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

// function is a function declaration with the literals in it.
type function struct {
	f         *File
	variables map[string][]Variable
	// where statements begin that are parts of others, which may use their variables on the same line
	headers map[token.Pos]bool
	last    map[int]token.Pos // by line: where the last statement that begins there begins
	changes map[string][]change
	bodies  []body
	names   map[string][]Declaration // see declared

	mentions []Mention // see Mentions; nil if not asked for
}

// body is the function itself, or a literal.
type body struct {
	node     ast.Node
	returned token.Pos // the first return statement; 0 if there is none
	recovers bool      // a deferred call may recover
}

// change is what is, or may be, an assignment to a variable or a part of it.
type change struct {
	at    token.Pos
	whole bool // to all of it
}

// Lookup returns the variable declared on line, in the function around the line at. If
// line is 0, not known, it returns a parameter of the innermost function around at. It
// reports false if there is none, or more than one.
func (f *File) Lookup(name string, line, at int) (Variable, bool) {
	fn := f.functionAt(at)
	if fn == nil {
		return Variable{}, false
	}
	innermost := 0
	if line == 0 {
		for i := range fn.bodies { // outer ones come first
			if f.around(fn.bodies[i].node, at) {
				innermost = i
			}
		}
	}
	var found *Variable
	for i := range fn.variables[name] {
		v := &fn.variables[name][i]
		if line != 0 && v.line == line || line == 0 && v.fn == innermost && v.kind >= parameter {
			if found != nil {
				return Variable{}, false
			}
			found = v
		}
	}
	if found == nil {
		return Variable{}, false
	}
	return *found, true
}

// function returns what is known about a function. It is found out once.
func (f *File) function(d *ast.FuncDecl) *function {
	fn := f.found[d]
	if fn == nil {
		fn = &function{f: f, variables: map[string][]Variable{}, headers: map[token.Pos]bool{},
			last: map[int]token.Pos{}, changes: map[string][]change{}}
		f.found[d] = fn
		fn.body(d, d.Recv, d.Type, d.Body)
	}
	return fn
}

// body records the function or a literal.
func (fn *function) body(node ast.Node, recv *ast.FieldList, typ *ast.FuncType, block *ast.BlockStmt) {
	n := len(fn.bodies)
	fn.bodies = append(fn.bodies, body{node: node})
	fn.params(n, recv, parameter)
	fn.params(n, typ.Params, parameter)
	fn.params(n, typ.Results, result)
	ast.Inspect(block, func(node ast.Node) bool {
		if lit, ok := node.(*ast.FuncLit); ok {
			fn.body(lit, nil, lit.Type, lit.Body)
			return false
		}
		if stmt, ok := node.(ast.Stmt); ok {
			line := fn.f.line(stmt.Pos())
			fn.last[line] = max(fn.last[line], stmt.Pos())
		}
		fn.declarations(n, node)
		fn.assignments(node)
		switch node := node.(type) {
		case *ast.ReturnStmt:
			if b := &fn.bodies[n]; b.returned == 0 {
				b.returned = node.Pos()
			}
		case *ast.DeferStmt:
			if !fn.bodies[n].recovers && fn.f.mayRecover(node.Call.Fun) {
				fn.bodies[n].recovers = true
			}
		}
		return true
	})
}

func (fn *function) params(n int, list *ast.FieldList, k kind) {
	if list == nil {
		return
	}
	for _, field := range list.List {
		for _, id := range field.Names {
			fn.add(id, Variable{fn: n, kind: k, start: id.Pos(), end: id.End()})
		}
	}
}

func (fn *function) add(e ast.Expr, v Variable) {
	if id, ok := e.(*ast.Ident); ok && id.Name != "_" {
		v.in, v.name, v.at, v.line = fn, id.Name, id.Pos(), fn.f.line(id.Pos())
		fn.variables[id.Name] = append(fn.variables[id.Name], v)
	}
}

// header records that a statement is a part of another one.
func (fn *function) header(stmt ast.Stmt) {
	if stmt != nil {
		fn.headers[stmt.Pos()] = true
	}
}

// declarations records what a node of the function's n-th body declares.
func (fn *function) declarations(n int, node ast.Node) {
	switch node := node.(type) {
	case *ast.AssignStmt:
		if node.Tok == token.DEFINE {
			for i, id := range node.Lhs {
				fn.add(id, Variable{fn: n, start: node.Pos(), end: node.End(),
					value: valueOf(node.Rhs, i, len(node.Lhs)), several: severalOf(node.Rhs, len(node.Lhs))})
			}
		}
	case *ast.ValueSpec:
		k := zeroed
		if len(node.Values) > 0 {
			k = assigned
		}
		for i, id := range node.Names {
			fn.add(id, Variable{fn: n, kind: k, start: node.Pos(), end: node.End(), typ: node.Type,
				value: valueOf(node.Values, i, len(node.Names)), several: severalOf(node.Values, len(node.Names))})
		}
	case *ast.RangeStmt:
		if node.Tok == token.DEFINE {
			fn.headers[node.Pos()] = true
			for _, id := range []ast.Expr{node.Key, node.Value} {
				fn.add(id, Variable{fn: n, kind: repeated, start: node.Pos(), end: node.X.End()})
			}
		}
	case *ast.ForStmt:
		fn.header(node.Init)
	case *ast.IfStmt:
		fn.header(node.Init)
	case *ast.SwitchStmt:
		fn.header(node.Init)
	case *ast.CommClause:
		fn.header(node.Comm)
	case *ast.TypeSwitchStmt:
		fn.header(node.Init)
		fn.header(node.Assign)
		fn.clauses(n, node)
	}
}

// clauses records the variables of the clauses of a type switch.
func (fn *function) clauses(n int, s *ast.TypeSwitchStmt) {
	id := guarded(s)
	if id == nil {
		return
	}
	for _, c := range s.Body.List {
		if c, ok := c.(*ast.CaseClause); ok && fn.f.line(c.Pos()) != fn.f.line(id.Pos()) {
			fn.headers[c.Pos()] = true
			v := Variable{in: fn, name: id.Name, at: id.Pos(), line: fn.f.line(c.Pos()), fn: n,
				start: c.Pos(), end: c.Colon}
			fn.variables[id.Name] = append(fn.variables[id.Name], v)
		}
	}
}

// assignments records what a node assigns to.
func (fn *function) assignments(node ast.Node) {
	add := func(e ast.Expr) {
		if id, whole := root(e); id != nil {
			fn.changes[id.Name] = append(fn.changes[id.Name], change{id.Pos(), whole})
		}
	}
	switch node := node.(type) {
	case *ast.AssignStmt:
		for _, e := range node.Lhs {
			add(e)
		}
	case *ast.IncDecStmt:
		add(node.X)
	case *ast.RangeStmt:
		for _, e := range []ast.Expr{node.Key, node.Value} {
			if e != nil {
				add(e)
			}
		}
	}
	// Whatever takes a variable's address, by & or to call a method with a pointer receiver,
	// isn't in here: such a variable is in memory, where its current value is.
}

// root returns the variable that an expression is, or is a part of; whole says that it is
// the variable itself.
func root(e ast.Expr) (id *ast.Ident, whole bool) {
	whole = true
	for {
		switch x := e.(type) {
		case *ast.Ident:
			return x, whole
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
		whole = false
	}
}

// Answer is what the syntax says.
type Answer uint8

const (
	No Answer = iota
	Maybe
	Yes
)

// Unset says whether the statement that declares the variable hasn't ended when the
// function is at a line. Until it has, the variable isn't in scope. The line must lie
// in the declaration or after it, in its scope.
func (v *Variable) Unset(line int) Answer {
	f := v.in.f
	switch end := f.line(v.end); {
	case v.kind >= parameter || line > end:
		return No
	case line < end:
		return Yes
	case v.in.headers[v.start] || v.in.last[end] >= v.end:
		return Maybe
	}
	return Yes
}

// Skipped reports whether the function may return before it declares the variable:
// by a return statement, or because a deferred call recovers from a panic.
func (v *Variable) Skipped() bool {
	b := &v.in.bodies[v.fn]
	return b.recovers || b.returned != 0 && b.returned < v.end
}

// Reassigned reports whether the variable may be assigned more than once. whole says that
// only the whole variable can be changed, as of a pointer. An assignment to another
// variable of the same name in the function counts as well.
func (v *Variable) Reassigned(whole bool) bool {
	switch v.kind {
	case zeroed, repeated, result:
		return true
	}
	for _, c := range v.in.changes[v.name] {
		if c.at != v.at && (c.whole || !whole) {
			return true
		}
	}
	return false
}
