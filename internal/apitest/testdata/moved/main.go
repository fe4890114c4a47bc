// Moved panics at many depths of recursion, each time on a fresh goroutine whose
// stack starts small and moves as it grows. Its frames hold pointers and slices
// into their own stack. The dumps go to the directory named first, one for each
// depth up to the number named second, in steps of the third.
package main

import (
	"os"
	"path/filepath"
	"strconv"

	"coredumpy"
)

type node struct {
	N, Twice int
	Up       *node
}

// recurse keeps n in many forms: every value in a frame must agree with n.
func recurse(n int, up *node) int {
	local := node{n, 2 * n, up}
	p := &local
	pp := &p
	array := [4]int{n, n + 1, n + 2, n + 3}
	slice := array[1:3]
	text := []byte{'a' + byte(n%26), 'b', byte(n)}
	inner := struct {
		P *node
		S []int
	}{p, array[:]}
	add := func(k int) int { return n + k + local.Twice } // captures by reference
	local.Twice = 2 * n
	if n == 0 {
		var m map[string]int
		m["x"] = 1
	}
	return recurse(n-1, p) + (*pp).N + slice[0] + int(text[0]) + inner.S[0] + add(1)
}

func crash(depth int, path string) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() { recover() }()
		defer coredumpy.OnPanic(coredumpy.Path(path))
		recurse(depth, nil)
	}()
	<-done
}

func main() {
	coredumpy.Config.MaxSource, coredumpy.Config.AllGoroutines = 0, false
	coredumpy.Config.MaxPanicsPerSite, coredumpy.Config.MaxPanicsPerMinute = 0, 0
	last, _ := strconv.Atoi(os.Args[2])
	step, _ := strconv.Atoi(os.Args[3])
	for depth := 1; depth <= last; depth += step {
		crash(depth, filepath.Join(os.Args[1], strconv.Itoa(depth)+".dump"))
	}
}
