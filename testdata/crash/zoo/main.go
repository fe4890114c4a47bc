// Every kind of value, one function a kind, all of them on the stack when the
// last one panics.
//
// want-panic: the zoo is closed
// want-frames: main.cycles main.generic main.funcs main.channels main.interfaces main.records main.keys main.maps main.slices main.pointers main.texts main.scalars main.main
package main

import "coredumpy"

func main() {
	defer coredumpy.OnPanic()
	scalars()
}

// use keeps its arguments alive in optimised builds.
//
//go:noinline
func use(...any) {}
