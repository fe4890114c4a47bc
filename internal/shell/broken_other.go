//go:build !unix

package shell

import (
	"errors"
	"io"
	"syscall"
)

// isBroken reports whether an error says that nobody reads any more: on Windows that is
// ERROR_NO_DATA or ERROR_BROKEN_PIPE.
func isBroken(err error) bool {
	const brokenPipe, noData = syscall.Errno(109), syscall.Errno(232)
	return errors.Is(err, brokenPipe) || errors.Is(err, noData) || errors.Is(err, io.ErrClosedPipe)
}
