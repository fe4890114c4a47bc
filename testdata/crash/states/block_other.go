//go:build !unix

package main

import "os"

//go:noinline
func block(r *os.File) {
	var b [1]byte
	r.Read(b[:])
}
