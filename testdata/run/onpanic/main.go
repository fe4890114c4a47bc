// Onpanic is a program that writes dumps of its own, or would if it named a file.
package main

import (
	"os"

	"coredumpy"
)

var none = coredumpy.PathFunc(func() string { return "" })

type order struct{ ID int }

func main() {
	defer coredumpy.OnPanic(none)
	inner(os.Args[1])
}

func inner(kind string) {
	defer coredumpy.OnPanic(none)
	n := len(kind)
	switch kind {
	case "nil":
		nilDereference(nil, n)
	case "value":
		panicWith(n)
	case "deferred":
		defer deferred(n)
		panicWith(n)
	}
}

func nilDereference(o *order, n int) int {
	double := 2 * n
	return o.ID + double
}

func panicWith(n int) {
	square := n * n
	panic(square)
}

// deferred panics while another panic is on its way.
func deferred(n int) {
	cube := n * n * n
	panic(cube)
}
