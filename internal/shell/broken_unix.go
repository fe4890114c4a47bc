//go:build unix

package shell

import (
	"errors"
	"io"
	"syscall"
)

// isBroken reports whether an error says that nobody reads any more.
func isBroken(err error) bool {
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, io.ErrClosedPipe)
}
