//go:build !amd64 && !arm64

package ownpanic

// Maybe reports false: on this architecture the panics of a goroutine can't be reached.
func Maybe() bool { return false }

// Value reports that there is no value.
func Value() (value any, ok bool) { return nil, false }

// Place returns 0.
func Place() uint64 { return 0 }

// Frame reports that there is no frame.
func Frame() (at uintptr, ok bool) { return 0, false }
