//go:build !linux || !(amd64 || arm64)

package ptrace

import (
	"fmt"
	"runtime"
	"time"
)

// Stop returns an error: another process can only be read on Linux.
func Stop(pid int, limit time.Duration) (*Stopped, error) {
	return nil, fmt.Errorf("stop: process %d can't be stopped on %s/%s, only on linux/amd64 and linux/arm64",
		pid, runtime.GOOS, runtime.GOARCH)
}

// StopChild returns an error, as Stop does.
func StopChild(pid int, limit time.Duration) (*Stopped, error) { return Stop(pid, limit) }

// Seize returns an error, as Stop does.
func Seize(pid int, limit time.Duration) (*Stopped, error) { return Stop(pid, limit) }
