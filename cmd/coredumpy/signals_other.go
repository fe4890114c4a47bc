//go:build !unix

package main

import "os"

// These are empty: no signal says that a process goes on, or that the terminal has another size.
var continued, resized []os.Signal
