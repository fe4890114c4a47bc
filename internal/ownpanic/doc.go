// Package ownpanic tells of the panic of the calling goroutine, without the debug
// information that reading another goroutine takes: whether there is one, its value, its
// place and its frame.
package ownpanic
