//go:build unix

package main

import (
	"os"
	"syscall"
)

// continued is the signal for a process that was stopped and goes on, resized that for another size
// of the terminal.
var (
	continued = []os.Signal{syscall.SIGCONT}
	resized   = []os.Signal{syscall.SIGWINCH}
)
