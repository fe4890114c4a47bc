package secrets

import (
	"bytes"
	"go/scanner"
	"go/token"
	"strings"
)

// Source redacts a source file and keeps its line numbers. In a Go file it searches only
// string and character literals and comments, so that long identifiers stay readable, even
// in comments; it also hides a literal given to a secret name, as in apiKey := "x". Other
// files, and Go files that don't scan, are handled as Text. A redacted file may not scan
// any more: a mask may end a comment.
func (d *Redactor) Source(path, text string) string {
	if !strings.HasSuffix(path, ".go") {
		return d.text(text, way{keepLines: true})
	}
	parts, names, ok := literals([]byte(text))
	if !ok {
		return d.text(text, way{keepLines: true})
	}
	var out strings.Builder
	end := 0
	for _, p := range parts {
		old := text[p.from:p.to]
		var redacted string
		if d.byName() && p.secret && !placeholder([]byte(old)) {
			redacted = d.Mask(old, ByName) + strings.Repeat("\n", strings.Count(old, "\n"))
		} else {
			redacted = d.text(old, way{keepLines: true, known: names})
		}
		if redacted != old {
			out.WriteString(text[end:p.from])
			out.WriteString(redacted)
			end = p.to
		}
	}
	if end == 0 {
		return text
	}
	out.WriteString(text[end:])
	return out.String()
}

// A literal is the inside of a literal, or a comment, or a group of comments with only
// white space between them.
type literal struct {
	span
	comment bool
	secret  bool // it is given to a secret name
}

// literals returns the literals of a Go file in order, its long identifiers, and
// false if text isn't made of Go tokens.
func literals(text []byte) (found []literal, names map[string]bool, ok bool) {
	fset := token.NewFileSet()
	file := fset.AddFile("", fset.Base(), len(text))
	var s scanner.Scanner
	s.Init(file, text, nil, scanner.ScanComments)
	var c context
	for {
		pos, tok, lit := s.Scan()
		if s.ErrorCount > 0 {
			return nil, nil, false
		}
		from := file.Offset(pos)
		switch tok {
		case token.EOF:
			return found, names, true
		case token.COMMENT:
			to := tokenEnd(text, from, lit)
			if n := len(found); n > 0 && found[n-1].comment && len(bytes.TrimSpace(text[found[n-1].to:from])) == 0 {
				found[n-1].to = to
			} else {
				found = append(found, literal{span: span{from, to}, comment: true})
			}
			continue
		case token.IDENT:
			if len(lit) >= minWord {
				if names == nil {
					names = make(map[string]bool)
				}
				names[lit] = true
			}
		case token.STRING, token.CHAR:
			inside := span{from + 1, tokenEnd(text, from, lit) - 1}
			lit = string(text[inside.from:inside.to])
			found = append(found, literal{span: inside, secret: c.secret(lit)})
		}
		c.next(tok, lit)
	}
}

// tokenEnd returns the end of a literal or comment. The scanner drops carriage returns
// from some, so the length of lit isn't enough.
func tokenEnd(text []byte, from int, lit string) int {
	end := ""
	switch {
	case strings.HasPrefix(lit, "`"):
		end = "`"
	case strings.HasPrefix(lit, "/*"):
		end = "*/"
	case strings.HasPrefix(lit, "//"):
		return from + untilAny(text[from:], "\r\n")
	default:
		return from + len(lit)
	}
	inside := from + len(end)
	return inside + bytes.Index(text[inside:], []byte(end)) + len(end)
}

// context is the text before a string literal, as far as it shows that the literal is a
// secret.
type context struct {
	last     token.Token
	name     string // the last identifier or string
	given    bool   // an operator that gives name a value followed
	argument bool   // name is a string, and the first argument of a call
	list     bool   // elements of a list that is given to a secret name follow
	hidden   bool   // the last string was the value of a secret name
	key      bool   // the last string began a private key and didn't end it
}

// secret reports whether the literal that follows is a secret.
func (c *context) secret(value string) bool {
	harmless := strings.Contains(strings.ToLower(c.name), "token") && ordinary([]byte(value)) ||
		skipScheme([]byte(value), 0) == len(value) // "Bearer " + token
	called := c.last == token.LPAREN && setsPassword([]byte(c.name)) // WithPassword("x")
	c.hidden = c.hidden && c.last == token.ADD || (c.given || called) && !harmless && SecretName(c.name) ||
		c.list && !ordinary([]byte(value))
	hide := c.hidden || c.key
	if strings.Contains(value, "-----BEGIN ") && strings.Contains(value, "PRIVATE KEY") {
		c.key = true
	}
	if strings.Contains(value, "-----END ") {
		c.key = false
	}
	return hide
}

// next updates the context for a token.
func (c *context) next(tok token.Token, lit string) {
	switch tok {
	case token.IDENT:
		conversion := c.given && (lit == "byte" || lit == "rune" || lit == "string")
		declared := c.last == token.IDENT && SecretName(c.name) // var password string
		if !conversion && !declared {
			*c = context{name: lit}
		}
	case token.STRING, token.CHAR:
		c.argument = c.last == token.LPAREN && !c.given
		if c.name, c.given = lit, false; !plainName(lit) {
			c.name = ""
		}
	case token.ASSIGN, token.DEFINE, token.COLON, token.EQL, token.NEQ, token.ADD_ASSIGN:
		c.given, c.hidden, c.key = c.name != "", false, false
	case token.ADD:
		// In "a secret" + "its second half", hidden and key stay.
	case token.COMMA:
		c.given, c.hidden = c.argument && c.last == token.STRING, false // Set("Authorization", "x")
	case token.LBRACE: // passwords = []string{
		*c = context{list: c.last == token.IDENT && c.given && SecretName(c.name)}
	case token.LBRACK, token.RBRACK, token.LPAREN, token.AND, token.MUL:
		c.hidden, c.key = false, false
	default:
		*c = context{}
	}
	c.last = tok
}
