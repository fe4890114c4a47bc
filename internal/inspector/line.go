package inspector

import (
	"errors"
	"strings"

	"coredumpy/internal/dump"
	"coredumpy/internal/pretty"
	"coredumpy/internal/printable"
)

// Line returns a value on a line, as much of it as fits into some columns of a terminal, and
// whether it was cut: then it ends in "…".
func Line(v dump.Value, columns int, o pretty.Options) (text string, cut bool) {
	w := clipped{left: columns}
	pretty.Line(&w, v, o)
	text = printable.Cut(w.text.String(), columns)
	return text, w.left < 0
}

// clipped takes a text until it is wider than left columns.
type clipped struct {
	text strings.Builder
	left int
}

var errWidth = errors.New("too wide")

func (c *clipped) Write(p []byte) (int, error) {
	c.text.Write(p)
	if c.left -= printable.Width(string(p), 0); c.left < 0 {
		return 0, errWidth
	}
	return len(p), nil
}
