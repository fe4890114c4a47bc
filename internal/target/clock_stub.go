//go:build !linux

package target

// monotonic returns 0: the runtime's clock isn't known here.
func monotonic() int64 { return 0 }
