//go:build !linux || !(amd64 || arm64)

package ptrace

import (
	"fmt"
	"os/exec"
	"runtime"
)

// Trace returns an error: a program can only be traced on Linux.
func Trace(cmd *exec.Cmd, started func(), at func(pid int) []uint64, hit func(*Hit) (alone bool)) error {
	return fmt.Errorf("trace: %s can't be traced on %s/%s, only on linux/amd64 and linux/arm64",
		cmd.Path, runtime.GOOS, runtime.GOARCH)
}
