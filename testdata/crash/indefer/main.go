// A deferred function panics while the stack unwinds from another panic.
//
// want-panic: first: index 9
// want-panic: 	panic: second: close of 2 failed
// want-value: value = interface {}(string) "second: close of 2 failed"
// want-earlier: interface {}(string) "first: index 9"
// want-frames: main.(*file).close main.work main.main
package main

import (
	"fmt"

	"coredumpy"
)

type file struct{ fd int }

// want: main.(*file).close f.fd = 2
//
//go:noinline
func (f *file) close() {
	panic(fmt.Sprintf("second: close of %d failed", f.fd))
}

func main() {
	defer coredumpy.OnPanic()
	work(9)
}

// want: main.work i = 9
// want: main.work f.fd = 2
//
//go:noinline
func work(i int) {
	f := &file{2}
	defer f.close()
	panic(fmt.Sprint("first: index ", i))
}
