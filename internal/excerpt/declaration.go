package excerpt

import (
	"go/scanner"
	"go/token"
	"slices"
	"strings"

	"coredumpy/internal/symbol"
)

// declaration is a declaration of a Go file.
type declaration struct {
	kind        token.Token
	first, last int             // lines, with the comment before it
	name, recv  string          // of a function
	calls       map[string]bool // names before a parenthesis
	gives       map[string]bool // those of them in statements that assign, return or defer
	aliases     []string        // names of types that it declares as other names of types
	keep        bool
}

// keepDeclarations marks the lines of the declarations that are needed. It reports false if the
// text can't be taken apart.
func keepDeclarations(text string, w Wanted, keep []bool) bool {
	all, ok := declarations(text)
	if !ok {
		return false
	}
	var wanted []*declaration
	for i := range all {
		if d := &all[i]; w.wants(d) {
			d.keep = true
			wanted = append(wanted, d)
		}
	}
	if len(wanted) == 0 {
		return true
	}
	if !w.Alone {
		keepCalled(all, wanted)
	}
	for i := range all {
		d := &all[i]
		d.keep = d.keep || d.kind == token.PACKAGE || d.kind == token.IMPORT ||
			slices.ContainsFunc(w.Calls, func(name string) bool { return d.calls[name] })
	}
	keepAround(all, wanted)
	for _, d := range all {
		for n := d.first; d.keep && n <= min(d.last, len(keep)-1); n++ {
			keep[n] = true
		}
	}
	return true
}

// wants reports whether a declaration is needed for itself.
func (w *Wanted) wants(d *declaration) bool {
	return slices.ContainsFunc(w.Lines, func(n int) bool { return d.first <= n && n <= d.last }) ||
		d.kind == token.FUNC && slices.ContainsFunc(w.Funcs, d.named)
}

// named reports whether a function is the one with a name, or the one around a literal with it.
func (d *declaration) named(name string) bool {
	name = strings.TrimPrefix(name, symbol.Package(name)+".")
	for symbol.IsLiteral(name) {
		name = name[:max(strings.LastIndexByte(name, '.'), 0)]
	}
	if from, to := strings.IndexByte(name, '['), strings.LastIndexByte(name, ']'); 0 <= from && from < to {
		name = name[:from] + name[to+1:] // type arguments
	}
	recv, method, ok := strings.Cut(name, ".")
	if !ok {
		return d.recv == "" && d.name == name
	}
	return d.name == method && d.recv == strings.Trim(recv, "(*)")
}

// callLevels is how far calls are followed whose results are assigned or returned, and those that
// are deferred: whether a function converts what it returns depends on what the functions return
// that it calls.
const callLevels = 2

// keepCalled keeps what the wanted declarations call.
func keepCalled(all []declaration, wanted []*declaration) {
	for range callLevels {
		called := map[string]bool{}
		for _, d := range wanted {
			for name, gives := range d.gives {
				called[name] = called[name] || gives
			}
		}
		wanted = nil
		for i := range all {
			d := &all[i]
			if d.keep || !(d.kind == token.FUNC && called[d.name] ||
				slices.ContainsFunc(d.aliases, func(name string) bool { return called[name] })) {
				continue
			}
			d.keep = true
			wanted = append(wanted, d)
		}
	}
}

// keepAround keeps short neighbours of the wanted declarations, and what shares a line with
// what is kept.
func keepAround(all []declaration, wanted []*declaration) {
	for i := range all {
		if !slices.Contains(wanted, &all[i]) {
			continue
		}
		for j := i - 1; j >= 0 && all[j].first >= all[i].first-context; j-- {
			all[j].keep = true
		}
		for j := i + 1; j < len(all) && all[j].last <= all[i].last+context; j++ {
			all[j].keep = true
		}
	}
	for i := 1; i < len(all); i++ {
		all[i].keep = all[i].keep || all[i-1].keep && all[i-1].last >= all[i].first
	}
	for i := len(all) - 2; i >= 0; i-- {
		all[i].keep = all[i].keep || all[i+1].keep && all[i].last >= all[i+1].first
	}
}

