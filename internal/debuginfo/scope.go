package debuginfo

import "debug/dwarf"

// A scope is something that has variables and covers addresses: a function, a lexical
// block or an inlined call.
type scope struct {
	entry  *dwarf.Entry
	ranges [][2]uint64
	vars   []*dwarf.Entry
	kids   []*scope
}

// covers reports whether the scope includes pc. The compiler doesn't always extend a
// scope's ranges to those of the scopes inside it, so these count, too.
func (s *scope) covers(pc uint64) bool {
	for _, r := range s.ranges {
		if r[0] <= pc && pc < r[1] {
			return true
		}
	}
	for _, k := range s.kids {
		if k.covers(pc) {
			return true
		}
	}
	return false
}

func (s *scope) inlined() bool { return s.entry.Tag == dwarf.TagInlinedSubroutine }

// inlinedAt returns the inlined call directly inside s that covers pc, or nil.
func (s *scope) inlinedAt(pc uint64) *scope {
	for _, k := range s.kids {
		if !k.covers(pc) {
			continue
		}
		if k.inlined() {
			return k
		}
		if in := k.inlinedAt(pc); in != nil {
			return in
		}
	}
	return nil
}

// maxScopeDepth bounds how deep scopes may nest in a file.
const maxScopeDepth = 1000

// scopes returns the function's scopes. Those that can't be read are left out.
func (fn *Func) scopes() *scope {
	if fn.root == nil {
		fn.root = &scope{entry: &dwarf.Entry{}, ranges: [][2]uint64{{fn.Entry, fn.End}}}
		fn.readScopes()
		fn.takeOutParts()
		fn.strays = fn.findStrays()
	}
	return fn.root
}

func (fn *Func) readScopes() {
	defer recoverTo(nil)
	f := fn.unit.file
	r := f.dwarf.Reader()
	r.Seek(fn.off)
	e, err := r.Next()
	if err != nil || e == nil {
		return
	}
	fn.root.entry = e
	if !e.Children {
		return
	}
	// open holds the scopes around the entry being read; nil for an entry whose children
	// don't matter.
	open := []*scope{fn.root}
	for len(open) > 0 {
		e, err := r.Next()
		if err != nil || e == nil || len(open) > maxScopeDepth {
			return
		}
		if e.Tag == 0 {
			open = open[:len(open)-1]
			continue
		}
		in := open[len(open)-1]
		var s *scope
		switch e.Tag {
		case dwarf.TagFormalParameter, dwarf.TagVariable:
			if in != nil {
				in.vars = append(in.vars, e)
			}
		case dwarf.TagLexDwarfBlock, dwarf.TagInlinedSubroutine:
			if in != nil {
				s = &scope{entry: e, ranges: f.ranges(e)}
				in.kids = append(in.kids, s)
			}
		}
		if e.Children {
			open = append(open, s)
		}
	}
}
