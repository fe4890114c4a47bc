package debuginfo

import (
	"debug/dwarf"
	"regexp"
)

// literal is what the compiler appends to the name of a function for the function
// literals and the loop bodies inside it.
var literal = regexp.MustCompile(`(\.func\d+|\.gowrap\d+|\.\d+|-range\d+)+$`)

// Declared returns the type that the function around a closure gives a captured variable;
// 0 if it can't be told. If the type depends on type parameters, the closure's own entry
// only has its shape.
func (c *Call) Declared(v *Variable) dwarf.Offset {
	at := literal.FindStringIndex(c.Name)
	if at == nil {
		return 0
	}
	fn, ok := v.unit.file.FuncByName(c.Name[:at[0]])
	if !ok {
		return 0
	}
	found := map[dwarf.Offset]bool{}
	fn.declared(fn.scopes(), v, found)
	if len(found) == 1 {
		for t := range found {
			return t
		}
	}
	return 0
}

// declared adds to found the types of the variables that v may be. A variable that is
// captured by reference has the line of the closure.
func (fn *Func) declared(s *scope, v *Variable, found map[dwarf.Offset]bool) {
	for _, e := range s.vars {
		o := fn.unit.variable(e, 0)
		if o.Name != v.Name || o.DeclLine != v.DeclLine && !v.Escaped {
			continue
		}
		if t, err := fn.unit.file.Type(o.Type); err == nil && (t.DictIndex >= 0 || !o.Escaped) {
			found[o.Type] = true
		}
	}
	for _, k := range s.kids {
		if !k.inlined() {
			fn.declared(k, v, found)
		}
	}
}
