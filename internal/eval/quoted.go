package eval

import (
	"go/scanner"
	"go/token"
	"strconv"
	"strings"
)

// placeholder begins the identifiers that replace quoted import paths. No program's names
// begin with this letter.
const placeholder = "ᐅ"

// quotedPaths replaces import paths, as in x.(*"net/http".Request), by identifiers that
// number them: Go's grammar doesn't allow paths in types.
func quotedPaths(expr string) (rewritten string, paths []string) {
	var s scanner.Scanner
	fset := token.NewFileSet()
	file := fset.AddFile("", fset.Base(), len(expr))
	s.Init(file, []byte(expr), func(token.Position, string) {}, 0)
	var b strings.Builder
	end := 0 // of what was copied
	quoted, from, to := "", 0, 0
	for {
		pos, tok, lit := s.Scan()
		if tok == token.EOF {
			break
		}
		if tok == token.PERIOD && quoted != "" {
			b.WriteString(expr[end:from] + placeholder + strconv.Itoa(len(paths)))
			paths, end = append(paths, quoted), to
		}
		quoted = ""
		if tok == token.STRING {
			quoted, _ = strconv.Unquote(lit)
			from = file.Offset(pos)
			to = from + len(lit)
		}
	}
	return b.String() + expr[end:], paths
}

// path returns the import path that an identifier replaces.
func (e *evaluation) path(name string) (string, bool) {
	digits, ok := strings.CutPrefix(name, placeholder)
	if !ok {
		return "", false
	}
	i, err := strconv.Atoi(digits)
	if err != nil || i < 0 || i >= len(e.paths) {
		return "", false
	}
	return e.paths[i], true
}
