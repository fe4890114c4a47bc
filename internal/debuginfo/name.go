package debuginfo

import (
	"bytes"
	"strings"

	"coredumpy/internal/symbol"
)

// sameName reports whether a name in the file is the given one, escaped or not.
func sameName(inFile []byte, name string) bool {
	if string(inFile) == name {
		return true
	}
	return bytes.IndexByte(inFile, '%') >= 0 && symbol.Unescaped(string(inFile)) == name
}

// importPath returns the import path of a function, "" if it has none, as for functions
// that the compiler makes for a type.
func importPath(name string) string {
	if strings.HasPrefix(name, "type:") || strings.HasPrefix(name, "go:") {
		return ""
	}
	return symbol.Unescaped(symbol.Package(name))
}
