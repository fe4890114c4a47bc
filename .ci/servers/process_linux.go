package main

import (
	"os"
	"os/exec"
	"syscall"
)

// endWithUs has a process killed when this one ends.
func endWithUs(c *exec.Cmd) { c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }

// halt stops a process, so that its memory doesn't change.
func halt(p *os.Process) error { return p.Signal(syscall.SIGSTOP) }
