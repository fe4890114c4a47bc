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
