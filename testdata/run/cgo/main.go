// Cgo ends in C, or in Go that C calls, as its first argument says.
package main

/*
#include <stdlib.h>
#include <pthread.h>

struct event { int n, twice; };

extern void goVisit(int n);
extern void goEvent(struct event *e);

static void fire(int n) {
	struct event e = { n, 2 * n };
	goEvent(&e);
}

static void visit(int n) {
	for (int i = 0; i < n; i++)
		goVisit(2 * i);
}

static void segv(void) { *(volatile int *)8 = 1; }

static void *in_thread(void *unused) { segv(); return 0; }

static void thread(void) {
	pthread_t t;
	pthread_create(&t, 0, in_thread, 0);
	pthread_join(t, 0);
}
*/
import "C"

import (
	"fmt"
	"os"
)

//export goVisit
func goVisit(n C.int) {
	twice := 2 * int(n)
	if twice > 10 {
		panic(fmt.Sprint("visited ", twice))
	}
}

//export goEvent
func goEvent(e *C.struct_event) {
	copied := *e
	if copied.n > 10 {
		panic(fmt.Sprint("event ", copied.n))
	}
}

func frame(n int) {
	C.fire(C.int(7 * n))
}

func callback(n int) {
	times := n + 2
	C.visit(C.int(times))
}

func segv(n int) {
	mine := 31 * n
	C.segv()
	fmt.Println(mine)
}

func abort(n int) {
	mine := 32 * n
	C.abort()
	fmt.Println(mine)
}

func thread(n int) {
	mine := 33 * n
	C.thread()
	fmt.Println(mine)
}

func main() {
	fmt.Println("begin")
	switch os.Args[1] {
	case "callback":
		callback(3)
	case "frame":
		frame(3)
	case "segv":
		segv(1)
	case "abort":
		abort(1)
	case "thread":
		thread(1)
	}
}
