// Package stop dumps a program at a certain moment.
package stop

import (
	"fmt"
	"os"
	"time"

	"coredumpy"
)

var calls int

// At dumps the program in the n-th call of At, to the file that the program's first
// argument names, and ends it.
func At(n int) {
	if calls++; calls != n {
		return
	}
	coredumpy.Config.Timeout = time.Minute
	coredumpy.Config.HideSecret, coredumpy.Config.HideNamed, coredumpy.Config.HideEnviron = false, false, false
	if _, err := coredumpy.Dump(coredumpy.Path(os.Args[1])); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// Never ends a program that wasn't dumped. It is called at the end of main.
func Never() {
	fmt.Fprintf(os.Stderr, "At was called %d times only\n", calls)
	os.Exit(1)
}
