//go:build amd64 || arm64

package ptrace

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"coredumpy/internal/childtest"
)

// unstoppedRole stops itself.
func unstoppedRole([]string) {
	end, err := Unstopped(500 * time.Millisecond)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer end()
	syscall.Kill(os.Getpid(), syscall.SIGSTOP)
	fmt.Println("went on")
}

// TestUnstopped stops a process by SIGSTOP, which goes on by itself.
func TestUnstopped(t *testing.T) {
	t.Parallel()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), childtest.Patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, exe)
	cmd.Env = append(os.Environ(), childtest.RoleVariable+"=unstopped")
	if out, err := cmd.CombinedOutput(); err != nil || string(out) != "went on\n" {
		t.Errorf("got %q and %v, want it to go on", out, err)
	}
}
