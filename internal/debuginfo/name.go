package debuginfo

import (
	"bytes"
	"strconv"
	"strings"

	"coredumpy/internal/symbol"
)

// unescape undoes the linker's escapes in the import paths of names: it writes a dot in
// the last element, and a few characters that are rare there, as %2e
// (cmd/internal/objabi.PathToPrefix). A name with a quote contains the tag of a struct's
// field, in which a percent sign may be literal.
func unescape(name string) string {
	if strings.IndexByte(name, '%') < 0 || strings.IndexByte(name, '"') >= 0 {
		return name
	}
	var b strings.Builder
	for len(name) > 0 {
		if name[0] == '%' && len(name) >= 3 {
			if c, err := strconv.ParseUint(name[1:3], 16, 8); err == nil {
				b.WriteByte(byte(c))
				name = name[3:]
				continue
			}
		}
		b.WriteByte(name[0])
		name = name[1:]
	}
	return b.String()
}

// sameName reports whether a name in the file is the given one, escaped or not.
func sameName(inFile []byte, name string) bool {
	if string(inFile) == name {
		return true
	}
	return bytes.IndexByte(inFile, '%') >= 0 && unescape(string(inFile)) == name
}

// packageOf returns the import path of a function, "" if it has none, as for functions
// that the compiler makes for a type.
func packageOf(name string) string {
	if strings.HasPrefix(name, "type:") || strings.HasPrefix(name, "go:") {
		return ""
	}
	return unescape(symbol.Package(name))
}
