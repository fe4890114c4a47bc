package debuginfo

import (
	"debug/dwarf"
	"slices"
)

// A variable that moved to the heap is described by a pointer to it, a local named &x.
// The compiler makes this pointer late, which has two consequences that are corrected
// here. A parameter or result that moved has two descriptions: of the parameter, which
// nothing uses after the function's entry, and of the pointer. And when the function was
// inlined, the pointer is described among the variables of the function that it was
// inlined into.

// A stray is a pointer to a variable of an inlined call that is described among the
// variables of the function around it.
type stray struct {
	entry *dwarf.Entry
	home  *scope // the inlined call; nil if it isn't known which one
	param bool   // the variable is a parameter
}

// findStrays looks for strays in the function: variables that an inlined function
// declares with the same name on the same line, and variables that are declared before
// the function itself.
func (fn *Func) findStrays() []stray {
	f := fn.unit.file
	var calls []*scope
	collectInlined(fn.root, &calls)
	if len(calls) == 0 {
		return nil
	}
	line, _ := f.value(fn.root.entry, dwarf.AttrDeclLine).(int64)
	var strays []stray
	var look func(*scope)
	look = func(s *scope) {
		for _, e := range s.vars {
			v := fn.unit.variable(e, 0)
			if !v.Escaped || v.Kind != Local {
				continue
			}
			found, homes := f.homeOf(e, v, calls)
			if homes > 0 || v.DeclLine < int(line) {
				strays = append(strays, found)
			}
		}
		for _, k := range s.kids {
			if !k.inlined() {
				look(k)
			}
		}
	}
	look(fn.root)
	return strays
}

// homeOf looks for the inlined call that declares a variable, and returns how many may.
func (f *File) homeOf(e *dwarf.Entry, v Variable, calls []*scope) (found stray, homes int) {
	found.entry = e
	for _, call := range calls {
		if ok, param := f.declares(call, v); ok {
			found.home, found.param = call, param
			homes++
		}
	}
	if homes != 1 {
		found.home = nil
	}
	return found, homes
}

// collectInlined adds all inlined calls in s.
func collectInlined(s *scope, calls *[]*scope) {
	for _, k := range s.kids {
		if k.inlined() {
			*calls = append(*calls, k)
		}
		collectInlined(k, calls)
	}
}

// An origin is a function as it was before it was inlined.
type origin struct {
	line int
	vars []Variable
}

// declares reports whether the function inlined at call has variable v, and whether v is
// a parameter there.
func (f *File) declares(call *scope, v Variable) (found, param bool) {
	o := f.origin(call)
	for _, own := range o.vars {
		if own.Name != v.Name {
			continue
		}
		// Parameters have no line of their own in an inlined function.
		if own.Kind != Local && (own.DeclLine == v.DeclLine || own.DeclLine == 0 && o.line == v.DeclLine) {
			return true, true
		}
		if own.Kind == Local && own.DeclLine == v.DeclLine {
			return true, false
		}
	}
	return false, false
}

// origin returns the function inlined at call; it is empty if it cannot be read.
func (f *File) origin(call *scope) *origin {
	off, ok := call.entry.Val(dwarf.AttrAbstractOrigin).(dwarf.Offset)
	if !ok {
		return &origin{}
	}
	if o := f.origins[off]; o != nil {
		return o
	}
	o := &origin{}
	f.origins[off] = o
	u := f.unitOf(off)
	e, err := f.entry(off)
	if err != nil || u == nil {
		return o
	}
	line, _ := e.Val(dwarf.AttrDeclLine).(int64)
	o.line = int(line)
	f.children(e, func(kid *dwarf.Entry) {
		if kid.Tag == dwarf.TagVariable || kid.Tag == dwarf.TagFormalParameter {
			o.vars = append(o.vars, u.variable(kid, 0))
		}
	})
	return o
}

// isStray reports whether an entry belongs to an inlined call in the function.
func (fn *Func) isStray(e *dwarf.Entry) bool {
	return slices.ContainsFunc(fn.strays, func(s stray) bool { return s.entry == e })
}

// straysOf returns the variables that belong to the inlined call c and are described
// outside of it.
func (c *Call) straysOf() []Variable {
	var vars []Variable
	for _, s := range c.fn.strays {
		if s.home != c.scope {
			continue
		}
		v := c.fn.unit.variable(s.entry, c.pc)
		if s.param {
			v.Kind = Param
		}
		vars = append(vars, v)
	}
	return vars
}

// mergeEscaped takes the pointers to parameters and results that moved to the heap out of
// vars, and gives their places to these parameters and results. It returns the rest.
func (c *Call) mergeEscaped(signature, vars []Variable) []Variable {
	return slices.DeleteFunc(vars, func(v Variable) bool {
		if !v.Escaped || v.Depth > 0 || c.Inlined && v.Kind == Local {
			return false
		}
		i := slices.IndexFunc(signature, func(p Variable) bool { return p.Name == v.Name })
		if i < 0 {
			return false
		}
		v.Kind = signature[i].Kind
		v.Type = signature[i].Type // unlike the pointer's type, it may be a type parameter
		signature[i] = v
		return true
	})
}
