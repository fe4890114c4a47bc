//go:build !linux

package outfile

// CheckDescriptors returns nil: elsewhere the runtime makes no poller for files.
func CheckDescriptors() error { return nil }
