//go:build unix

package main

import (
	"os"
	"syscall"
)

//go:noinline
func block(r *os.File) {
	var b [1]byte
	// Fd puts the file into blocking mode.
	syscall.Read(int(r.Fd()), b[:])
}
