// Package source shows the text of a source file: some lines of it, the next
// ones, or a function.
package source

import (
	"errors"
	"fmt"
	"io"
	"math"
	"path"
	"sort"
	"strings"

	"coredumpy/internal/inspector"
	"coredumpy/internal/printable"
	"coredumpy/internal/syntax"
)

// context is how many lines are shown before and after a line.
const context = 5

// Files are source files, each read when Open is called for it.
type Files struct {
	Lookup func(file string) (text string, ok bool)
	// Omitted returns the first and last line of each range of lines that the text of a file
	// doesn't have: they are empty. It may be nil.
	Omitted func(file string) [][2]int
	// Behind returns what to write behind lines first to last of a file, by their numbers. It
	// may be nil.
	Behind func(file string, first, last int) map[int]string
	// Width returns how many columns there are. It may be nil if Behind is.
	Width  func() int
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
	f.opened[file] = newSource(f, file, text)
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
	files       *Files
	file        string
	text        string
	ends        []uint32 // where each line of text ends
	omitted     [][2]int // see Files
	first, last int      // what was shown last; 0 if nothing was
}

// Writer is where sources are written.
type Writer interface {
	io.Writer
	Highlight(text string)
	Faint(text string)
	Aside(text string)
	Keyword(text string)
	Quoted(text string)
	Number(text string)
	Err() error // not nil once writing is pointless
}

// newSource returns the source with the given text.
func newSource(files *Files, file, text string) *Source {
	text = text[:min(len(text), math.MaxInt32)] // dumps hold no longer ones
	s := &Source{files: files, file: file, text: text}
	for i := range len(text) {
		if text[i] == '\n' {
			s.ends = append(s.ends, uint32(i))
		}
	}
	if text != "" && !strings.HasSuffix(text, "\n") {
		s.ends = append(s.ends, uint32(len(text)))
	}
	if files.Omitted != nil {
		s.omitted = files.Omitted(file)
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

// Lines shows lines first to last.
func (s *Source) Lines(w Writer, first, last, mark int) error { return s.show(w, first, last, mark) }

// Next shows the lines that follow those shown last.
func (s *Source) Next(w Writer, mark int) error {
	if s.last == 0 {
		return s.Around(w, mark, mark)
	}
	first := max(s.last, s.gap(s.last)[1]) + 1
	last := first + 2*context
	if gap := s.gap(first); gap[1] > 0 {
		last = gap[1] + 1 + 2*context
	}
	return s.show(w, first, last, mark)
}

// Previous shows the lines before those shown last.
func (s *Source) Previous(w Writer, mark int) error {
	if s.last == 0 {
		return s.Around(w, mark, mark)
	}
	last := s.first - 1
	if gap := s.gap(s.first); gap[0] > 0 {
		last = gap[0] - 1
	}
	first := last - 2*context
	if gap := s.gap(last); gap[0] > 0 {
		first = gap[0] - 1 - 2*context
	}
	return s.show(w, first, last, mark)
}

// Func shows the function declaration around the marked line, or the file if the line
// isn't in one.
func (s *Source) Func(w Writer, mark int) error {
	first, last := s.bounds(mark)
	return s.show(w, first, last, mark)
}

// gap returns the range of lines around one that the dump doesn't have, zeros if there is none.
func (s *Source) gap(line int) [2]int {
	i := sort.Search(len(s.omitted), func(i int) bool { return s.omitted[i][1] >= line })
	if i < len(s.omitted) && s.omitted[i][0] <= line {
		return s.omitted[i]
	}
	return [2]int{}
}

// show shows lines first to last, as far as they exist. A line stands for those that the dump
// doesn't have.
func (s *Source) show(w Writer, first, last, mark int) error {
	if last < 1 || first > len(s.ends) {
		return fmt.Errorf("%s has lines 1 to %d", s.file, len(s.ends))
	}
	first, last = max(first, 1), min(last, len(s.ends))
	if gap := s.gap(first); gap[1] >= last && gap[1] > 0 {
		return fmt.Errorf("lines %d to %d of %s are not in the dump: see help sources", gap[0], gap[1], s.file)
	}
	s.first, s.last = first, last
	tokens := inspector.SourceTokens(s.file, s.text, s.first, s.last)
	var behind map[int]string
	if s.files.Behind != nil {
		behind = s.files.Behind(s.file, s.first, s.last)
	}
	for n := s.first; n <= s.last && w.Err() == nil; n++ {
		if gap := s.gap(n); gap[1] > 0 {
			w.Faint(fmt.Sprintf("       \t(lines %d to %d are not in the dump)\n", gap[0], gap[1]))
			n = gap[1]
			continue
		}
		arrow := "  "
		if n == mark {
			arrow = "=>"
		}
		w.Highlight(arrow)
		w.Faint(fmt.Sprintf("%4d:", n))
		fmt.Fprint(w, "\t")
		line := s.line(n)
		if i := n - s.first; i < len(tokens) {
			writeTokens(w, line, tokens[i])
		} else {
			fmt.Fprint(w, line)
		}
		if text := behind[n]; text != "" {
			s.writeBehind(w, n, line, text)
		}
		fmt.Fprint(w, "\n")
	}
	return nil
}

// writeTokens writes a line with its tokens highlighted.
func writeTokens(w Writer, line string, tokens []inspector.SourceToken) {
	at := 0
	for _, t := range tokens {
		fmt.Fprint(w, line[at:t.Start])
		text := line[t.Start:t.End]
		switch t.Kind {
		case inspector.KeywordToken:
			w.Keyword(text)
		case inspector.StringToken:
			w.Quoted(text)
		case inspector.NumberToken:
			w.Number(text)
		default:
			w.Faint(text)
		}
		at = t.End
	}
	fmt.Fprint(w, line[at:])
}

// leastBehind is for how many columns it is worth to write something behind a line.
const leastBehind = 10

// writeBehind writes a text behind a line, as far as there is room for it.
func (s *Source) writeBehind(w Writer, n int, line, text string) {
	const before = "  // "
	margin := printable.Width(fmt.Sprintf("=>%4d:\t", n), 0)
	room := s.files.Width() - printable.Width(printable.Block(line, ""), margin) - len(before)
	if room >= leastBehind || room >= printable.Width(text, 0) {
		w.Aside(before + printable.Cut(text, room))
	}
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
