package syntax

import (
	"cmp"
	"go/ast"
	"slices"
)

// Mention is a name in the source that may stand for a variable. Names of fields, methods and
// labels aren't mentions, and neither are keys of composite literals, which may be fields.
type Mention struct {
	Name string
	Line int
	// Declared is what the function around the line declares under this name; nil if it
	// declares none: then the name is the package's, or the file's, or Go's.
	Declared *Declaration
}

// maxMentions bounds the mentions of one function: nobody writes more.
const maxMentions = 100_000

// Mentions returns what the function around a line mentions on lines first to last, in the order
// of the source. There are none if a directive gives lines other numbers.
func (f *File) Mentions(at, first, last int) []Mention {
	fn := f.functionAt(at)
	if fn == nil || f.renumbered {
		return nil
	}
	if fn.mentions == nil {
		fn.findMentions()
	}
	byLine := func(m Mention, line int) int { return cmp.Compare(m.Line, line) }
	from, _ := slices.BinarySearchFunc(fn.mentions, first, byLine)
	to, _ := slices.BinarySearchFunc(fn.mentions, last+1, byLine)
	return fn.mentions[from:max(from, to)]
}

// Means reports whether a name on a line certainly means this declaration, which Mentions has
// returned for the same function.
func (f *File) Means(name string, d *Declaration, line int) bool {
	found, ok := f.Resolve(name, line)
	return ok && found == d
}

// DeclaredOnce reports whether the function around a line declares a name in one place only.
func (f *File) DeclaredOnce(name string, line int) bool {
	fn := f.functionAt(line)
	return fn != nil && !f.renumbered && len(fn.declared()[name]) == 1
}

// findMentions finds the mentions in the function.
func (fn *function) findMentions() {
	fn.declared()
	fn.mentions = []Mention{}
	decl, _ := fn.bodies[0].node.(*ast.FuncDecl)
	if decl == nil {
		return
	}
	for _, n := range []ast.Node{decl.Recv, decl.Type, decl.Body} {
		if list, ok := n.(*ast.FieldList); !ok || list != nil {
			ast.Inspect(n, fn.mention)
		}
	}
	slices.SortStableFunc(fn.mentions, func(a, b Mention) int { return cmp.Compare(a.Line, b.Line) })
}

// mention records a node if it is a mention, and reports whether its parts may be.
func (fn *function) mention(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.Ident:
		fn.addMention(n, false)
	case *ast.SelectorExpr:
		ast.Inspect(n.X, fn.mention)
		return false
	case *ast.CompositeLit:
		for _, e := range n.Elts {
			if pair, ok := e.(*ast.KeyValueExpr); ok {
				if _, name := pair.Key.(*ast.Ident); !name {
					ast.Inspect(pair.Key, fn.mention)
				}
				e = pair.Value
			}
			ast.Inspect(e, fn.mention)
		}
		return false
	case *ast.Field:
		for _, id := range n.Names {
			fn.addMention(id, true)
		}
		return false
	case *ast.LabeledStmt:
		ast.Inspect(n.Stmt, fn.mention)
		return false
	case *ast.TypeSwitchStmt: // the name before := is a variable in each clause only
		if guarded(n) == nil {
			return true
		}
		if n.Init != nil {
			ast.Inspect(n.Init, fn.mention)
		}
		ast.Inspect(n.Assign.(*ast.AssignStmt).Rhs[0], fn.mention)
		ast.Inspect(n.Body, fn.mention)
		return false
	case *ast.BranchStmt:
		return false
	}
	return true
}

// addMention records a name. declaring says that it counts only if it is declared there.
func (fn *function) addMention(id *ast.Ident, declaring bool) {
	d := fn.meant(id)
	if id.Name == "_" || declaring && (d == nil || d.at != id.Pos()) || len(fn.mentions) == maxMentions {
		return
	}
	if d == nil || d.What == "variable" {
		fn.mentions = append(fn.mentions, Mention{id.Name, fn.f.line(id.Pos()), d})
	}
}

// meant returns the declaration that a name means at its place, nil if the function has none.
func (fn *function) meant(id *ast.Ident) (found *Declaration) {
	all := fn.names[id.Name]
	for i := range all { // inner ones come last
		d := &all[i]
		switch {
		case d.at == id.Pos():
			return d
		case d.from <= id.Pos() && id.Pos() < d.to:
			found = d
		}
	}
	return found
}
