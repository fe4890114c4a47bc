// Package ownpanic looks at the panic of the calling goroutine: whether there is one, its
// value, its place and its frame. It needs no debug information, unlike reading another
// goroutine.
package ownpanic
