package inspector

import (
	"go/token"
	"strconv"
	"strings"

	"coredumpy/internal/dump"
	"coredumpy/internal/symbol"
)

// RootVariable returns a variable from which others are reached, with its name as expressions
// have it; nil if they don't: because an inner variable of the name hides it, say. g is its
// goroutine, nil if that can't be read; it isn't needed for a package-level variable.
func (in *Inspector) RootVariable(r dump.Root, g *dump.Goroutine) *dump.Variable {
	if r.Goroutine == 0 {
		globals, _ := in.Globals()
		if int(r.Var) >= len(globals) {
			return nil
		}
		v := globals[r.Var]
		if v.Name = GlobalExpr(v.Name); v.Name == "" {
			return nil
		}
		return &v
	}
	if g == nil || r.Frame < 0 || int(r.Frame) >= len(g.Frames) {
		return nil
	}
	f := &g.Frames[r.Frame]
	if int(r.Var) >= len(f.Frame.Vars) {
		return nil
	}
	rec := &f.Frame.Vars[r.Var]
	if v := f.Variable(rec.Name); v != nil && v.Line == rec.Line {
		return v
	}
	return nil
}

// GlobalExpr returns an expression for a package-level variable, "" if none can name it.
func GlobalExpr(variable string) string {
	dot := strings.LastIndexByte(variable, '.')
	pkg, name := symbol.Unescaped(variable[:max(dot, 0)]), variable[dot+1:]
	switch {
	case pkg == "" || !token.IsIdentifier(name):
		return ""
	case !token.IsIdentifier(pkg):
		pkg = strconv.Quote(pkg)
	}
	return pkg + "." + name
}
