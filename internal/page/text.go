package page

import (
	"fmt"
	"time"
	"unicode/utf8"

	"coredumpy/internal/printable"
)

// These bound texts of the dump, in bytes.
const (
	maxLine  = 2000     // a name, a path, a reason
	maxBlock = 64 << 10 // a message; a text that is shown whole
)

// line returns a text of the dump on one line, safe to show: what a terminal must not get
// would mislead the reader of a page, too.
func line(s string) string { return printable.Line(cut(s, maxLine)) }

// block is line for a text of several lines.
func block(s string) string { return printable.Block(cut(s, maxBlock), "") }

// cut returns the beginning of a text, and says how much of it was left out.
func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	end := most
	for end > most-utf8.UTFMax && !utf8.RuneStart(s[end]) {
		end--
	}
	return fmt.Sprintf("%s...+%d more", s[:end], len(s)-end)
}

// lines is line for each of several texts.
func lines(texts []string) []string {
	all := make([]string, len(texts))
	for i, s := range texts {
		all[i] = line(s)
	}
	return all
}

// waited returns how long a goroutine, or those of a group, have waited.
func waited(shortest, longest int64) string {
	return printable.Waits(time.Duration(shortest), time.Duration(longest))
}
