//go:build !linux

package unsafely

// Monotonic returns 0: the runtime's clock isn't known on this system.
func Monotonic() int64 { return 0 }
