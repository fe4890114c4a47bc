// Variables in scope and out of it: shadowing, blocks, declared later, results,
// unused parameters, escaped variables, a range-over-func body.
//
// want-panic: runtime error: slice bounds out of range [:9] with length 6
// want-frames: main.cut main.main-range1 main.pairs main.main
package main

import "coredumpy"

// want: main.cut s = "abcdef"
// want: main.cut n = 9
// want-none: main.cut later
// want-args: main.cut s n | s n ~p2 | s n _
//
//go:noinline
func cut(s string, n int, _ bool) (head string, ok bool) {
	// want: main.cut head = ""
	// want: main.cut ok = true
	ok = true
	head = s[:n]
	later := len(head)
	return head[:later], ok
}

// pairs is an iterator: the loop's body is a function that it calls.
//
//go:noinline
func pairs(yield func(int, string) bool) {
	// want: main.pairs words[1] = "bc"
	words := []string{"a", "bc"}
	for i, w := range words {
		// want: main.pairs i = 1
		// want: main.pairs w = "bc"
		if !yield(i, w) {
			return
		}
	}
}

func main() {
	defer coredumpy.OnPanic()
	x := 1
	// want-shadowed: main.main x = 1
	escaped := [3]int{7, 8, 9}
	// want: main.main escaped = [3]int [7,8,9]
	keep(&escaped)
	if y := x + 1; y > 0 {
		// want: main.main x = "inner"
		// want: main.main y = 2
		x := "inner"
		for i, w := range pairs {
			if i == 0 {
				gone := "out of scope"
				println(gone, x)
				continue
			}
			// want: main.main-range1 i = 1
			// want: main.main-range1 w = "bc"
			// want-none: main.main-range1 gone
			text := "abcdef"
			head, _ := cut(text, 9, true)
			println(head, w)
		}
	}
	unborn := 3
	// want-none: main.main unborn
	println(unborn, x)
}

var kept *[3]int

//go:noinline
func keep(p *[3]int) { kept = p }