// declarations returns the declarations of a Go file, its package clause among them. It reports
// false if the text isn't made of tokens, or its brackets don't match.
func declarations(text string) (all []declaration, ok bool) {
	s := newSplitter(text)
	for {
		pos, tok, lit := s.Scan()
		if s.ErrorCount > 0 || s.depth < 0 {
			return nil, false
		}
		if tok == token.EOF {
			return s.all, s.depth == 0
		}
		if first, last := s.lines(pos, tok, lit); tok == token.COMMENT {
			s.comment(first, last)
		} else {
			s.token(tok, lit, first, last)
		}
	}
}

// splitter splits a file into declarations.
type splitter struct {
	scanner.Scanner
	file  *token.File
	all   []declaration
	open  bool // the last one hasn't ended
	depth int  // of brackets
	doc   int  // the first line of the comment that ends on the line before, or 0
	ended int  // the line on which that comment ends

	giving   int // the depth at which such a statement began that hasn't ended, or -1
	last     token.Token
	lastName string // the token before, if it is a name
	receiver bool   // the tokens are those of a receiver
}

func newSplitter(text string) *splitter {
	s := &splitter{giving: -1}
	fset := token.NewFileSet()
	s.file = fset.AddFile("", fset.Base(), len(text))
	s.Init(s.file, []byte(text), nil, scanner.ScanComments)
	return s
}

// lines returns the first and the last line of a token.
func (s *splitter) lines(pos token.Pos, tok token.Token, lit string) (first, last int) {
	first = s.file.PositionFor(pos, false).Line
	if tok != token.SEMICOLON {
		last = strings.Count(lit, "\n")
	}
	return first, first + last
}

// comment notes a comment: in a declaration, on the last line of one, or before one.
func (s *splitter) comment(first, last int) {
	if n := len(s.all); n > 0 && (s.open || first == s.all[n-1].last) {
		s.all[n-1].last = max(s.all[n-1].last, last)
		return
	}
	if s.doc == 0 || first > s.ended+1 {
		s.doc = first
	}
	s.ended = last
}

func (s *splitter) token(tok token.Token, lit string, first, last int) {
	if !s.open {
		if tok == token.SEMICOLON {
			return
		}
		d := declaration{kind: tok, first: first, calls: map[string]bool{}, gives: map[string]bool{}}
		if s.doc != 0 && s.ended >= first-1 {
			d.first = min(s.doc, first)
		}
		s.all = append(s.all, d)
		s.open = true
	}
	d := &s.all[len(s.all)-1]
	d.last = max(d.last, last)
	s.statement(tok)
	switch tok {
	case token.LPAREN, token.LBRACK, token.LBRACE:
		if tok == token.LPAREN && s.lastName != "" {
			d.calls[s.lastName] = true
			d.gives[s.lastName] = d.gives[s.lastName] || s.giving >= 0
		}
		s.receiver = s.receiver || s.last == token.FUNC && s.depth == 0 && d.kind == token.FUNC && d.name == ""
		s.depth++
	case token.RPAREN, token.RBRACK, token.RBRACE:
		s.depth--
		s.receiver = s.receiver && s.depth > 0
	case token.ASSIGN:
		if d.kind == token.TYPE && s.lastName != "" && s.depth < 2 {
			d.aliases = append(d.aliases, s.lastName)
		}
	case token.IDENT:
		s.name(d, lit)
	case token.SEMICOLON:
		if s.depth == 0 {
			s.open, s.doc, s.receiver = false, 0, false
		}
	}
	s.last, s.lastName = tok, ""
	if tok == token.IDENT {
		s.lastName = lit
	}
}

// statement notes where statements begin and end that assign, return or defer. What a range
// statement assigns isn't the result of a call.
func (s *splitter) statement(tok token.Token) {
	switch tok {
	case token.DEFINE, token.ASSIGN, token.RETURN, token.DEFER:
		if s.giving < 0 {
			s.giving = s.depth
		}
	case token.RANGE:
		if s.giving == s.depth && (s.last == token.DEFINE || s.last == token.ASSIGN) {
			s.giving = -1
		}
	case token.SEMICOLON, token.RBRACE:
		if s.depth <= s.giving {
			s.giving = -1
		}
	}
}

// name notes a name: that of the function, or of the type of its receiver, which is the last
// name there that isn't in brackets.
func (s *splitter) name(d *declaration, name string) {
	switch {
	case d.kind != token.FUNC || d.name != "":
	case s.receiver && s.depth == 1:
		d.recv = name
	case s.depth == 0:
		d.name = name
	}
}
