// A deep recursion: the stack grew many times before the panic.
//
// want-panic: runtime error: invalid memory address or nil pointer dereference
package main

import "coredumpy"

type node struct {
	depth int
	pad   [8]int
	next  *node
}

func main() {
	defer coredumpy.OnPanic()
	// want-stale: main.main first.depth = 1
	// want-stale: main.main first.pad = [8]int [0,0,0,0,0,0,0,0]
	first := &node{depth: 1}
	println(descend(first, 1, 300))
}

// The nodes are on the stack: pointers to them become stale if the stack is moved
// while it is read.
//
// want: main.descend n = 300
// want: main.descend here.pad[3] = 300
// want-stale: main.descend here.pad[3] = 17
// want-stale: main.descend prev.pad[3] = 1
// want-stale: main.descend here.next.next.depth = 40
// want: main.descend local = [3]int [300,301,302]
//
//go:noinline
func descend(prev *node, n, limit int) int {
	here := &node{depth: n, next: prev}
	here.pad[3] = n
	local := [3]int{n, n + 1, n + 2}
	if n == limit {
		var none *node
		return none.depth
	}
	return descend(here, n+1, limit) + local[1]
}
