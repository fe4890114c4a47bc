//go:build !linux

package main

import (
	"errors"
	"os/exec"
)

// trace returns an error: programs can be traced only on Linux.
func (r *runner) trace(cmd *exec.Cmd, started func()) error { return errors.ErrUnsupported }
