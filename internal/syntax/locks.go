package syntax

import (
	"go/ast"
	"go/token"
	"slices"
)

// Lock is a call that locks: mu.Lock().
type Lock struct {
	Of   string // the expression before the method: s.mu
	Read bool   // RLock
	Line int
}

// Held returns the locks that the function around a line has taken before it and not
// released, as far as the text shows. It follows neither conditions nor jumps, but skips
// blocks that end with a statement that leaves them.
func (f *File) Held(line int) (held []Lock) {
	if f == nil || f.renumbered {
		return nil
	}
	return stillHeld(f.locking(line))
}

// stillHeld returns the locks that remain locked after some calls, one after the other.
func stillHeld(calls []lockCall) (held []Lock) {
	for _, c := range calls {
		is := func(l Lock) bool { return l.Of == c.Of && l.Read == c.Read }
		switch {
		case !c.counts:
		case c.locks:
			held = append(held, c.Lock)
		default:
			held = slices.DeleteFunc(held, is)
		}
	}
	return held
}

// KeepsLocked returns, for all functions, the calls that lock and aren't followed by one
// that unlocks: the function may return with the lock held. A deferred call unlocks, too.
func (f *File) KeepsLocked() (kept []KeptLock) {
	if f == nil || f.renumbered {
		return nil
	}
	for _, d := range f.funcs {
		for _, l := range f.leftLocked(d.Body) {
			kept = append(kept, KeptLock{d.Name.Name, l, f.unlocks(d.Body, l)})
		}
	}
	return kept
}

// KeptLock is a lock that a function may leave locked.
type KeptLock struct {
	Func string // its name, without its package and receiver
	Lock
	// Forgets says that it unlocks on another path: where it doesn't was probably forgotten.
	// A function that only locks may be there to do so, and another one to unlock.
	Forgets bool
}

// unlocks reports whether a function calls what gives a lock back.
func (f *File) unlocks(body ast.Node, l Lock) (found bool) {
	f.eachCall(body, func(c lockCall, _ bool, _ []ast.Node) {
		found = found || !c.locks && c.Of == l.Of && c.Read == l.Read
	})
	return found
}

// lockCall is a call that locks or unlocks.
type lockCall struct {
	Lock
	locks  bool
	counts bool // as far as the text shows, it was executed before the line
}

// locking returns the calls before a line in the innermost function around it.
func (f *File) locking(line int) (calls []lockCall) {
	var body *ast.BlockStmt
	for _, d := range f.funcs {
		if !f.around(d, line) {
			continue
		}
		body = d.Body
		ast.Inspect(d.Body, func(n ast.Node) bool {
			if l, ok := n.(*ast.FuncLit); ok && f.around(l.Body, line) {
				body = l.Body
			}
			return true
		})
	}
	if body == nil {
		return nil
	}
	f.eachCall(body, func(c lockCall, deferred bool, blocks []ast.Node) {
		if deferred || c.Line >= line {
			return
		}
		c.counts = true
		for _, b := range blocks {
			c.counts = c.counts && (f.around(b, line) || !leaves(b))
		}
		calls = append(calls, c)
	})
	return calls
}

// eachCall calls visit with each call in a function that locks or unlocks, in the order of
// the text. It skips nested functions unless they are deferred.
func (f *File) eachCall(body ast.Node, visit func(c lockCall, deferred bool, blocks []ast.Node)) {
	var stack []ast.Node
	deferred := 0
	ast.Inspect(body, func(n ast.Node) bool {
		if n == nil {
			if _, ok := stack[len(stack)-1].(*ast.DeferStmt); ok {
				deferred--
			}
			stack = stack[:len(stack)-1]
			return true
		}
		switch x := n.(type) {
		case *ast.FuncLit:
			if deferred == 0 {
				return false
			}
		case *ast.GoStmt:
			return false
		case *ast.DeferStmt:
			deferred++
		case *ast.CallExpr:
			if c, ok := f.lockCall(x); ok {
				visit(c, deferred > 0, blocksOf(stack))
			}
		}
		stack = append(stack, n)
		return true
	})
}

// blocksOf returns the blocks among the nodes around a call, without the function's own.
func blocksOf(stack []ast.Node) (blocks []ast.Node) {
	for _, n := range stack[min(1, len(stack)):] {
		switch n.(type) {
		case *ast.BlockStmt, *ast.CaseClause, *ast.CommClause:
			blocks = append(blocks, n)
		}
	}
	return blocks
}

func (f *File) lockCall(call *ast.CallExpr) (c lockCall, ok bool) {
	s, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || len(call.Args) > 0 {
		return c, false
	}
	switch s.Sel.Name {
	case "Lock":
		c.locks = true
	case "RLock":
		c.locks, c.Read = true, true
	case "Unlock":
	case "RUnlock":
		c.Read = true
	default:
		return c, false
	}
	c.Of, c.Line = exprText(s.X), f.line(s.Sel.Pos())
	return c, c.Of != ""
}

