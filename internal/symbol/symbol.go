// Package symbol takes apart the names that the compiler gives functions.
package symbol

import "strings"

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

// Unescaped undoes how symbols write a dot in the last element of an import path.
func Unescaped(symbol string) string { return strings.ReplaceAll(symbol, "%2e", ".") }

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
