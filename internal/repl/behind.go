package repl

import (
	"strings"

	"coredumpy/internal/inspector"
	"coredumpy/internal/pretty"
	"coredumpy/internal/printable"
)

// These bound a value behind a line of source.
var besides = limits{String: 24, Elements: 4, Depth: 1}

const maxBeside = 60 // bytes

// behind returns, by line, what to write behind lines first to last of a file: the values of the
// variables that they mention, if the selected frame runs code of the file.
func (s *session) behind(file string, first, last int) map[int]string {
	f, _, err := s.in.Frame()
	if err != nil || f.File != file || s.out.Diverted() {
		return nil
	}
	lines := map[int][]string{}
	for _, v := range s.in.LineValues(f, first, last) {
		lines[v.Line] = append(lines[v.Line], s.beside(v))
	}
	texts := map[int]string{}
	for n, values := range lines {
		texts[n] = strings.Join(values, ", ")
	}
	return texts
}

// beside returns a variable as text beside its line: n = 4.
func (s *session) beside(v inspector.LineValue) string {
	o := s.show.options(besides)
	o.Bytes, o.Shown, o.Views = maxBeside, nil, true
	return printable.Line(v.Name + " = " + pretty.String(v.Variable.Value, o))
}
