// A Go callback that C calls panics: Go frames on both sides of C's.
//
// want-panic: callback got 6
// want-frames: main.goVisit main._Cfunc_visit main.run main.main
package main

/*
#include <stdlib.h>

struct mark { int number; struct mark *next; };

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
// want: main.run numbers = []int32 len: 3, cap: 3, [7,8,9]
// want: main.run mark.number = 5
// want: main.run mark.next.next.number = 5
//
//go:noinline
func run(times int) {
	label := "visits"
	numbers := unsafe.Slice((*int32)(C.calloc(3, 4)), 3) // C's memory
	copy(numbers, []int32{7, 8, 9})
	mark := (*C.struct_mark)(C.calloc(1, C.size_t(unsafe.Sizeof(C.struct_mark{}))))
	mark.number, mark.next = 5, mark
	C.visit(C.int(times), nil)
	fmt.Println(label, times, numbers, mark.next.number)
}

func main() {
	defer coredumpy.OnPanic()
	v := &visitor{}
	// want: main.main v.Seen[2] = 4
	current = v
	run(5)
	fmt.Println(v.Seen)
}
