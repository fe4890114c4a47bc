package views

import (
	"strings"

	"coredumpy/internal/dump"
	"coredumpy/internal/symbol"
)

// commonNames replaces what the runtime calls some types by what programmers call them.
var commonNames = strings.NewReplacer("interface {}", "any", "struct {}", "struct{}", "[]uint8", "[]byte")

// TypeName returns the name of a type as programmers write it: with names of packages instead
// of their paths, if there is only one type of that name in the dump.
func TypeName(t *dump.Type) string {
	name := t.String()
	if t.OnlyShort() {
		name = symbol.ShortType(name)
	}
	return commonNames.Replace(name)
}
