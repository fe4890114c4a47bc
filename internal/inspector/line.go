package inspector

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"coredumpy/internal/dump"
	"coredumpy/internal/pretty"
	"coredumpy/internal/printable"
)

// Brief returns limits for a value in a list of values, shown by its views. Names and texts are
// safe for a terminal. Expressions understand what is shown by type and address.
func (in *Inspector) Brief() pretty.Options {
	return pretty.Options{
		Views: true, String: 64, Elements: 64, Depth: 1, Bytes: 16 << 10, Name: Name, Shown: in.Remember,
	}
}

// Line returns a value on a line as people read it, at most width characters of it: what is cut
// ends in "…".
func (in *Inspector) Line(v dump.Value, width int) string {
	w := clipped{left: width}
	pretty.Line(&w, v, in.Brief())
	text, _ := Cut(w.text.String(), width)
	return text
}

// clipped takes a text until it is wider than left characters.
type clipped struct {
	text strings.Builder
	left int
}

var errWidth = errors.New("too wide")

func (c *clipped) Write(p []byte) (int, error) {
	c.text.Write(p)
	if c.left -= utf8.RuneCount(p); c.left < 0 {
		return 0, errWidth
	}
	return len(p), nil
}

// Cut returns a text that has at most width characters: a longer one is cut and ends in "…".
func Cut(text string, width int) (short string, cut bool) {
	if len(text) <= width || utf8.RuneCountInString(text) <= width {
		return text, false
	}
	n := 0
	for i := range text {
		if n++; n == width {
			return text[:i] + "…", true
		}
	}
	return "", true
}

// Name returns the name of a type or a field fit for a line: escaped, and cut if it is too
// long to read. A dump may show it for each of many values.
func Name(s string) string {
	const longest = 2000
	if len(s) > longest {
		s = fmt.Sprintf("%s...+%d more", strings.ToValidUTF8(s[:longest], ""), len(s)-longest)
	}
	return printable.Line(s)
}
