//go:build !linux

package main

import (
	"errors"
	"os/exec"
)

// trace returns an error: only on Linux can a program be traced.
func (r *runner) trace(cmd *exec.Cmd, started func()) error { return errors.ErrUnsupported }
