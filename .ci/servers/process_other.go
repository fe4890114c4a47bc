//go:build !linux

package main

import (
	"errors"
	"os"
	"os/exec"
)

func endWithUs(*exec.Cmd) {}

func halt(*os.Process) error { return errors.New("coredumpy attach needs Linux") }
