package debuginfo

import (
	"cmp"
	"debug/dwarf"
	"slices"
	"strings"

	"coredumpy/internal/symbol"
)

// Attributes that Go defines (cmd/internal/dwarf).
const (
	attrGoKind          = dwarf.Attr(0x2900)
	attrGoKey           = dwarf.Attr(0x2901)
	attrGoElem          = dwarf.Attr(0x2902)
	attrGoEmbeddedField = dwarf.Attr(0x2903)
	attrGoRuntimeType   = dwarf.Attr(0x2904)
	attrGoDictIndex     = dwarf.Attr(0x2906)
	attrGoClosureOffset = dwarf.Attr(0x2907)
)

// A VarKind says how a variable was declared.
type VarKind uint8

const (
	Local    VarKind = iota // inside the function
	Param                   // parameter or receiver
	Result                  // result; an unnamed one is named ~r0, ~r1, ...
	Captured                // of an enclosing function, used by a closure
	Global                  // of a package
)

// A Variable is a variable as the compiler describes it, in no process yet: package variables
// finds it in one. Names starting with a dot or #
// are the compiler's own: .dict is the dictionary of a generic function, .closureptr the
// closure of the body of a range-over-func loop.
type Variable struct {
	Name     string // without the & of a variable moved to the heap; of a global, qualified: main.x
	Kind     VarKind
	Escaped  bool // the location holds a pointer to the variable
	DeclLine int  // 0 when unknown, as for parameters of functions that are inlined somewhere
	// of the lexical block, 0 for the function's own: the deepest of a name shadows the others
	Depth         int
	Type          dwarf.Offset // of the variable itself, also when Escaped; 0 when unknown
	ClosureOffset int64        // of a captured variable in the closure's memory; else -1

	unit  *unit
	entry *dwarf.Entry
	pc    uint64
	start uint64 // where the function begins, for its own parameters; else 0
}

// Variables returns the call's variables whose scope covers the pc that was given to
// Calls: parameters and results in the order of the signature, captured variables, then
// locals in the order of their declarations. Locals declared after the call's line are
// left out; those declared on it may not have been assigned yet.
func (c *Call) Variables() []Variable {
	var signature, captured, locals []Variable
	add := func(v Variable) {
		switch v.Kind {
		case Param, Result:
			signature = append(signature, v)
		case Captured:
			captured = append(captured, v)
		default:
			if c.Line == 0 || v.DeclLine <= c.Line || c.Renumbered() {
				locals = append(locals, v)
			}
		}
	}
	c.walk(c.scope, 0, add)
	for _, v := range c.mergeEscaped(signature, c.straysOf()) {
		add(v)
	}
	locals = c.mergeEscaped(signature, locals)
	slices.SortStableFunc(captured, byClosureOffset)
	slices.SortStableFunc(locals, func(a, b Variable) int { return cmp.Compare(a.DeclLine, b.DeclLine) })
	return slices.Concat(signature, captured, locals)
}

// Renumbered reports whether a //line directive says that the call's code belongs to
// another file than the function. Then lines don't show what comes before what.
func (c *Call) Renumbered() bool {
	if c.Inlined {
		return false
	}
	file, _ := c.fn.unit.lineAt(c.fn.Entry, c.fn.End)
	return file != c.File
}

// LinesAhead returns the lines of the call's file that have code after its pc, in the
// function that the call is in. The others have run, or won't.
func (c *Call) LinesAhead() map[int]bool {
	ahead := map[int]bool{}
	c.fn.unit.eachLine(c.pc, c.fn.End, func(file string, line int) {
		if file == c.File {
			ahead[line] = true
		}
	})
	return ahead
}

// Unique reports whether the function has only one variable of that name in all of its
// blocks.
func (c *Call) Unique(name string) bool {
	return c.scope.count(c.fn.unit, name) == 1
}

func (s *scope) count(u *unit, name string) (n int) {
	for _, e := range s.vars {
		if u.variable(e, 0).Name == name {
			n++
		}
	}
	for _, k := range s.kids {
		if !k.inlined() {
			n += k.count(u, name)
		}
	}
	return n
}

