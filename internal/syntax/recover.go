package syntax

import (
	"go/ast"
	"sort"
)

// harmless are names of functions that are often deferred and don't recover from a panic.
var harmless = map[string]bool{
	"Unlock": true, "RUnlock": true, "Done": true, "Close": true, "CloseWithError": true,
	"cancel": true, "Cancel": true,
	"stop": true, "Stop": true, "Flush": true, "Wait": true, "Remove": true, "RemoveAll": true,
	"Rollback": true, "End": true,
	"Signal": true, "Broadcast": true, "Put": true, "Reset": true, "OnFailure": true, "close": true, "delete": true,
	"panic": true, "print": true, "println": true,
}

// mayRecover reports whether a deferred function may call recover: true for a function
// that isn't in this file, unless its name is harmless.
func (f *File) mayRecover(fn ast.Expr) bool {
	switch fn := fn.(type) {
	case *ast.FuncLit:
		return f.recoversIn(fn)
	case *ast.Ident:
		return f.functionRecovers(callee{fn.Name, false})
	case *ast.SelectorExpr:
		return f.functionRecovers(callee{fn.Sel.Name, true})
	}
	return true
}

// callee is a function, or, if selected, a method or a function of another package.
type callee struct {
	name     string
	selected bool
}

func (f *File) functionRecovers(c callee) bool {
	if f.callees == nil {
		f.callees = map[callee]bool{}
		for _, d := range f.funcs {
			c := callee{d.Name.Name, d.Recv != nil}
			f.callees[c] = f.callees[c] || f.recoversIn(d)
		}
	}
	recovers, seen := f.callees[c]
	switch {
	case recovers:
		return true
	case !seen:
		return !harmless[c.name]
	}
	return !c.selected && f.vars[c.name] // the call may be of a variable
}

// recoversIn reports whether a node has a call of recover.
func (f *File) recoversIn(n ast.Node) bool {
	i := sort.Search(len(f.recovers), func(i int) bool { return f.recovers[i] >= n.Pos() })
	return i < len(f.recovers) && f.recovers[i] < n.End()
}
