// A map that was never made is written.
//
// want-panic: assignment to entry in nil map
// want-frames: main.(*cart).add main.fill main.main
package main

import "coredumpy"

type cart struct {
	owner string
	items map[string]int
	price float64
}

func main() {
	defer coredumpy.OnPanic()
	c := &cart{owner: "ann", price: 2.5}
	// want: main.main *c = main.cart {owner: "ann", items: map[string]int nil, price: 2.5}
	fill(c, "pen", "cup")
	println(len(c.items))
}

// want: main.fill names = []string len: 2, cap: 2, ["pen","cup"]
// want: main.fill i = 0
// want: main.fill name = "pen"
//
//go:noinline
func fill(c *cart, names ...string) {
	for i, name := range names {
		c.add(name, i+1)
	}
}

// want: main.(*cart).add c.owner = "ann"
// want: main.(*cart).add c.items = map[string]int nil
// want: main.(*cart).add name = "pen"
// want: main.(*cart).add n = 1
// want-args: main.(*cart).add c name n
//
//go:noinline
func (c *cart) add(name string, n int) { c.items[name] += n }
