package inspector

import (
	"coredumpy/internal/dump"
	"coredumpy/internal/syntax"
)

// LineValue is a variable to show behind a line of source, as editors do: // n = 4.
type LineValue struct {
	Line     int
	Name     string         // in the source
	Variable *dump.Variable // its value is the one when the dump was made
}

// These bound what LineValues returns.
const (
	maxLinesWithValues = 2000
	maxValuesOfLine    = 20
)

// LineValues returns the variables that lines first to last mention, in the order of the source,
// and each once for a line: those of a frame's function, from its beginning to the frame's line.
// What comes later may not have run, and is left out.
//
// A variable is left out rather than shown with a value that may be another's, or out of date:
// if it isn't in scope any more, if there are doubts about it, if it has no value, or if the
// source doesn't say for certain what the name means. A line that mentions two variables of one
// name shows neither.
func (in *Inspector) LineValues(f *dump.Frame, first, last int) (values []LineValue) {
	last = min(last, f.Line)
	first = max(first, 1, last-maxLinesWithValues+1)
	mentions := in.Core.Syntax(f.File).Mentions(f.Line, first, last)
	for len(mentions) > 0 {
		n := 1
		for n < len(mentions) && mentions[n].Line == mentions[0].Line {
			n++
		}
		values = append(values, in.valuesOfLine(f, mentions[:n])...)
		mentions = mentions[n:]
	}
	return values
}

// valuesOfLine returns the variables to show behind a line that mentions these.
func (in *Inspector) valuesOfLine(f *dump.Frame, mentions []syntax.Mention) (values []LineValue) {
	means := map[string]*syntax.Declaration{}
	twice := map[string]bool{} // names of two variables
	for _, m := range mentions {
		if d, ok := means[m.Name]; ok && d != m.Declared {
			twice[m.Name] = true
		}
		means[m.Name] = m.Declared
	}
	for _, m := range mentions {
		if _, first := means[m.Name]; !first || twice[m.Name] {
			continue
		}
		delete(means, m.Name)
		var v *dump.Variable
		if m.Declared == nil {
			v = in.ofPackage(f.Package, m.Name)
		} else {
			v = f.Mentioned(m)
		}
		if v != nil && len(v.Doubts) == 0 && v.Value.Valid() && len(values) < maxValuesOfLine {
			values = append(values, LineValue{m.Line, m.Name, v})
		}
	}
	return values
}

// ofPackage returns a package-level variable, nil if the dump has none.
func (in *Inspector) ofPackage(pkg, name string) *dump.Variable {
	globals, _ := in.Globals()
	for i := range globals {
		if g := &globals[i]; len(g.Name) == len(pkg)+1+len(name) && g.Name == pkg+"."+name {
			return g
		}
	}
	return nil
}
