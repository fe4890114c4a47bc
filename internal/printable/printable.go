// Package printable makes text of unknown origin safe to print on a terminal. A dump may
// come from anybody, and a string in it may hold an escape sequence that clears the
// screen, or a bidirectional override that makes text look different from what it is.
// Nothing is lost: dangerous characters are shown as Go writes them in a string literal.
package printable

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// zeroWidthJoiner joins emoji and doesn't reorder text: the one format character that
// stays.
const zeroWidthJoiner = '\u200d'

// Line returns s on one line. Control characters (newline and tab too), line and
// paragraph separators, bidirectional and other format characters, and invalid UTF-8 are
// escaped: \n, \t, \x1b, \u202e, \xff. A string without these is returned unchanged. A
// backslash stays a backslash.
func Line(s string) string {
	return escape(s, "")
}

// Block returns s as lines that each start with indent. Newlines stay (\r\n counts as
// one), and so do tabs, which are frequent in tracebacks and source code; the rest is as
// for Line. Empty lines stay empty, and newlines at the end are dropped.
func Block(s, indent string) string {
	lines := strings.Split(strings.TrimRight(s, "\r\n"), "\n")
	for i, line := range lines {
		line = escape(strings.TrimSuffix(line, "\r"), "\t")
		if line != "" {
			line = indent + line
		}
		lines[i] = line
	}
	return strings.Join(lines, "\n")
}

// Safe reports whether r may be printed on a terminal unchanged.
func Safe(r rune) bool {
	switch {
	case r < ' ', r == 0x7f:
		return false
	case r < 0x7f:
		return true
	case r == zeroWidthJoiner:
		return true
	}
	// Cc: C1 controls, which terminals in 8 bit mode obey. Cf: bidirectional
	// controls, zero width characters, tags. Zl, Zp: line separators.
	return !unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
}

// escape escapes what isn't safe, except the characters in keep.
func escape(s, keep string) string {
	clean := 0
	for clean < len(s) {
		r, size := utf8.DecodeRuneInString(s[clean:])
		if !plain(r, size, keep) {
			break
		}
		clean += size
	}
	if clean == len(s) {
		return s
	}
	out := make([]byte, 0, len(s)+16)
	out = append(out, s[:clean]...)
	for rest := s[clean:]; rest != ""; {
		r, size := utf8.DecodeRuneInString(rest)
		if plain(r, size, keep) {
			out = append(out, rest[:size]...)
		} else {
			out = appendEscaped(out, r, rest[:size])
		}
		rest = rest[size:]
	}
	return string(out)
}

// plain reports whether a rune decoded from size bytes needs no escape.
func plain(r rune, size int, keep string) bool {
	if r == utf8.RuneError && size == 1 {
		return false
	}
	return Safe(r) || strings.ContainsRune(keep, r)
}

// appendEscaped appends the escape for r, which the text holds as raw.
func appendEscaped(out []byte, r rune, raw string) []byte {
	switch {
	case r == '\n':
		return append(out, `\n`...)
	case r == '\r':
		return append(out, `\r`...)
	case r == '\t':
		return append(out, `\t`...)
	case len(raw) == 1: // C0, DEL, or a byte that isn't UTF-8
		return fmt.Appendf(out, `\x%02x`, raw[0])
	case r > 0xffff:
		return fmt.Appendf(out, `\U%08x`, r)
	}
	return fmt.Appendf(out, `\u%04x`, r)
}

// Argument returns s as one argument of a command for a POSIX shell, in quotes if it
// needs them. An s that starts with - is a path, not an option.
func Argument(s string) string {
	if strings.HasPrefix(s, "-") {
		s = "./" + s
	}
	plain := func(r rune) bool {
		return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("_@%+=:,./-", r)
	}
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(Line(s), "'", `'\''`) + "'"
}
