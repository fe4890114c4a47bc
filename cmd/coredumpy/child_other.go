//go:build !linux

package main

import (
	"os"
	"os/exec"
	"strconv"
)

// wait runs a command to its end. Elsewhere than on Linux nothing is watched.
func (r *runner) wait(cmd *exec.Cmd) (end, error) {
	if err := cmd.Run(); cmd.ProcessState == nil {
		return end{}, err
	}
	return end{status: cmd.ProcessState.ExitCode()}, nil
}

func dieOf(os.Signal) (status int) { return statusFailed }

func signalName(n int) string { return "signal " + strconv.Itoa(n) }

// waitBy is wait: nothing is traced.
func (r *runner) waitBy(cmd *exec.Cmd, _ func(*exec.Cmd) error) (end, error) { return r.wait(cmd) }
