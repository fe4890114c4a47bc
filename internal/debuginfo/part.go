package debuginfo

import (
	"debug/dwarf"
	"slices"
	"strings"
)

// Optimised code has places on the stack for words of variables (see Word), which the
// compiler names after both: s.len, pA. Since Go 1.27 it describes them as if they were
// variables of the function (cmd/compile/internal/dwarfgen, createDwarfVars); those of
// unnamed results, such as ~r0.len, it described before. They aren't variables of the
// program, hold old values most of the time, and are removed here.
//
// Most have names that no variable has. But a program may have a p with a field A and a
// variable pA. A place for a word meets all of these conditions. It has a location for
// good, as otherwise only variables have whose address is taken. It has the line and the
// type that the word must have. And the variable that it is a part of is at the same
// place at some time. If that is a variable of an inlined call, the debug information may
// hold nothing else of it: then the line isn't the function's, and the place isn't among
// the variables of that call.

// takeOutParts takes the places of words out of the function's variables.
func (fn *Func) takeOutParts() {
	if !fn.unit.optimized {
		return
	}
	places := map[*dwarf.Entry]Variable{} // that may belong to a word
	inlined := fn.inlinedScopes()
	fn.root.each(func(s *scope) {
		s.vars = slices.DeleteFunc(s.vars, func(e *dwarf.Entry) bool {
			v := fn.unit.variable(e, 0)
			switch at, _ := e.Val(dwarf.AttrLocation).([]byte); {
			case v.Kind != Local || v.Name == "" || v.Name[0] == '.':
			case v.Name[0] == '~', strings.ContainsAny(v.Name, ".["):
				fn.parts = append(fn.parts, part{v.Name, v.DeclLine})
				return true
			case len(at) > 0 && !v.Escaped:
				places[e] = v
			}
			return false
		})
	})
	if len(places) == 0 {
		return
	}
	owners := fn.partOwners()
	fn.root.each(func(s *scope) {
		s.vars = slices.DeleteFunc(s.vars, func(e *dwarf.Entry) bool {
			v, ok := places[e]
			if !ok || !fn.isPart(&v, owners) && (inlined[s] || !fn.isForeign(&v)) && !fn.isBlank(&v) {
				return false
			}
			fn.parts = append(fn.parts, part{v.Name, v.DeclLine})
			return true
		})
	})
}

// inlinedScopes returns the scopes of inlined calls, and those in them.
func (fn *Func) inlinedScopes() map[*scope]bool {
	found := map[*scope]bool{}
	fn.root.each(func(s *scope) {
		if s.inlined() {
			s.each(func(in *scope) { found[in] = true })
		}
	})
	return found
}

// part is a place for a word.
type part struct {
	name string
	line int // of the variable's declaration
}

// HasPlace reports whether a word of the variable has a place on the stack, so that
// optimised code keeps the word. For most words this isn't known before Go 1.27.
func (c *Call) HasPlace(v *Variable, word string) bool {
	name := v.Name + word
	if !slices.ContainsFunc(c.fn.parts, func(p part) bool { return p.name == name && p.line == v.DeclLine }) {
		return false
	}
	// The place may belong to another variable of this name: of the same call, inlined
	// twice.
	same := 0
	c.fn.scopes().each(func(s *scope) {
		for _, e := range s.vars {
			if o := c.fn.unit.variable(e, 0); o.Name == v.Name && o.DeclLine == v.DeclLine {
				same++
			}
		}
	})
	return same == 1
}

// partOwners returns the variables that may have places for their words, by line. A
// parameter of an inlined call has the line of the function, or none.
func (fn *Func) partOwners() map[int][]Variable {
	owners := map[int][]Variable{}
	fn.root.each(func(s *scope) {
		for _, e := range s.vars {
			v := fn.unit.variable(e, 0)
			if v.Name == "" || v.Escaped || !v.Listed() {
				continue
			}
			line := v.DeclLine
			if line == 0 && s.inlined() {
				line = fn.unit.file.origin(s).line
			}
			owners[line] = append(owners[line], v)
		}
	})
	return owners
}

// isPart reports whether v is the place of a word of one of the owners.
func (fn *Func) isPart(v *Variable, owners map[int][]Variable) bool {
	place, ok := v.slot()
	return slices.ContainsFunc(owners[v.DeclLine], func(owner Variable) bool {
		name, named := strings.CutPrefix(v.Name, owner.Name)
		if !named || name == "" {
			return false
		}
		if fn.unit.file.hasEmptyField(owner.Type, name) {
			return true // it has no place, but nothing is lost
		}
		words, _ := fn.unit.file.Words(owner.Type)
		return ok && owner.everAt(place) &&
			slices.ContainsFunc(words, func(w Word) bool { return w.Name == name && w.Type == v.Type })
	})
}

// hasEmptyField reports whether a struct has a field of that name whose size is 0.
func (f *File) hasEmptyField(typ dwarf.Offset, name string) bool {
	field, ok := f.StructField(typ, name)
	if !ok {
		return false
	}
	t, err := f.Type(field.Type)
	return err == nil && t.Size == 0
}

// isForeign reports whether v, which may be a word, is declared outside of the function.
func (fn *Func) isForeign(v *Variable) bool {
	u := fn.unit
	if words, ok := u.file.Words(v.Type); !ok || len(words) > 1 || v.DeclLine == 0 {
		return false
	}
	first, _ := u.file.value(fn.root.entry, dwarf.AttrDeclLine).(int64)
	file, last := u.lineAt(fn.Entry, fn.End)
	u.eachLine(fn.Entry, fn.End, func(in string, line int) {
		if in == file {
			last = max(last, line)
		}
	})
	return first > 0 && v.DeclLine < int(first) || v.DeclLine > last
}

// isBlank reports whether v is a blank field of size 0, such as weak.Pointer's, of a
// variable for which the debug information may have nothing else. If it is a variable of
// the program after all, nothing is lost: it has such a name and no value.
func (fn *Func) isBlank(v *Variable) bool {
	if !strings.HasSuffix(v.Name, "_") {
		return false
	}
	t, err := fn.unit.file.Type(v.Type)
	return err == nil && t.Size == 0
}

// slot returns the place on the stack that a variable has for good.
func (v *Variable) slot() (place int64, ok bool) {
	at, _ := v.entry.Val(dwarf.AttrLocation).([]byte)
	eachSlot(at, func(slot int64) { place, ok = slot, true })
	return place, ok
}

// everAt reports whether the variable, or a piece of it, is ever at a place on the stack.
func (v *Variable) everAt(place int64) (found bool) {
	v.eachLocation(func(expr []byte) {
		eachSlot(expr, func(slot int64) { found = found || slot == place })
	})
	return found
}
