//go:build !linux || !(amd64 || arm64)

package memory

import "errors"

// RoomFor returns an error.
func RoomFor(int) error { return errors.ErrUnsupported }
