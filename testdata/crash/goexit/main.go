// runtime.Goexit runs deferred calls without a panic: no dump.
//
// want-exit: 0
// want-dumps: 0
package main

import (
	"fmt"
	"runtime"

	"coredumpy"
)

func main() {
	defer coredumpy.OnPanic()
	done := make(chan string)
	go func() {
		defer func() { done <- "left" }()
		defer coredumpy.OnPanic()
		leave()
	}()
	fmt.Println(<-done)
}

//go:noinline
func leave() { runtime.Goexit() }
