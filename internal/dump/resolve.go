package dump

import (
	"fmt"
	"path"
	"reflect"
	"slices"
	"strings"

	"coredumpy/internal/caveat"
	"coredumpy/internal/corefile"
	"coredumpy/internal/symbol"
	"coredumpy/internal/syntax"
)

// settleNames lets the source decide which of several variables with the same name is meant in
// a frame of optimised code, or of an inlined call: there debug information has no blocks, and
// nothing at all about some variables.
func (f *Frame) settleNames() {
	if !f.Optimized && !f.Inlined || len(f.vars) == 0 {
		return
	}
	s := f.core.syntax(f.File)
	if f.Inlined {
		f.vars = slices.DeleteFunc(f.vars, func(v Variable) bool {
			return v.Line != 0 && s.InScope(v.Name, v.Line, f.Line) == syntax.No
		})
	}
	for i := range f.vars {
		v := &f.vars[i]
		if v.Role == Given {
			continue
		}
		if d, ok := s.Resolve(v.Name, f.Line); ok && d != nil {
			v.Shadowed = f.declared(v.Name, d) != v
		} else if f.Inlined && f.declaredTwice(v) {
			v.Doubts = v.Doubts.And(caveat.OtherOfName)
		}
	}
}

// declaredTwice reports whether the frame has another variable of that name, declared on
// another line.
func (f *Frame) declaredTwice(v *Variable) bool {
	return slices.ContainsFunc(f.vars, func(o Variable) bool { return o.Name == v.Name && o.Line != v.Line })
}

// Variable returns the variable that a name means in the frame, nil if there is none.
func (f *Frame) Variable(name string) (found *Variable) {
	vars := f.Vars()
	for i := range vars {
		if v := &vars[i]; v.Name == name && (found == nil || found.Shadowed) {
			found = v
		}
	}
	if found == nil || found.Shadowed {
		return nil
	}
	return found
}

// Declares reports whether the frame has a variable of a name, whatever the source says about
// it.
func (f *Frame) Declares(name string) bool {
	return slices.ContainsFunc(f.Frame.Vars, func(v corefile.Variable) bool { return v.Name == name })
}

// Function returns where a function is declared in the sources of the dump. If several have
// the name, it is the one in the directory of near; "" if there is none.
func (c *Core) Function(name, near string) (file string, line int) {
	for _, candidate := range c.file.Sources() {
		at := c.syntax(candidate).Function(name)
		if at != 0 && (file == "" || path.Dir(candidate) == path.Dir(near)) {
			file, line = candidate, at
		}
	}
	return file, line
}

// declared returns the frame's variable of a declaration in the source, nil if the dump has
// nothing about it. A captured variable may have the line of the closure, and is an argument
// if the closure is called where it is written; an argument of an inlined call has no
// line.
func (f *Frame) declared(name string, d *syntax.Declaration) (found *Variable) {
	for i := range f.vars {
		switch v := &f.vars[i]; {
		case v.Name != name || v.Role == Given:
		case d.At(v.Line):
			return v
		case (v.Role == Captured || v.Role == Argument && symbol.IsLiteral(f.Func)) && v.Line > d.Line,
			v.Line == 0 && d.What == "variable":
			found = v
		}
	}
	return found
}

// Mentioned returns the variable that a mention in the frame's function stands for, nil if the
// dump doesn't have it, or if it isn't certainly in scope on the frame's line.
func (f *Frame) Mentioned(m syntax.Mention) (found *Variable) {
	if m.Declared == nil {
		return nil
	}
	vars, s := f.Vars(), f.core.syntax(f.File)
	for i := range vars {
		if v := &vars[i]; v.Name == m.Name && v.Role != Given && v.Line != 0 && m.Declared.At(v.Line) {
			if found != nil {
				return nil
			}
			found = v
		}
	}
	means := s.Means(m.Name, m.Declared, f.Line)
	if found == nil { // a captured variable may have another line, an inlined call's argument none
		if v := f.Variable(m.Name); means && v != nil && f.declared(m.Name, m.Declared) == v {
			return v
		}
		return nil
	}
	switch s.InScope(m.Name, found.Line, f.Line) {
	case syntax.Yes:
		return found
	case syntax.Maybe:
		// Without optimisation, debug information has the blocks, and says that it is in scope.
		if means || !f.Optimized && !f.Inlined && s.DeclaredOnce(m.Name, f.Line) {
			return found
		}
	}
	return nil
}

// Absent says why a name that the frame's function declares isn't in the dump, "" if the
// function declares none. unsure is set if only the source could say, and isn't in the dump.
func (f *Frame) Absent(name string) (why string, unsure bool) {
	f.Vars()
	s := f.core.syntax(f.File)
	d, ok := s.Resolve(name, f.Line)
	if !ok || d == nil || f.declared(name, d) != nil {
		return "", s == nil && (f.Optimized || f.Inlined)
	}
	return fmt.Sprintf("%s is a %s declared on line %d, of which the dump has nothing", name, d.What, d.Line), false
}

