// Values that hold themselves without a struct between. Delve 1.27 overflows its
// stack on these.
//
// want-panic: round and round
// want-frames: main.spin main.main
package main

import "coredumpy"

type self []self

type nest map[string]nest

type chain chan chain

func main() {
	defer coredumpy.OnPanic()
	me := self{nil, {}}
	me[0] = me
	// want: main.main len(me[0][0][0]) = 2
	// want: main.main len(me[0][0][1]) = 0
	// want-same: main.main me me[0][0]
	n := nest{}
	n["n"] = n
	// want: main.main len(n["n"]["n"]) = 1
	c := make(chain, 1)
	c <- c
	// want: main.main len(c) = 1
	var p any
	p = &p
	spin(me, n, c, p)
}

// want: main.spin len(me[0]) = 2
// want-same: main.spin n n["n"]
// want-type: main.spin n["n"] = main.nest
//
//go:noinline
func spin(me self, n nest, c chain, p any) {
	if len(me) > len(n) && p != nil {
		panic("round and round")
	}
	<-c
}
