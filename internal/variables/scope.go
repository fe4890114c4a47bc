package variables

import (
	"debug/dwarf"

	"coredumpy/internal/debuginfo"
	"coredumpy/internal/target"
)

// frameAt is a call at the pc it returns to.
type frameAt struct {
	call *debuginfo.Call
	pc   uint64
}

// scope is the part of a frame that all goroutines at the same place share.
type scope struct {
	vars          []scopeVar
	dict, closure *scopeVar    // the compiler's own; nil if there are none
	ahead         map[int]bool // see debuginfo.Call.LinesAhead; nil if not computed yet
}

// scopeVar is a variable in scope.
type scopeVar struct {
	*debuginfo.Variable
	shadowed bool

	// Its location expressions at the call, and just after the call has returned.
	expr, after       []byte
	exprErr, afterErr error
	asked             bool // for after

	declared      dwarf.Offset // see debuginfo.Call.Declared
	askedDeclared bool

	// These are the words into which optimised code splits it, if it does, and their
	// offsets.
	words      []debuginfo.Word
	kept       []bool // see locator.kept
	offsets    []int64
	apart      bool
	askedWords bool

	sharing *sharing // see locator.share; nil if not computed yet

	registered      bool // see debuginfo.Variable.InRegister
	askedRegistered bool
}

// inRegister is [debuginfo.Variable.InRegister], looked up once.
func (v *scopeVar) inRegister() bool {
	if !v.askedRegistered {
		v.registered, v.askedRegistered = v.InRegister(), true
	}
	return v.registered
}

// scope returns the variables in scope in a frame, computed once.
func (f *Finder) scope(frame *target.Frame) *scope {
	key := frameAt{frame.Call, frame.PC}
	if s := f.scopes[key]; s != nil {
		return s
	}
	s := &scope{}
	f.scopes[key] = s
	last := map[string]int{} // from a name to the index of the innermost
	found := frame.Call.Variables()
	for i := range found {
		v := scopeVar{Variable: &found[i]}
		v.expr, v.exprErr = v.Location()
		switch {
		case v.Name == ".dict":
			s.dict = &v
		case v.Name == ".closureptr":
			s.closure = &v
		case v.Name == "" || v.Name == "_" || v.Name[0] == '.' || v.Name[0] == '#':
			// blank, or made by the compiler
		default:
			if j, ok := last[v.Name]; !ok {
				last[v.Name] = len(s.vars)
			} else if v.Depth >= s.vars[j].Depth {
				s.vars[j].shadowed = true
				last[v.Name] = len(s.vars)
			} else {
				v.shadowed = true
			}
			s.vars = append(s.vars, v)
		}
	}
	return s
}

// locationAfter returns a variable's location expression as soon as f's current call has
// returned.
func locationAfter(p *target.Process, f *target.Frame, v *scopeVar) ([]byte, error) {
	if !v.asked {
		v.asked = true
		v.after, v.afterErr = v.LocationAt(p.SkipNoOps(f.PC) - p.Slide)
	}
	return v.after, v.afterErr
}
