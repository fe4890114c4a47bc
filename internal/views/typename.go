package views

import (
	"strings"

	"coredumpy/internal/dump"
)

// commonNames replaces what the runtime calls some types by what programmers call them.
var commonNames = strings.NewReplacer("interface{}", "any", "[]uint8", "[]byte")

// TypeName returns the name of a type as programmers write it: with names of packages instead
// of their paths, if there is only one type of that name in the dump.
func TypeName(t *dump.Type) string {
	if short, one := t.Short(); one {
		return commonNames.Replace(short)
	}
	return t.String()
}
