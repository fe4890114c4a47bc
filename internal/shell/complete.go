package shell

import (
	"go/token"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Completion. A word that ends in a space is one that is finished: of a name, .x or [i] may follow.

// Complete returns the words that may replace the end of text, which begins at byte from: names of
// commands, and after a command what its arguments may be.
func (s *Shell) Complete(text string) (from int, words []string) {
	if _, _, ok := Cut(text); ok {
		return len(text), nil // programs and files are for other shells
	}
	from, words = s.completeLine(text)
	// In a dump, names of variables and files may be anything.
	words = slices.DeleteFunc(words, func(w string) bool {
		_, _, ok := Cut(text[:from] + w)
		return ok
	})
	return from, words
}

// completeLine completes a command that may be the argument of another one.
func (s *Shell) completeLine(text string) (from int, words []string) {
	begin := len(text) - len(strings.TrimLeft(text, " \t"))
	end := strings.IndexAny(text[begin:], " \t")
	if end < 0 {
		return s.completeFirst(text, begin)
	}
	name, start := text[begin:begin+end], begin+end
	for start < len(text) && (text[start] == ' ' || text[start] == '\t') {
		start++
	}
	args := text[start:]
	if c := s.find(name); c != nil && c.Complete != nil {
		from, words = c.Complete(args)
	} else if slices.Contains(helpCommand.Names, name) {
		words = matching(s.commandNames(), args)
	} else if command := s.Aliases[name]; command != "" && s.expands < maxAliases {
		s.expands++
		defer func() { s.expands-- }()
		before := command + " "
		from, words = s.completeLine(before + args)
		from -= len(before)
	} else if c == nil {
		from, words = s.completeExpression(text[begin:])
		return begin + from, words
	} else {
		from, words = s.completeExpression(args)
	}
	if from < 0 || from > len(args) {
		return len(text), nil
	}
	return start + from, words
}

// completeFirst completes the first word of a command, or an expression in its place.
func (s *Shell) completeFirst(text string, begin int) (from int, words []string) {
	from, words = begin, matching(s.commandNames(), text[begin:])
	if s.Bare == nil {
		return from, words
	}
	at, names := s.completeExpression(text[begin:])
	if at += begin; at != from {
		return at, names
	}
	for _, name := range names {
		if !slices.Contains(words, name+" ") {
			words = append(words, name)
		}
	}
	return from, ordered(words)
}

func (s *Shell) commandNames() (names []string) {
	for _, c := range append(s.Commands[:len(s.Commands):len(s.Commands)], helpCommand) {
		for _, name := range c.Names {
			if token.IsIdentifier(name) || name == "?" {
				names = append(names, name+" ")
			}
		}
	}
	for name := range s.Aliases {
		names = append(names, name+" ")
	}
	return names
}

// CompleteLine completes a command that is an argument of another one.
func (s *Shell) CompleteLine(text string) (from int, words []string) { return s.completeLine(text) }

// CompleteWord completes a word that is one of some.
func CompleteWord(words []string, begun string) (from int, found []string) {
	return 0, matching(words, begun)
}

// completeExpression completes the name or the key at the end of an expression.
func (s *Shell) completeExpression(text string) (from int, words []string) {
	if s.Names == nil {
		return len(text), nil
	}
	open := openLiteral(text)
	if open >= 0 {
		if of := indexed(text[:open]); of != "" && s.Keys != nil {
			return s.completeKey(of, text, open)
		}
		return len(text), nil // in a string
	}
	for from = len(text); from > 0; {
		r, n := utf8.DecodeLastRuneInString(text[:from])
		if !inName(r) {
			break
		}
		from -= n
	}
	if of := indexed(text[:from]); of != "" && s.Keys != nil {
		if at, keys := s.completeKey(of, text, from); len(keys) > 0 {
			return at, keys
		}
	}
	var names []string
	if strings.HasSuffix(text[:from], ".") {
		of := operand(text[:from-1])
		if of == "" && s.Implied != nil {
			of = s.Implied(text[:from-1])
		}
		if of != "" {
			names = s.Names(of)
		}
	} else {
		names = s.Names("")
	}
	// They may come from a dump, which may have anything in place of a name.
	names = slices.DeleteFunc(names, func(w string) bool { return !token.IsIdentifier(w) })
	return from, matching(names, text[from:])
}

// completeKey completes the key of a map from byte from on, and the bracket behind it.
func (s *Shell) completeKey(of, text string, from int) (int, []string) {
	keys := s.Keys(of)
	for i := range keys {
		keys[i] += "]"
	}
	return from, matching(keys, text[from:])
}

// matching returns the words that begin with what is typed, without those that no terminal should
// show.
func matching(words []string, begun string) (found []string) {
	for _, w := range words {
		if strings.HasPrefix(w, begun) && !strings.ContainsFunc(w, func(r rune) bool { return !unicode.IsPrint(r) }) {
			found = append(found, w)
		}
	}
	return ordered(found)
}

func ordered(words []string) []string {
	slices.Sort(words)
	return slices.Compact(words)
}

// inName reports whether a character may be part of a name.
func inName(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' }

// openLiteral returns where the string or character at the end of an expression begins that has no
// end, -1 if there is none.
func openLiteral(text string) int {
	for i := 0; i < len(text); i++ {
		if c := text[i]; c == '"' || c == '\'' || c == '`' {
			n := literal(text[i:])
			if n == 1 {
				return i
			}
			i += n - 1
		}
	}
	return -1
}

// indexed returns x of an expression that ends in x[, otherwise "".
func indexed(text string) string {
	before, ok := strings.CutSuffix(strings.TrimRight(text, " "), "[")
	if !ok {
		return ""
	}
	return operand(before)
}

// operand returns the operand at the end of an expression: a.b[i].c of "p 1 + a.b[i].c", (*p).f of
// "len((*p).f".
func operand(text string) string {
	start := len(text)
	var closing []byte // brackets that are open, from the end
	bare := blanked(text)
	for i := len(bare); i > 0; {
		r, n := utf8.DecodeLastRuneInString(bare[:i])
		switch {
		case r == ']' || r == ')':
			if len(closing) == 0 && i < len(bare) && inName(first(bare[i:])) {
				return text[start:] // as in (a) b
			}
			closing = append(closing, byte(r))
		case r == '[' || r == '(':
			if len(closing) == 0 || (r == '[') != (closing[len(closing)-1] == ']') {
				return text[start:]
			}
			closing = closing[:len(closing)-1]
		case len(closing) == 0 && !inName(r) && r != '.':
			return text[start:]
		}
		i -= n
		if len(closing) == 0 {
			start = i
		}
	}
	if len(closing) > 0 {
		return ""
	}
	return text[start:]
}

func first(text string) rune {
	r, _ := utf8.DecodeRuneInString(text)
	return r
}

// blanked returns a text with the contents of strings replaced, so that it has no brackets there.
func blanked(text string) string {
	b := []byte(text)
	for i := 0; i < len(b); i++ {
		if c := b[i]; c == '"' || c == '\'' || c == '`' {
			n := literal(text[i:])
			for j := range n {
				b[i+j] = 'x'
			}
			i += n - 1
		}
	}
	return string(b)
}
