//go:build !linux || !(amd64 || arm64)

package target

import (
	"errors"
	"time"
)

// RoomFor returns an error.
func RoomFor(int) error { return errors.ErrUnsupported }

// Unstopped returns an error.
func Unstopped(time.Duration) (func(), error) { return nil, errors.ErrUnsupported }
