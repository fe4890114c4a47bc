package capture

import (
	"strings"

	"coredumpy/internal/caveat"
	"coredumpy/internal/corefile"
	"coredumpy/internal/debuginfo"
	"coredumpy/internal/gotypes"
	"coredumpy/internal/notation"
	"coredumpy/internal/target"
	"coredumpy/internal/unsafely"
	"coredumpy/internal/variables"
	"coredumpy/internal/walk"
)

// objects walks what the variables refer to, and then the variables of less interest.
func (c *capturer) objects() {
	c.walker.Run()
	c.staleVariables()
	c.otherVariables()
	c.hideMarked()
}

// hideMarked captures the variables again whose memory holds numbers of a key, as the walk has
// found out since: the name of a slice of an array says so, and not that of the array.
func (c *capturer) hideMarked() {
	stale := map[*corefile.Variable]bool{}
	for _, s := range c.stale {
		stale[s.rec] = true
		if c.walker.Marked(s.v.Addr, uint64(max(s.v.Type.Size, 0))) {
			c.suspicion(s)
		}
	}
	again := func(v *corefile.Variable, shown bool) {
		if v.Addr != 0 && v.Missing == caveat.None && !stale[v] {
			name := v.Name[strings.LastIndexByte(v.Name, '.')+1:]
			v.Value = c.walker.Again(v.Value, name, v.Type, v.Addr, shown)
		}
	}
	for _, g := range c.goroutines {
		for i := range g.Frames {
			f := &g.Frames[i]
			for k := range f.Vars {
				again(&f.Vars[k], c.shows(f.Package, f.Func+"."+f.Vars[k].Name))
			}
		}
	}
	for _, v := range c.globals {
		again(v, c.shows(v.Name[:max(0, strings.LastIndexByte(v.Name, '.'))], v.Name))
	}
	c.walker.Run()
}

// staleVariables walks the variables that the program won't use again. What live ones
// also refer to is known by then.
func (c *capturer) staleVariables() {
	if len(c.stale) == 0 {
		return
	}
	suspicions := make([]walk.Suspicion, len(c.stale))
	for i, s := range c.stale {
		c.p.Working()
		suspicions[i] = c.suspicion(s)
	}
	c.walker.Run()
	collected := c.p.Collections() != c.cycles // since the heap was read
	for i, s := range c.stale {
		if is := suspicions[i]; is == walk.Strong || is == walk.Slight && (s.v.Collectable || collected) {
			c.doubtReused(s)
		}
	}
}

// suspicion walks a variable that the program won't use again, and returns how much speaks for
// its memory having been reused.
func (c *capturer) suspicion(s staleVariable) (is walk.Suspicion) {
	s.rec.Value, s.rec.Missing, is = c.walker.Stale(s.v.Name, s.v.Type, s.v.Addr, s.v.Frame, s.shown)
	settleSplit(s.v, s.rec)
	switch {
	case s.rec.Missing != caveat.None:
		return walk.Unsuspected
	case s.v.Guessed:
		return max(is, walk.Slight)
	}
	return is
}

// doubtReused notes that memory of a variable, or what it points to, may be reused.
func (c *capturer) doubtReused(s staleVariable) {
	reused := caveat.TargetReused
	if c.p.InHeap(s.v.Addr) {
		reused = caveat.MemoryReused
	}
	if s.v.Unset != variables.Set { // the value may refute that
		s.rec.Doubts = s.rec.Doubts.And(reused)
	} else {
		s.rec.Doubts = caveat.Only(reused)
	}
}

// roles maps debug information's kinds of variables to roles.
var roles = map[debuginfo.VarKind]string{
	debuginfo.Param: corefile.RoleArgument, debuginfo.Result: corefile.RoleResult,
	debuginfo.Local: corefile.RoleLocal, debuginfo.Captured: corefile.RoleCaptured,
}

