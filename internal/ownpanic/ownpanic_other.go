//go:build !amd64 && !arm64

package ownpanic

// Maybe reports false: where the runtime keeps the panics of a goroutine can't be
// reached here.
func Maybe() bool { return false }

// Value finds no value.
func Value() (value any, ok bool) { return nil, false }

// Place returns 0.
func Place() uint64 { return 0 }

// Frame finds no frame.
func Frame() (at uintptr, ok bool) { return 0, false }
