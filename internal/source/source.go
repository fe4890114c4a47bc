// Package source shows the text of a source file: some lines of it, the next
// ones, or a function.
package source

import (
	"errors"
	"fmt"
	"io"
	"math"
	"path"
	"strings"

	"coredumpy/internal/syntax"
)

// context is how many lines are shown before and after a line.
const context = 5

// Files are source files, each read when Open is called for it.
type Files struct {
	Lookup func(file string) (text string, ok bool)
	opened map[string]*Source
}

// Open returns a file.
func (f *Files) Open(file string) (*Source, error) {
	if s := f.opened[file]; s != nil {
		return s, nil
	}
	if file == "" {
		return nil, errors.New("the source file is not known")
	}
	text, ok := f.Lookup(file)
	if !ok {
		return nil, fmt.Errorf("the source of %s is not in the dump", file)
	}
	if f.opened == nil {
		f.opened = map[string]*Source{}
	}
	f.opened[file] = newSource(file, text)
	return f.opened[file], nil
}

// Rewind forgets what was shown of all files.
func (f *Files) Rewind() {
	for _, s := range f.opened {
		s.first, s.last = 0, 0
	}
}

// Source is a source file and the place in it that was shown last.
type Source struct {
	file        string
	text        string
	ends        []uint32 // where each line of text ends
	first, last int      // what was shown last; 0 if nothing was
}

// Writer is where sources are written.
type Writer interface {
	io.Writer
	Highlight(text string)
	Faint(text string)
	Err() error // not nil once writing is pointless
}

// newSource returns the source with the given text.
func newSource(file, text string) *Source {
	text = text[:min(len(text), math.MaxInt32)] // dumps hold no longer ones
	s := &Source{file: file, text: text}
	for i := range len(text) {
		if text[i] == '\n' {
			s.ends = append(s.ends, uint32(i))
		}
	}
	if text != "" && !strings.HasSuffix(text, "\n") {
		s.ends = append(s.ends, uint32(len(text)))
	}
	return s
}

// line returns line n, which must exist, without its line ending.
func (s *Source) line(n int) string {
	start := uint32(0)
	if n > 1 {
		start = s.ends[n-2] + uint32(len("\n"))
	}
	return strings.TrimSuffix(s.text[start:s.ends[n-1]], "\r")
}

// Around shows the lines around a line. mark is the line to mark. Like the other methods
// it returns an error if there is nothing to show.
func (s *Source) Around(w Writer, line, mark int) error {
	return s.show(w, line-context, line+context, mark)
}

// Next shows the lines that follow those shown last.
func (s *Source) Next(w Writer, mark int) error {
	if s.last == 0 {
		return s.Around(w, mark, mark)
	}
	return s.show(w, s.last+1, s.last+1+2*context, mark)
}

// Previous shows the lines before those shown last.
func (s *Source) Previous(w Writer, mark int) error {
	if s.last == 0 {
		return s.Around(w, mark, mark)
	}
	return s.show(w, s.first-1-2*context, s.first-1, mark)
}

// Func shows the function declaration around the marked line, or the file if the line
// isn't in one.
func (s *Source) Func(w Writer, mark int) error {
	first, last := s.bounds(mark)
	return s.show(w, first, last, mark)
}

// show shows lines first to last, as far as they exist.
func (s *Source) show(w Writer, first, last, mark int) error {
	if last < 1 || first > len(s.ends) {
		return fmt.Errorf("%s has lines 1 to %d", s.file, len(s.ends))
	}
	s.first, s.last = max(first, 1), min(last, len(s.ends))
	for n := s.first; n <= s.last && w.Err() == nil; n++ {
		arrow := "  "
		if n == mark {
			arrow = "=>"
		}
		w.Highlight(arrow)
		w.Faint(fmt.Sprintf("%4d:", n))
		fmt.Fprintf(w, "\t%s\n", s.line(n))
	}
	return nil
}

// bounds returns the first and last line of the function declaration around a
// line, with its comment, or of the file.
func (s *Source) bounds(line int) (first, last int) {
	if path.Ext(s.file) == ".go" {
		if first, last = syntax.Function(s.text, line); first > 0 {
			return first, last
		}
	}
	return 1, len(s.ends)
}