// exprText returns the text of an expression without calls, "" for any other.
func exprText(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.BasicLit:
		return e.Value
	case *ast.ParenExpr:
		if in := exprText(e.X); in != "" {
			return "(" + in + ")"
		}
	case *ast.StarExpr:
		if in := exprText(e.X); in != "" {
			return "*" + in
		}
	case *ast.SelectorExpr:
		if of := exprText(e.X); of != "" {
			return of + "." + e.Sel.Name
		}
	case *ast.IndexExpr:
		if of, i := exprText(e.X), exprText(e.Index); of != "" && i != "" {
			return of + "[" + i + "]"
		}
	}
	return ""
}

// leaves reports whether a block ends with a statement that leaves it.
func leaves(block ast.Node) bool {
	var list []ast.Stmt
	switch b := block.(type) {
	case *ast.BlockStmt:
		list = b.List
	case *ast.CaseClause:
		list = b.Body
	case *ast.CommClause:
		list = b.Body
	}
	if len(list) == 0 {
		return false
	}
	switch last := list[len(list)-1].(type) {
	case *ast.ReturnStmt:
		return true
	case *ast.BranchStmt:
		return last.Tok != token.FALLTHROUGH
	case *ast.ExprStmt:
		call, ok := last.X.(*ast.CallExpr)
		if !ok {
			return false
		}
		name, _ := calledName(call)
		return name == "panic"
	}
	return false
}

// leftLocked returns the locks that a function may hold when it returns: a return
// statement, or the end, has no call that unlocks before it.
func (f *File) leftLocked(body *ast.BlockStmt) (left []Lock) {
	deferred := map[Lock]bool{} // keys have no line
	var all []lockCall
	f.eachCall(body, func(c lockCall, isDeferred bool, _ []ast.Node) {
		if isDeferred && !c.locks {
			deferred[Lock{Of: c.Of, Read: c.Read}] = true
		}
		c.counts = !isDeferred
		all = append(all, c)
	})
	add := func(held []Lock) {
		for _, l := range held {
			if !deferred[Lock{Of: l.Of, Read: l.Read}] && !slices.Contains(left, l) {
				left = append(left, l)
			}
		}
	}
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			add(f.Held(f.line(n.Pos())))
		}
		return true
	})
	if len(body.List) > 0 && !leaves(body) {
		if last := f.line(body.Rbrace); last > f.line(body.Lbrace) {
			add(f.Held(last))
		} else {
			add(stillHeld(all))
		}
	}
	return left
}

// Receivers returns the receivers of the calls of a method on a line: s.once for
// s.once.Do(f).
func (f *File) Receivers(line int, method string) (of []string) {
	if f == nil || f.renumbered {
		return nil
	}
	for _, d := range f.funcs {
		if !f.around(d, line) {
			continue
		}
		ast.Inspect(d.Body, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				s, ok := call.Fun.(*ast.SelectorExpr)
				if ok && s.Sel.Name == method && f.line(s.Sel.Pos()) == line && exprText(s.X) != "" {
					of = append(of, exprText(s.X))
				}
			}
			return n != nil && f.around(n, line)
		})
	}
	return of
}

// Channels returns the expressions of the channels that a line sends to, receives from or
// ranges over.
func (f *File) Channels(line int) (of []string) {
	if f == nil || f.renumbered {
		return nil
	}
	add := func(e ast.Expr, at token.Pos) {
		if text := exprText(e); f.line(at) == line && text != "" {
			of = append(of, text)
		}
	}
	for _, d := range f.funcs {
		if !f.around(d, line) {
			continue
		}
		ast.Inspect(d.Body, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SendStmt:
				add(n.Chan, n.Arrow)
			case *ast.UnaryExpr:
				if n.Op == token.ARROW {
					add(n.X, n.OpPos)
				}
			case *ast.RangeStmt:
				add(n.X, n.For)
			}
			return true
		})
	}
	return of
}

// CalledBefore reports whether the function around a line calls a function of that name on
// an earlier line.
func (f *File) CalledBefore(line int, name string) (called bool) {
	if f == nil || f.renumbered {
		return false
	}
	for _, d := range f.funcs {
		if !f.around(d, line) {
			continue
		}
		ast.Inspect(d.Body, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok && f.line(call.Pos()) < line {
				of, _ := calledName(call)
				called = called || of == name
			}
			return true
		})
	}
	return called
}

// RangesOverCall reports whether a line is in a loop over the result of a call that may be
// a channel: no variable has it.
func (f *File) RangesOverCall(line int) (found bool) {
	if f == nil {
		return false
	}
	for _, d := range f.funcs {
		if !f.around(d, line) {
			continue
		}
		ast.Inspect(d.Body, func(n ast.Node) bool {
			if r, ok := n.(*ast.RangeStmt); ok && r.Value == nil && f.around(r, line) {
				ast.Inspect(r.X, func(n ast.Node) bool {
					_, call := n.(*ast.CallExpr)
					found = found || call
					return !found
				})
			}
			return true
		})
	}
	return found
}
