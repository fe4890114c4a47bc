// Panics with little stack left, at many distances from its end, so that some
// deferred calls make it grow. Growing moves the stack and leaves pointers behind
// that the program doesn't need any more: they must not show what is now in the
// place that they point to.
//
// want-exit: 0
// want-dumps: 12
package main

import (
	"fmt"

	"coredumpy"
)

type cell struct {
	Tag  int
	Name string
	Pad  [4]int
}

func main() {
	for n := range 12 {
		done := make(chan bool)
		go func() {
			defer close(done)
			defer func() { recover() }()
			down(n, n)
		}()
		<-done
	}
	fmt.Println("survived")
}

// down uses up stack in small steps.
//
//go:noinline
func down(n, left int) int {
	var pad [20]int
	pad[left%len(pad)] = n
	if left == 0 {
		return guarded(n) + pad[0]
	}
	return down(n, left-1) + pad[1]
}

// want: main.guarded local.Tag = 7
// want: main.guarded kept.Name = "kept"
//
//go:noinline
func guarded(n int) int {
	defer coredumpy.OnPanic()
	local := cell{Tag: 7, Name: "local"}
	kept := &cell{Name: "kept"}
	fail(&local, n)
	return local.Tag + kept.Tag
}

// dead isn't used after the call, so a moved stack leaves it behind.
//
// want-stale: main.fail c.Name = "local"
// want-stale: main.fail dead.Name = "dead"
// want-stale: main.fail dead.Pad[2] = 42
//
//go:noinline
func fail(c *cell, n int) {
	own := cell{Tag: 9, Name: "dead"}
	dead := &own
	dead.Pad[2] = 42
	check(c, dead, n)
}

// want-stale: main.check c.Tag = 7
// want-stale: main.check d.Tag = 9
//
//go:noinline
func check(c, d *cell, n int) {
	if c.Tag != d.Tag {
		panic(fmt.Sprintf("tags differ at depth %d", n))
	}
}
