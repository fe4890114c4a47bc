//go:build !amd64 && !arm64

package target

// MayPanic reports false: where the runtime keeps the panics of a goroutine can't be
// reached here.
func MayPanic() bool { return false }

// PanicValue finds no value.
func PanicValue() (value any, ok bool) { return nil, false }

// PanicPlace returns 0.
func PanicPlace() uint64 { return 0 }

// PanicFrame finds no frame.
func PanicFrame() (at uintptr, ok bool) { return 0, false }
