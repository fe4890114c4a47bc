//go:build !linux

package front

// executed returns "": coredumpy run exists only on Linux.
func executed() string { return "" }
