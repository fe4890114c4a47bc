package inspector

import (
	"strconv"
	"strings"

	"coredumpy/internal/dump"
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
		dot := strings.LastIndexByte(v.Name, '.')
		if pkg := v.Name[:max(dot, 0)]; strings.Contains(pkg, "/") {
			v.Name = strconv.Quote(pkg) + v.Name[dot:]
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
