//go:build !linux

package goshim

// executed returns "": coredumpy run exists only on Linux.
func executed() string { return "" }
