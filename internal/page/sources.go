package page

import (
	"fmt"
	"strings"

	"coredumpy/internal/inspector"
	"coredumpy/internal/printable"
)

// maxSources bounds the text of all source files in a page, in bytes.
const maxSources = 16 << 20

// sources writes the source files of the frames in the page, each into a block of its own.
type sources struct {
	page   *page
	paths  []string
	index  map[string]int
	state  []fileState
	wanted []int // in the order in which frames need them
	left   int   // bytes
}

type fileState uint8

const (
	unwanted fileState = iota
	wanted
	written
)

func newSources(p *page) *sources {
	s := &sources{page: p, paths: p.in.Sources(), index: map[string]int{}, left: maxSources}
	for i, path := range s.paths {
		s.index[path] = i
	}
	s.state = make([]fileState, len(s.paths))
	return s
}

// want notes that a frame needs a file.
func (s *sources) want(path string) {
	if i, ok := s.index[path]; ok && s.state[i] == unwanted {
		s.state[i] = wanted
		s.wanted = append(s.wanted, i)
	}
}

// file is a source file.
type file struct {
	Path  string     `json:"path"`
	Lines [][]string `json:"lines"`          // in pieces, see highlighted
	Gaps  [][2]int   `json:"gaps,omitempty"` // the first and last line of those that the dump doesn't have
}

// write writes a file, unless it is written or there is no room.
func (s *sources) write(i int) (ok bool) {
	if s.state[i] == written {
		return true
	}
	text, ok := s.page.in.Source(s.paths[i])
	if !ok || len(text) > s.left {
		return false
	}
	s.left -= len(text)
	s.state[i] = written
	s.page.out.write("source", i, 1, file{line(s.paths[i]), highlighted(s.paths[i], text),
		s.page.in.SourceOmitted(s.paths[i])})
	return true
}

// rest writes the files that frames need.
func (s *sources) rest() {
	failed := 0
	for n, i := range s.wanted {
		if s.page.progress(whileSources, n, len(s.wanted)) {
			return
		}
		if !s.write(i) {
			failed++
		}
	}
	if failed > 0 {
		s.page.leave(fmt.Sprintf("%s: there is room for %d MB of source", printable.Count(failed, "source file"),
			maxSources>>20))
	}
}

// letters are how the pieces of a line begin, by the kind of token; other text begins with a
// space.
var letters = map[inspector.TokenKind]string{
	inspector.KeywordToken: "k", inspector.StringToken: "s", inspector.NumberToken: "n", inspector.CommentToken: "c",
}

// highlighted returns the lines of a file, each in pieces that begin with a letter for what
// they are: "kreturn", " x", "c// why".
func highlighted(path, text string) [][]string {
	all := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	tokens := inspector.SourceTokens(path, text, 1, len(all))
	pieces := make([][]string, len(all))
	for i, l := range all {
		l = strings.TrimSuffix(l, "\r")
		add := func(letter string, from, to int) {
			if from < to {
				pieces[i] = append(pieces[i], letter+printable.Block(l[from:to], ""))
			}
		}
		at := 0
		if i < len(tokens) {
			for _, t := range tokens[i] {
				add(" ", at, min(t.Start, len(l)))
				add(letters[t.Kind], t.Start, min(t.End, len(l)))
				at = t.End
			}
		}
		add(" ", at, len(l))
	}
	return pieces
}
