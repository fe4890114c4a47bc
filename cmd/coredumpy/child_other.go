//go:build !linux

package main

import (
	"os"
	"os/exec"
	"strconv"
)

// wait runs a command to its end. Programs are watched only on Linux.
func (r *runner) wait(cmd *exec.Cmd) (end, error) {
	if err := cmd.Run(); cmd.ProcessState == nil {
		return end{}, err
	}
	return end{status: cmd.ProcessState.ExitCode()}, nil
}

func dieOf(os.Signal) (status int) { return statusFailed }

func signalName(n int) string { return "signal " + strconv.Itoa(n) }

// waitBy is wait: nothing is traced.
func (r *runner) waitBy(cmd *exec.Cmd, _ func(cmd *exec.Cmd, started func()) error) (end, error) {
	return r.wait(cmd)
}

// relay passes on no signals: what runs is in the foreground, and gets them itself.
type relay struct{ interrupted func() }

func newRelay() *relay { return &relay{} }

func (*relay) stop()              {}
func (*relay) pending() os.Signal { return nil }
