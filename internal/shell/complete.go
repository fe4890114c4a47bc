package shell

import (
	"go/token"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Complete returns the words that may replace the end of text, which begins at byte
// from: names of commands, and after a command those of Names.
func (s *Shell) Complete(text string) (from int, words []string) {
	from = len(text)
	for from > 0 {
		r, n := utf8.DecodeLastRuneInString(text[:from])
		if !inName(r) {
			break
		}
		from -= n
	}
	before, begun := strings.TrimSpace(text[:from]), text[from:]
	switch {
	case before == "" || slices.Contains(helpCommand.Names, before):
		for _, c := range append(s.Commands[:len(s.Commands):len(s.Commands)], helpCommand) {
			words = append(words, c.Names...)
		}
	case s.Names == nil:
	case strings.HasSuffix(text[:from], "."):
		of := operand(text[:from-1])
		if of == "" && s.Implied != nil {
			of = s.Implied(text[:from-1])
		}
		if of != "" {
			words = s.Names(of)
		}
	default:
		words = s.Names("")
	}
	// Words may come from a dump, which may have anything in place of a name.
	words = slices.DeleteFunc(words, func(w string) bool {
		return !strings.HasPrefix(w, begun) || !token.IsIdentifier(w)
	})
	slices.Sort(words)
	return from, slices.Compact(words)
}

// inName reports whether a character may be part of a name.
func inName(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' }

// operand returns the operand at the end of an expression: a.b[i].c of "p 1 + a.b[i].c".
func operand(text string) string {
	depth := 0
	for i := len(text); i > 0; {
		r, n := utf8.DecodeLastRuneInString(text[:i])
		switch {
		case r == ']':
			depth++
		case r == '[':
			depth--
		}
		if depth < 0 || depth == 0 && !inName(r) && r != '.' && r != '[' {
			return text[i:]
		}
		i -= n
	}
	return text
}
