// Package symbol takes apart the names that the compiler gives functions and types.
package symbol

import (
	"strconv"
	"strings"
)

// Package returns the import path that a function's name starts with, "" if it has none.
// Like the name it is escaped: example.com/shape%2ev2.
func Package(function string) string {
	function, _, _ = strings.Cut(function, "[") // type arguments have paths of their own
	slash := strings.LastIndexByte(function, '/') + 1
	dot := strings.IndexByte(function[slash:], '.')
	if dot < 0 {
		return ""
	}
	return function[:slash+dot]
}

// InDirectory reports whether the directory of a source file may be that of the package with
// an import path, escaped as [Package] returns it. Package main may be anywhere. Directories
// of modules have a version, as in example.com/shape@v1.2.0/circle.
func InDirectory(pkg, dir string) bool {
	if pkg == "main" {
		return true
	}
	elements := strings.Split(dir, "/")
	for i, e := range elements {
		elements[i], _, _ = strings.Cut(e, "@")
	}
	return strings.HasSuffix("/"+strings.Join(elements, "/"), "/"+Unescaped(pkg))
}

// Unescaped undoes the escapes in the import paths of names: a dot in the last element, and
// a few characters that are rare there, are written as %2e (cmd/internal/objabi,
// PathToPrefix). A name with a quote contains the tag of a struct's field, in which a percent
// sign may mean itself.
func Unescaped(name string) string {
	if strings.IndexByte(name, '%') < 0 || strings.IndexByte(name, '"') >= 0 {
		return name
	}
	var b strings.Builder
	for i := 0; i < len(name); i++ {
		if name[i] == '%' && i+2 < len(name) {
			if c, err := strconv.ParseUint(name[i+1:i+3], 16, 8); err == nil {
				b.WriteByte(byte(c))
				i += 2
				continue
			}
		}
		b.WriteByte(name[i])
	}
	return b.String()
}

// Base returns the name of a function or a method without its package and receiver.
func Base(function string) string {
	if i := strings.LastIndexByte(function, ')'); i >= 0 {
		function = function[i:] // it has the type arguments of a method
	}
	function, _, _ = strings.Cut(function, "[")
	return function[strings.LastIndexByte(function, '.')+1:]
}

// IsLiteral reports whether a function is a function literal: main.run.func1,
// main.run.func1.2.
func IsLiteral(function string) bool {
	last := function[strings.LastIndexByte(function, '.')+1:]
	return strings.Trim(strings.TrimPrefix(last, "func"), "0123456789") == "" && last != "" && last != "func"
}

// Wrapper reports whether name is a function that the compiler made for a defer or go
// statement with arguments, or for a method value:
//
//	main.main.deferwrap1
//	main.main.gowrap2
//	main.(*T).Close-fm
func Wrapper(name string) bool {
	if strings.HasSuffix(name, "-fm") {
		return true
	}
	name = name[strings.LastIndexByte(name, '.')+1:]
	for _, prefix := range []string{"deferwrap", "gowrap"} {
		if n, ok := strings.CutPrefix(name, prefix); ok && n != "" && strings.Trim(n, "0123456789") == "" {
			return true
		}
	}
	return false
}

// ShortType shortens the import paths in the name of a type to their last elements, as the
// runtime does in messages: map[string]*net/http.Request is map[string]*http.Request.
func ShortType(name string) string {
	var b strings.Builder
	start := 0
	for i := range len(name) {
		switch c := name[i]; {
		case c == '/':
			start = i + 1
		case !inPath(c):
			b.WriteString(name[start : i+1])
			start = i + 1
		}
	}
	return b.String() + name[start:]
}

// inPath reports whether c may occur in an import path or in a name behind it.
func inPath(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c >= 0x80 ||
		c == '.' || c == '_' || c == '-' || c == '%' || c == '~'
}

const captured = "captured by "

// Captured returns the name of the struct of the variables that a closure, a function, has
// captured. Go gives it none.
func Captured(function string) string { return captured + function }

// IsCaptured reports whether a type with that name is such a struct.
func IsCaptured(name string) bool { return strings.HasPrefix(name, captured) }
