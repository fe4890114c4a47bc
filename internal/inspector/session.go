package inspector

import (
	"errors"
	"fmt"
	"go/scanner"
	"go/token"
	"iter"
	"strconv"
	"strings"

	"coredumpy/internal/eval"
)

// results are the results that a session has kept: those of printed expressions, called
// $1, $2 and so on, the last one also _; and those that were given a name.
type results struct {
	printed []Evaluated
	named   map[string]Evaluated
}

// maxKept bounds how many results are kept.
const maxKept = 100_000

// Keep records the result of an expression.
func (in *Inspector) Keep(r Evaluated) {
	if len(in.results.printed) < maxKept {
		in.results.printed = append(in.results.printed, r)
	}
}

// Name gives a result a name. It is an error if the name already means something there: a
// dump can't be changed.
func (in *Inspector) Name(name string, r Evaluated) error {
	if in.results.named == nil {
		in.results.named = map[string]Evaluated{}
	}
	named := in.results.named
	before, again := named[name]
	delete(named, name) // may have been given in another frame, where it meant nothing
	_, err := in.Evaluate(name)
	if again {
		named[name] = before
	}
	if unknown := (*eval.UnknownError)(nil); !errors.As(err, &unknown) {
		return fmt.Errorf("%s is one of the program's names, and a dump can't be changed: take another name", name)
	}
	if len(in.results.named) < maxKept {
		in.results.named[name] = r
	}
	return nil
}

// numbered begins the identifiers that replace $1 and the like in expressions.
const numbered = "result__"

// kept returns the result that an identifier stands for.
func (in *Inspector) kept(name string) (r Evaluated, ok bool, err error) {
	k := &in.results
	if name == "_" {
		if len(k.printed) == 0 {
			return r, true, fmt.Errorf("there is no _: nothing was printed yet")
		}
		return k.printed[len(k.printed)-1], true, nil
	}
	if digits, is := strings.CutPrefix(name, numbered); is {
		n, err := strconv.Atoi(strings.TrimSuffix(digits, "_"))
		if err != nil || n < 1 || n > len(k.printed) {
			return r, true, fmt.Errorf("there is no $%s: %d results were printed",
				strings.TrimSuffix(digits, "_"), len(k.printed))
		}
		return k.printed[n-1], true, nil
	}
	r, ok = k.named[name]
	return r, ok, nil
}

// numberedResults replaces $1 in an expression by an identifier, and records the original
// in texts.
func numberedResults(expr string, texts map[string]string) string {
	if !strings.Contains(expr, "$") {
		return expr
	}
	var b strings.Builder
	end := 0
	for t := range tokensOf(expr) {
		if t.kind != token.ILLEGAL || t.text != "$" {
			continue
		}
		rest := expr[t.at+1:]
		digits := rest[:len(rest)-len(strings.TrimLeft(rest, "0123456789"))]
		if digits == "" {
			continue
		}
		name := numbered + digits + "_" // no name is the prefix of another
		b.WriteString(expr[end:t.at] + name)
		texts[name], end = "$"+digits, t.at+1+len(digits)
	}
	return b.String() + expr[end:]
}

// exprToken is a token of an expression.
type exprToken struct {
	at   int
	kind token.Token
	text string
}

// tokensOf returns the tokens of an expression, without the semicolons that Go adds.
func tokensOf(expr string) iter.Seq[exprToken] {
	return func(yield func(exprToken) bool) {
		var s scanner.Scanner
		fset := token.NewFileSet()
		file := fset.AddFile("", fset.Base(), len(expr))
		s.Init(file, []byte(expr), func(token.Position, string) {}, 0)
		for {
			pos, kind, text := s.Scan()
			if kind == token.EOF {
				return
			}
			if (kind != token.SEMICOLON || text == ";") && !yield(exprToken{file.Offset(pos), kind, text}) {
				return
			}
		}
	}
}

// Assignment splits "x = EXPR"; ok is false if text isn't an assignment.
func Assignment(text string) (name, expr string, ok bool) {
	n := 0
	for t := range tokensOf(text) {
		switch {
		case n == 0 && t.kind == token.IDENT:
			name = t.text
		case n == 1 && t.kind == token.ASSIGN:
		case n == 2:
			return name, text[t.at:], true
		default:
			return "", "", false
		}
		n++
	}
	return "", "", false
}

// Split splits a list of expressions: "a, f(b, c)" has two.
func Split(text string) (list []string) {
	depth, start := 0, 0
	for t := range tokensOf(text) {
		switch t.kind {
		case token.LPAREN, token.LBRACK, token.LBRACE:
			depth++
		case token.RPAREN, token.RBRACK, token.RBRACE:
			depth--
		case token.COMMA:
			if depth == 0 {
				list = append(list, strings.TrimSpace(text[start:t.at]))
				start = t.at + 1
			}
		}
	}
	return append(list, strings.TrimSpace(text[start:]))
}
