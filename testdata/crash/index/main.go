// An index is out of range.
//
// want-panic: runtime error: index out of range [7] with length 3
// want-frames: main.pick main.handle main.main
package main

import "coredumpy"

func main() {
	defer coredumpy.OnPanic()
	names := []string{"ann", "bob", "cid"}
	// want: main.main names = []string len: 3, cap: 3, ["ann","bob","cid"]
	// want: main.main total = 42
	total := 42
	total += handle(names, 7)
	println(total)
}

// want: main.handle names = []string len: 3, cap: 3, ["ann","bob","cid"]
// want: main.handle idx = 7
// want: main.handle double = 14
//
//go:noinline
func handle(names []string, idx int) int {
	double := idx * 2
	name := pick(names, idx)
	return len(name) + double
}

// pick is where the registers that panicBounds saved matter.
//
// want: main.pick names = []string len: 3, cap: 3, ["ann","bob","cid"]
// want: main.pick idx = 7
//
//go:noinline
func pick(names []string, idx int) string { return names[idx] }
