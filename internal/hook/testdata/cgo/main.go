// Command cgo fails in C, or in Go called by C.
package main

/*
#include <pthread.h>
#include <stdlib.h>

extern void callback(void);

static void segv(void) { *(volatile int *)8 = 1; }
static void call(void) { callback(); }

static void *in_thread(void *unused) { segv(); return 0; }
static void thread(void) {
	pthread_t t;
	pthread_create(&t, 0, in_thread, 0);
	pthread_join(t, 0);
}

static void *call_in_thread(void *unused) { callback(); return 0; }
static void thread_callback(void) {
	pthread_t t;
	pthread_create(&t, 0, call_in_thread, 0);
	pthread_join(t, 0);
}
*/
import "C"

import "os"

//go:noinline
//export callback
func callback() { panic("in a callback") }

func main() {
	switch os.Args[1] {
	case "segv":
		C.segv()
	case "abort":
		C.abort()
	case "callback":
		C.call()
	case "thread":
		C.thread()
	case "thread_callback":
		C.thread_callback()
	}
}