func byClosureOffset(a, b Variable) int { return cmp.Compare(a.ClosureOffset, b.ClosureOffset) }

// walk calls add for the variables of s and of the blocks in it that cover pc.
func (c *Call) walk(s *scope, depth int, add func(Variable)) {
	for _, e := range s.vars {
		if v := c.fn.unit.variable(e, c.pc); v.Name != "" && !c.fn.isStray(e) {
			v.Depth = depth
			if v.Kind == Param && !c.Inlined {
				v.start = c.fn.Entry
			}
			add(v)
		}
	}
	for _, k := range s.kids {
		if !k.inlined() && k.covers(c.pc) {
			c.walk(k, depth+1, add)
		}
	}
}

// variable reads the entry of a variable; its name is "" when that fails.
func (u *unit) variable(e *dwarf.Entry, pc uint64) Variable {
	f := u.file
	v := Variable{Kind: Local, ClosureOffset: -1, unit: u, entry: e, pc: pc}
	v.Name, _ = f.value(e, dwarf.AttrName).(string)
	v.Type, _ = f.value(e, dwarf.AttrType).(dwarf.Offset)
	line, _ := f.value(e, dwarf.AttrDeclLine).(int64)
	v.DeclLine = int(line)
	if e.Tag == dwarf.TagFormalParameter {
		v.Kind = Param
		if result, _ := f.value(e, dwarf.AttrVarParam).(bool); result {
			v.Kind = Result
		}
	}
	if off, ok := f.value(e, attrGoClosureOffset).(int64); ok {
		v.Kind, v.ClosureOffset = Captured, off
	}
	if len(v.Name) > 1 && v.Name[0] == '&' {
		v.Name, v.Escaped = v.Name[1:], true
		if t, err := f.Type(v.Type); err == nil {
			v.Type = t.Elem
		} else {
			v.Type = 0
		}
	}
	return v
}

// ClosureVars returns the captured variables of the closure whose code starts at entry,
// in the order of the closure's memory.
func (f *File) ClosureVars(entry uint64) []Variable {
	fn, ok := f.Func(entry)
	if !ok || fn.Entry != entry {
		return nil
	}
	var vars []Variable
	for _, e := range fn.scopes().vars {
		if v := fn.unit.variable(e, entry); v.Kind == Captured && v.Name != "" {
			vars = append(vars, v)
		}
	}
	slices.SortStableFunc(vars, byClosureOffset)
	return vars
}

// Globals returns the package-level variables of a package, given its import path; a
// program's is "main". Those that the linker found unused are missing.
func (f *File) Globals(pkg string) []Variable {
	var vars []Variable
	for _, u := range f.packageUnits(pkg) {
		for _, off := range u.complete().vars {
			if v, ok := u.global(off); ok {
				vars = append(vars, v)
			}
		}
	}
	return vars
}

// Global returns the package-level variable with a qualified name such as
// "runtime.allgs".
func (f *File) Global(name string) (Variable, bool) {
	if f.DWARFError() != nil {
		return Variable{}, false
	}
	for _, u := range f.units {
		if !u.isGo || !strings.HasPrefix(name, u.name+".") {
			continue
		}
		var v Variable
		if u.search(func(x *unitIndex) (ok bool) {
			v, ok = u.globalNamed(x.vars, name)
			return ok
		}) {
			return v, true
		}
	}
	return Variable{}, false
}

// globalNamed returns the variable of that name among entries.
func (u *unit) globalNamed(entries []dwarf.Offset, name string) (Variable, bool) {
	for _, off := range entries {
		s := u.scan(off, 1)
		if d, ok := s.next(); ok && sameName(s.name(d), name) {
			return u.global(off)
		}
	}
	return Variable{}, false
}

func (u *unit) global(off dwarf.Offset) (Variable, bool) {
	e, err := u.file.entry(off)
	if err != nil {
		return Variable{}, false
	}
	v := u.variable(e, 0)
	v.Kind, v.Name = Global, symbol.Unescaped(v.Name)
	return v, v.Name != ""
}
