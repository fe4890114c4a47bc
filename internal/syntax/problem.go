package syntax

import (
	"errors"
	"fmt"
	"go/parser"
	"go/scanner"
	"go/token"
)

// Problem returns why Parse returns nil for a file; "" if it doesn't. The file may be in a
// later version of the language than the one that this program was built with.
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
