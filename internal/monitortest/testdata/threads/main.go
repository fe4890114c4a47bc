// Command threads has C threads: one is busy, one waits, and one calls Go, which makes a
// dump. With the argument "on" Monitor watches.
package main

/*
#cgo LDFLAGS: -lpthread
#include <pthread.h>
#include <unistd.h>

extern void called(int);

static volatile int busy = 1;
static int waits[2];

static void *spin(void *x) { while (busy) ; return x; }
static void *blocked(void *x) { char c; return read(waits[0], &c, 1) == 1 ? x : 0; }
static void *calls(void *x) { called(42); return x; }

static int start(void) {
	pthread_t spinning, waiting, calling;
	if (pipe(waits) || pthread_create(&spinning, 0, spin, 0) || pthread_create(&waiting, 0, blocked, 0) || pthread_create(&calling, 0, calls, 0))
		return 1;
	pthread_join(calling, 0);
	busy = 0;
	if (write(waits[1], "x", 1) != 1)
		return 1;
	return pthread_join(spinning, 0) || pthread_join(waiting, 0);
}
*/
import "C"

import (
	"fmt"
	"os"
	"runtime"

	"coredumpy"
)

//export called
func called(n C.int) {
	double := int(n) * 2
	defer func() { fmt.Println("recovered:", recover()) }()
	defer coredumpy.OnPanic(coredumpy.Path("panic.dump"))
	_, err := coredumpy.Dump(coredumpy.Path("dump.dump"))
	fmt.Println(err)
	var none []int
	none[double]++
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == "on" {
		if err := coredumpy.Monitor(); err != nil {
			fmt.Println(err)
		}
	}
	items := []string{"tea", "milk"}
	fmt.Println(C.start())
	runtime.KeepAlive(items)
}
