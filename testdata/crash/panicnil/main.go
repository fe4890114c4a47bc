// panic(nil) is a *runtime.PanicNilError since Go 1.21.
//
// want-panic-any: panic called with nil argument
// want-panic-any: runtime error: panic called with nil argument
// want-frames: main.give main.main
package main

import "coredumpy"

func main() {
	defer coredumpy.OnPanic()
	// want: main.main before = 3
	before := 3
	give(before)
	println(before)
}

// want: main.give n = 3
//
//go:noinline
func give(n int) {
	var reason any
	// want: main.give reason = interface {} nil
	// want: main.give text = "n is 3"
	text := "n is " + string(rune('0'+n))
	defer println(text)
	panic(reason)
}
