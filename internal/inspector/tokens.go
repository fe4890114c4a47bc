package inspector

import (
	"go/scanner"
	"go/token"
	"path"
	"strings"
)

// SourceToken is a part of a line of source to highlight, in bytes from the line's beginning.
type SourceToken struct {
	Start, End int
	Kind       TokenKind
}

// TokenKind is the kind of a token.
type TokenKind string

// The kinds of tokens. Names and operators are not highlighted.
const (
	KeywordToken TokenKind = "keyword"
	StringToken  TokenKind = "string" // or a character
	NumberToken  TokenKind = "number"
	CommentToken TokenKind = "comment"
)

// maxHighlighted bounds a file whose tokens are found, in bytes.
const maxHighlighted = 4 << 20

// SourceTokens returns what to highlight in each of the lines first to last of a file: the
// element at 0 is line first. A string or a comment of several lines has a token on each. It
// returns nil if the file isn't Go source, or too long.
func SourceTokens(file, text string, first, last int) [][]SourceToken {
	if path.Ext(file) != ".go" || len(text) > maxHighlighted || first < 1 || last < first {
		return nil
	}
	h := &highlighter{text: text, line: 1, first: first, last: min(last, 1+strings.Count(text, "\n"))}
	if h.last < first {
		return nil
	}
	h.lines = make([][]SourceToken, h.last-first+1)
	var s scanner.Scanner
	fset := token.NewFileSet()
	f := fset.AddFile("", fset.Base(), len(text))
	s.Init(f, []byte(text), func(token.Position, string) {}, scanner.ScanComments)
	for h.line <= h.last {
		pos, tok, lit := s.Scan()
		if tok == token.EOF {
			break
		}
		at := f.Offset(pos)
		if kind := kindOf(tok); kind != "" {
			h.add(at, at+sourceLength(text[at:], tok, lit), kind)
		}
	}
	return h.lines
}

func kindOf(tok token.Token) TokenKind {
	switch {
	case tok.IsKeyword():
		return KeywordToken
	case tok == token.STRING, tok == token.CHAR:
		return StringToken
	case tok == token.INT, tok == token.FLOAT, tok == token.IMAG:
		return NumberToken
	case tok == token.COMMENT:
		return CommentToken
	}
	return ""
}

// sourceLength returns how long a token is in the source: the scanner leaves out carriage
// returns.
func sourceLength(rest string, tok token.Token, lit string) int {
	end := ""
	switch {
	case tok == token.STRING && strings.HasPrefix(rest, "`"):
		end = "`"
	case tok == token.COMMENT && strings.HasPrefix(rest, "/*"):
		end = "*/"
	default:
		return min(len(lit), len(rest))
	}
	skip := len(end)
	if i := strings.Index(rest[skip:], end); i >= 0 {
		return skip + i + len(end)
	}
	return len(rest)
}

// highlighter collects the tokens of lines.
type highlighter struct {
	text        string
	line, start int // of the line that was reached, and where it begins
	reached     int // no line begins between start and here
	first, last int
	lines       [][]SourceToken
}

// add adds a token, cut at the ends of lines. Tokens come in the order of the text.
func (h *highlighter) add(from, to int, kind TokenKind) {
	h.skip(from)
	for from < to && h.line <= h.last {
		end := to
		if i := strings.IndexByte(h.text[from:to], '\n'); i >= 0 {
			end = from + i
		}
		stop := from + len(strings.TrimSuffix(h.text[from:end], "\r"))
		if h.line >= h.first && stop > from {
			at := &h.lines[h.line-h.first]
			*at = append(*at, SourceToken{from - h.start, stop - h.start, kind})
		}
		from = end + 1
		h.skip(min(from, to))
	}
}

// skip goes on to the line of an offset.
func (h *highlighter) skip(to int) {
	for {
		i := strings.IndexByte(h.text[h.reached:to], '\n')
		if i < 0 {
			h.reached = to
			return
		}
		h.reached += i + 1
		h.line, h.start = h.line+1, h.reached
	}
}
