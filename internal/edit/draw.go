package edit

import (
	"io"
	"strings"

	"coredumpy/internal/printable"
)

func (e *Editor) width() int {
	if e.Width > 0 {
		return e.Width
	}
	return defaultWidth
}

// draw shows the line, or as much of it around the cursor as there is room for.
func (e *Editor) draw() error { return e.show(e.prompt, e.line, e.cursor) }

// show shows a line behind a prompt, with the cursor in front of a character. The last column
// stays empty: a terminal may begin a new line behind it.
func (e *Editor) show(prompt string, line []rune, cursor int) error {
	columns := func(text []rune) int { return printable.Width(string(text), 0) }
	room := max(e.width()-printable.Width(prompt, 0)-1, 1)
	from := cursor
	for used := 0; from > 0; from-- { // as much as possible is in front of the cursor
		if used += columns(line[from-1 : from]); used > room {
			break
		}
	}
	to := from
	for used := 0; to < len(line); to++ {
		if used += columns(line[to : to+1]); used > room {
			break
		}
	}
	to = max(to, min(cursor, len(line)))
	var b strings.Builder
	if e.Bold {
		prompt = "\x1b[1m" + prompt + "\x1b[0m"
	}
	b.WriteString("\r" + prompt + string(line[from:to]) + "\x1b[K")
	if cursor < to {
		b.WriteString("\r" + prompt + string(line[from:cursor])) // the terminal knows how wide characters are
	}
	_, err := io.WriteString(e.out, b.String())
	return err
}
