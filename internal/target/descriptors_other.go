//go:build !linux

package target

// Descriptors returns nil: elsewhere the runtime makes no poller for files.
func Descriptors() error { return nil }