// variable captures a variable. shown says that its text may be shown.
func (c *capturer) variable(v *variables.Variable, shown bool) corefile.Variable {
	rec := corefile.Variable{
		Name: v.Name, Role: roles[v.Role], Line: v.Line, Shadowed: v.Shadowed, Type: c.walker.TypeID(v.Type),
	}
	if v.Reason != nil {
		why := caveat.Of(v.Reason)
		rec.Value, rec.Missing = c.reason(why), why.Kind
		return rec
	}
	rec.Doubts = doubtsOf(v)
	if !target.Synthetic(v.Addr) {
		rec.Addr = v.Addr
	}
	if !v.Stale {
		name := v.Name[strings.LastIndexByte(v.Name, '.')+1:] // a package's path adds nothing
		rec.Value, rec.Missing = c.walker.Value(name, v.Type, v.Addr, shown)
		settleSplit(v, &rec)
	}
	return rec
}

// unsetKinds are the doubts about variables that may not be set yet.
var unsetKinds = map[variables.Unset]caveat.DoubtKind{
	variables.OnLine: caveat.OnLine, variables.InStatement: caveat.InStatement, variables.Returned: caveat.AfterReturn,
}

// doubtsOf returns the doubts about a variable, before its value is known.
func doubtsOf(v *variables.Variable) caveat.Doubts {
	switch {
	case v.Fault:
		return caveat.Only(caveat.AtSignal)
	case v.Unset != variables.Set:
		return caveat.Only(unsetKinds[v.Unset])
	case v.Shared && len(v.Sharers) > 0:
		return caveat.Doubts{{Kind: caveat.SharedPlace, Sharers: v.Sharers}}
	case v.Shared:
		return caveat.Only(caveat.SharedPlace)
	case v.Listed:
		return caveat.Only(caveat.OutOfDate)
	}
	return nil
}

// settleSplit adjusts the doubts about a variable that is in pieces to its value.
func settleSplit(v *variables.Variable, rec *corefile.Variable) {
	first := rec.Doubts.First()
	switch {
	case rec.Missing != caveat.None && (first == caveat.OutOfDate || first == caveat.SharedPlace):
		rec.Doubts = nil // nothing is out of date
	case v.Split && (len(rec.Doubts) == 0 || first == caveat.OutOfDate):
		rec.Doubts = caveat.Only(caveat.PartsOutOfDate)
	}
}

// reason encodes a missing value, and why it is missing. Many values share few reasons.
func (c *capturer) reason(why caveat.Reason) []byte {
	value := c.reasons[why]
	if value == nil {
		value = notation.Reason(why)
		c.reasons[why] = value
	}
	return value
}

// maxAside is how many frames may be between the capture and the program's own top frame.
const maxAside = 64

// panicValues captures the panic's value, and those of the panics during which it
// happened.
func (c *capturer) panicValues(rec *corefile.Goroutine, frames []target.Frame) {
	switch {
	case c.req.panicAddr() != 0:
		v := c.handed("", c.req.panicAddr(), false)
		rec.Panic = &v
	case c.event != nil && c.event.Panic:
		v := c.handed("", c.p.Interface(c.event.Value), false)
		rec.Panic = &v
	}
	for i := range frames {
		if frames[i].Func != "runtime.gopanic" {
			continue
		}
		for _, v := range c.finder.Of(&frames[i]) {
			if v.Name == "e" && v.Reason == nil {
				e := c.variable(&v, false)
				e.Name, e.Role, e.Doubts = "", "", nil
				rec.Earlier = append(rec.Earlier, &e)
				if v.Stale {
					c.stale = append(c.stale, staleVariable{&v, &e, false})
				}
			}
		}
	}
}

// handed captures a value that the program or the runtime passed, an empty interface at
// addr.
func (c *capturer) handed(name string, addr uint64, shown bool) corefile.Variable {
	rec := corefile.Variable{Name: name, Type: c.walker.TypeID(gotypes.TypeAny)}
	rec.Value, rec.Missing = c.walker.Value(name, gotypes.TypeAny, addr, shown)
	return rec
}

// given adds the variables that the program passed with Var to the top frame.
func (c *capturer) given(f *corefile.Frame) {
	for _, g := range c.req.Given {
		addr := g.Addr
		if g.Value != nil {
			addr = unsafely.AddrOf(g.Value)
		}
		v := c.handed(g.Name, addr, c.shows(f.Package, f.Func+"."+g.Name))
		v.Role = corefile.RoleGiven
		f.Vars = append(f.Vars, v)
	}
}
