// A Go callback that C calls panics: Go frames on both sides of C's.
//
// want-panic: callback got 6
// want-frames: main.goVisit main._Cfunc_visit main.run main.main
package main

/*
extern void goVisit(int n, void *arg);

static void visit(int n, void *arg) {
	for (int i = 0; i < n; i++)
		goVisit(i * 2, arg);
}
*/
import "C"

import (
	"fmt"
	"unsafe"

	"coredumpy"
)

type visitor struct{ Seen []int }

var current *visitor

// want: main.goVisit n = 6
// want: main.goVisit v.Seen = []int len: 3, cap: 4, [0,2,4]
//
//export goVisit
func goVisit(n C.int, arg unsafe.Pointer) {
	v := current
	if n == 6 {
		panic(fmt.Sprintf("callback got %d", int(n)))
	}
	v.Seen = append(v.Seen, int(n))
}

// want: main.run times = 5
// want: main.run label = "visits"
//
//go:noinline
func run(times int) {
	label := "visits"
	C.visit(C.int(times), nil)
	fmt.Println(label, times)
}

func main() {
	defer coredumpy.OnPanic()
	v := &visitor{}
	// want: main.main v.Seen[2] = 4
	current = v
	run(5)
	fmt.Println(v.Seen)
}
