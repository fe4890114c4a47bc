// Package dotted has a dot in the last element of its path, which symbols
// escape.
package dotted

// T is a type.
type T struct{ A int }

// Global is a variable.
var Global map[T][]*T
