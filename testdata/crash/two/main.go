// Two goroutines panic at once, both with OnPanic. The process ends with the
// first re-panic, so the second dump may or may not be there.
//
// want-panic-any: left is wrong
// want-panic-any: right is wrong
// want-dumps: 1-2
// want-stderr: any
package main

import (
	"sync"

	"coredumpy"
)

func main() {
	var start, done sync.WaitGroup
	start.Add(1)
	done.Add(2)
	go fail(&start, "left is wrong")
	go fail(&start, "right is wrong")
	start.Done()
	// want-status: main.main sync.WaitGroup.Wait | semacquire | runnable | running
	done.Wait()
}

// want: main.fail len(why) = 13 | 14
//
//go:noinline
func fail(start *sync.WaitGroup, why string) {
	defer coredumpy.OnPanic()
	start.Wait()
	panic(why)
}
