//go:build unix

package main

import (
	"os"
	"syscall"
)

// continued is the signal for a process that was stopped and goes on.
var continued = []os.Signal{syscall.SIGCONT}
