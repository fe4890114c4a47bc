//go:build !unix

package retain

import "errors"

func mkfifo(string) error { return errors.ErrUnsupported }
