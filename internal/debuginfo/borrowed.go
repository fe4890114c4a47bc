package debuginfo

import "debug/dwarf"

// declaration is a line on which a function, or an inlined call, declares variables.
type declaration struct {
	home *scope
	line int
}

// Borrowed reports whether a local variable may have got its value from an inlined function in
// another file, by whose text nobody will know whether it returns a value of another type than
// that of its result. Such a value has no place of its own.
func (c *Call) Borrowed(v *Variable) bool {
	return v.Kind == Local && c.fn.borrowedLines()[declaration{c.scope, v.DeclLine}]
}

// borrowedLines returns the lines on which functions of other files are inlined. They are found
// once.
func (fn *Func) borrowedLines() map[declaration]bool {
	if fn.borrowed == nil {
		fn.borrowed = map[declaration]bool{}
		fn.findBorrowed(fn.scopes(), nil)
	}
	return fn.borrowed
}

// findBorrowed looks for them in a scope, which is in the inlined calls of within.
func (fn *Func) findBorrowed(s *scope, within []inlinedCall) {
	home := fn.scopes()
	if len(within) > 0 {
		home = within[len(within)-1].scope
	}
	if s.inlined() {
		file, _ := s.entry.Val(dwarf.AttrCallFile).(int64)
		line, _ := s.entry.Val(dwarf.AttrCallLine).(int64)
		within = append(within, inlinedCall{s, declaration{home, int(line)}, fn.unit.fileName(file)})
		if len(s.ranges) > 0 {
			in, _ := fn.unit.lineAt(s.ranges[0][0], fn.End)
			for _, call := range within {
				if in != call.file {
					fn.borrowed[call.at] = true
				}
			}
		}
	}
	for _, k := range s.kids {
		fn.findBorrowed(k, within)
	}
}

// inlinedCall is an inlined call, and where it is.
type inlinedCall struct {
	scope *scope
	at    declaration
	file  string
}