// settleDoubts drops the doubts about variables that exist only because debug information says
// too little, if the source says more: it may refute the first doubt about a variable. A
// variable that certainly isn't set yet isn't in scope: it doesn't hide another.
func (f *Frame) settleDoubts() {
	c := f.core
	for i := range f.vars {
		v := &f.vars[i]
		switch v.Doubts.First() {
		case caveat.OnLine, caveat.InStatement, caveat.AfterReturn, caveat.OutOfDate, caveat.SharedPlace:
		default:
			continue
		}
		s := c.syntax(f.File)
		if s == nil {
			return
		}
		d, ok := s.Lookup(v.Name, v.Line, f.Line)
		if !ok || v.Line > f.Line { // lines of another file, by a directive
			continue
		}
		switch unset := d.Unset(f.Line); {
		case v.Doubts.First() == caveat.AfterReturn:
			if !d.Skipped() {
				v.Doubts = v.Doubts[1:]
			}
		case unset == syntax.Yes: // another value is in its place
			v.Doubts, v.Value = nil, Value{core: c, typ: v.Value.Type(), why: caveat.Reason{Kind: caveat.NotSetYet}}
			reveal(f.vars, i)
		case unset == syntax.No && f.refutes(v, &d):
			v.Doubts = v.Doubts[1:]
		}
	}
}

// refutes reports whether the source refutes the first doubt about a variable that is set: one
// that is assigned only once can't be out of date, and its place can't be another variable's
// if all that share it are assigned only once.
func (f *Frame) refutes(v *Variable, d *syntax.Variable) bool {
	first := v.Doubts[0]
	// What is passed to an inlined call has a place as a variable of the caller, or as what it
	// was before a conversion. A place like that is used again.
	placed := !f.Inlined || !d.FromParameter() || !convertible(v.Value.Type())
	switch first.Kind {
	case caveat.OutOfDate:
		return placed && v.assignedOnce(d)
	case caveat.SharedPlace:
		if len(first.Sharers) == 0 || !v.assignedOnce(d) {
			return false
		}
		for _, s := range first.Sharers {
			o, ok := f.sharer(s)
			if !ok || !v.assignedOnce(&o) || s.Func == "" && !f.has(s.Name, s.Line, v.Value.Type()) {
				return false
			}
			placed = placed || s.Line > 0 && !o.FromParameter()
		}
		return placed
	}
	return true
}

// convertible reports whether a value may become one of type t by a conversion that leaves
// it in its place. Texts, slices and interfaces are in words, whose types a conversion
// doesn't change; pointers hardly ever have a type with a name.
func convertible(t *Type) bool {
	switch t.Kind() {
	case reflect.String, reflect.Slice, reflect.Interface:
		return false
	case reflect.Pointer:
		return !strings.HasPrefix(t.String(), "*")
	}
	return true
}

// sharer looks up the declaration of a variable that shares a place with one of the frame. It
// may be a variable of another function, which is inlined in this one or the other way round.
func (f *Frame) sharer(s caveat.Sharer) (syntax.Variable, bool) {
	file, line := f.File, f.Line
	if s.Func != "" && s.Func != f.Func {
		at := f.core.declares(s.Func)
		if file, line = at.file, at.line; s.Line > 0 {
			line = s.Line
		}
	}
	return f.core.syntax(file).Lookup(s.Name, s.Line, line)
}

// changesWhole reports whether an assignment to a part of a variable, as in v.x = y or
// v[i] = y, leaves the variable itself as it is.
func changesWhole(v *Variable) bool {
	k := v.Value.Kind()
	return k != reflect.Struct && k != reflect.Array
}

// assignedOnce reports whether a variable of v's type is assigned once.
func (v *Variable) assignedOnce(d *syntax.Variable) bool {
	return !d.Reassigned(changesWhole(v)) && !d.Converted(v.Value.Type().String())
}

// has reports whether the frame has a variable with that name, line and type. If variables of
// two types share one value, neither need be in its place.
func (f *Frame) has(name string, line int, typ *Type) bool {
	return slices.ContainsFunc(f.vars, func(o Variable) bool {
		return o.Name == name && o.Line == line && o.Value.Type().String() == typ.String()
	})
}

// reveal makes the variable visible that vars[i] hides.
func reveal(vars []Variable, i int) {
	if vars[i].Shadowed {
		return
	}
	hidden := -1
	for j := range vars {
		if vars[j].Shadowed && vars[j].Name == vars[i].Name && (hidden < 0 || vars[j].Line >= vars[hidden].Line) {
			hidden = j
		}
	}
	if hidden >= 0 {
		vars[hidden].Shadowed, vars[i].Shadowed = false, true
	}
}

// syntax returns the parsed source file, nil if the dump doesn't hold it.
func (c *Core) syntax(path string) *syntax.File {
	s, ok := c.parsed[path]
	if !ok {
		// Source that was edited later isn't what the program runs.
		if text, ok := c.Source(path); ok && strings.HasSuffix(path, ".go") && !c.file.SourceNewer(path) {
			s = syntax.Parse(text)
		}
		c.parsed[path] = s
	}
	return s
}

// Unparsed says why a source file in the dump couldn't be used, "" if it could.
func (c *Core) Unparsed(path string) string {
	if c.syntax(path) != nil {
		return ""
	}
	if text, ok := c.Source(path); ok && strings.HasSuffix(path, ".go") && !c.file.SourceNewer(path) {
		return syntax.Problem(text)
	}
	return ""
}
