// Package variables finds where the variables of a frame are, in memory and registers, and
// whether the program still uses them.
package variables

import (
	"slices"

	"coredumpy/internal/caveat"
	"coredumpy/internal/debuginfo"
	"coredumpy/internal/gotypes"
	"coredumpy/internal/target"
)

// Variable is a variable of a frame or of a package that was looked for in a process: where it
// is, and what makes that doubtful. Its value stays where it is: package walk reads that.
type Variable struct {
	Name     string
	Role     debuginfo.VarKind
	Line     int // of the declaration
	Type     *gotypes.Type
	Addr     uint64 // may be [target.Synthetic]
	Shadowed bool
	Unset    Unset
	Stale    bool // not used any more: what it points to may have changed, see locator.variable
	// Collectable is set for a stale variable if garbage may have been collected since
	// it was last used.
	Collectable bool
	// Split is set for a struct, array or complex number of optimised code of which parts may
	// be out of date. The words of a parameter have no places of their own on the stack: other
	// values use their places once nothing uses the words any more. If only the first word is
	// used, the records may not say that the others are nowhere.
	Split bool
	// Listed is set for a variable that optimised code keeps in different places over
	// time. If it is assigned more than once, the compiler's records may be those of an
	// assignment before the last, or of the next.
	Listed bool
	// Shared is set for a variable whose place on the stack may belong to another one by
	// now. If Sharers are given, that happens only if one of them is assigned more than
	// once.
	Shared  bool
	Sharers []caveat.Sharer
	Fault   bool   // recovered from a signal's registers
	Guessed bool   // see target.Process.Guesses
	Frame   uint64 // the address of its frame on the stack; 0 for a package's variable
	Reason  error  // why it has no value, nil if it has one
}

// Unset says whether a variable may not be set yet, and why.
type Unset uint8

// Set: it is set. OnLine: it is declared on the current line. InStatement: code of the
// line that declares it is still to run, in a loop or because the statement continues.
// Returned: deferred calls run, and the function may have returned before it was set.
const (
	Set Unset = iota
	OnLine
	InStatement
	Returned
)

// errOptimized is the reason for most variables without a value.
var errOptimized error = caveat.Reason{Kind: caveat.OptimizedOut}

// withoutTwins leaves out a variable that is optimized out if there is another of its name
// from the same line: the compiler makes one for each iteration of a loop, and another of
// each result that a deferred call uses.
func withoutTwins(vars []Variable) []Variable {
	for i := 0; i < len(vars); i++ {
		v := &vars[i]
		if v.Reason != errOptimized || v.Line == 0 {
			continue
		}
		twin := slices.IndexFunc(vars, func(w Variable) bool {
			return w.Name == v.Name && w.Line == v.Line && w.Shadowed != v.Shadowed
		})
		if twin >= 0 {
			vars[twin].Shadowed = false
			vars = slices.Delete(vars, i, i+1)
			i--
		}
	}
	return vars
}

// unset says whether a variable may not be set yet. It has a place of its own from the
// beginning of the function, set or not.
func unset(f *target.Frame, s *scope, v *scopeVar) Unset {
	switch {
	case v.Kind == debuginfo.Result:
		if f.Stopped && v.DeclLine == f.Line && !v.Listed() {
			return OnLine
		}
		return Set
	case v.Kind != debuginfo.Local:
		return Set
	case v.DeclLine == f.Line:
		return OnLine
	case v.Listed() && !v.Escaped:
		return Set // its value, if any, was assigned to it
	case f.Returned:
		return Returned
	case f.Call.Renumbered():
		return InStatement
	}
	if s.ahead == nil {
		s.ahead = f.Call.LinesAhead()
	}
	if s.ahead[v.DeclLine] || v.DeclLine+1 < f.Line && s.ahead[v.DeclLine+1] { // a, \n b := f()
		return InStatement
	}
	return Set
}

// Globals returns the package-level variables of a package.
func Globals(p *target.Process, pkg string) []Variable {
	if p.Info == nil {
		return nil
	}
	var vars []Variable
	for _, g := range p.Info.Globals(pkg) {
		v := Variable{Name: g.Name, Line: g.DeclLine}
		var err error
		if v.Type, err = p.DebugType(g.Type); err == nil {
			v.Addr, err = p.GlobalAddr(&g)
		}
		v.Reason = err
		vars = append(vars, v)
	}
	return vars
}
