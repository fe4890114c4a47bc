//go:build !linux || !(amd64 || arm64)

package ptrace

import (
	"errors"
	"time"
)

// Unstopped returns an error.
func Unstopped(time.Duration) (func(), error) { return nil, errors.ErrUnsupported }
