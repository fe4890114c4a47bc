package views

import (
	"fmt"
	"unicode/utf8"

	"coredumpy/internal/notation"
)

// Quoted returns the start of a string in quotes, at most limit bytes of it, and
// how many of length bytes are missing.
func Quoted(text string, limit int, length int64) string {
	if len(text) > limit {
		text = text[:notation.MaskCut(text, runeStart(text, limit))]
	}
	if rest := length - int64(len(text)); rest > 0 {
		text = fmt.Sprintf("%s...+%d more", text, rest)
	}
	return fmt.Sprintf("%q", text)
}

// runeStart returns the last place at or before n where a character of s begins; n itself
// if s isn't UTF-8 there.
func runeStart(s string, n int) int {
	for i := n; i > n-utf8.UTFMax && i > 0; i-- {
		if utf8.RuneStart(s[i]) {
			return i
		}
	}
	return n
}
