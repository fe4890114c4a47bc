// Inlined calls are frames of their own, with their own variables.
//
// want-panic: runtime error: index out of range [5] with length 4
// want-frames: main.at main.middle main.outer main.main
package main

import "coredumpy"

type grid struct {
	cells []byte
	width int
}

func main() {
	defer coredumpy.OnPanic()
	g := &grid{[]byte("abcd"), 2}
	// want: main.main g.width = 2
	x := len(g.cells) - 3
	// want: main.main x = 1
	println(outer(g, x))
	println(g.width, x)
}

// want: main.outer x = 1
// want: main.outer y = 2
//
//go:noinline
func outer(g *grid, x int) int {
	y := x + 1
	return int(middle(g, x, y)) + y
}

// want: main.middle g.cells = []uint8 len: 4, cap: 4, [97,98,99,100]
// want: main.middle x = 1
// want: main.middle y = 2
// want: main.middle where = 5
func middle(g *grid, x, y int) byte {
	where := y*g.width + x
	return at(g.cells, where)
}

// want: main.at cells = []uint8 len: 4, cap: 4, [97,98,99,100]
// want: main.at i = 5
func at(cells []byte, i int) byte { return cells[i] }
