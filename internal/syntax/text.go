package syntax

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
)

// Problem returns why Parse returns nil for a file, "" if it doesn't. The reason may be that
// the file is in a later version of the language than this program was built with.
func Problem(text string) string {
	if len(text) > maxSize {
		return fmt.Sprintf("it has more than %d MB", maxSize>>20)
	}
	_, err := parser.ParseFile(token.NewFileSet(), "", text, parser.SkipObjectResolution)
	var list scanner.ErrorList
	switch {
	case err == nil:
		return ""
	case errors.As(err, &list) && len(list) > 0:
		return fmt.Sprintf("line %d: %s", list[0].Pos.Line, list[0].Msg)
	}
	return err.Error()
}

// Function returns the first and last line of the function declaration around a line, with
// its comment; 0 if there is none. Unlike Parse, it accepts a text with errors.
func Function(text string, line int) (first, last int) {
	if len(text) > maxSize {
		return 0, 0
	}
	fset := token.NewFileSet()
	file, _ := parser.ParseFile(fset, "", text, parser.ParseComments|parser.SkipObjectResolution)
	if file == nil {
		return 0, 0
	}
	at := func(p token.Pos) int { return fset.PositionFor(p, false).Line } // whatever //line says
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || line < at(f.Pos()) || line > at(f.End()) {
			continue
		}
		if f.Doc != nil {
			return at(f.Doc.Pos()), at(f.End())
		}
		return at(f.Pos()), at(f.End())
	}
	return 0, 0
}
