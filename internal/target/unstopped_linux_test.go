//go:build amd64 || arm64

package target

import (
	"context"
	"fmt"
	"math"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"
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

// TestUnstopped has a process be stopped by SIGSTOP, which goes on by itself.
func TestUnstopped(t *testing.T) {
	t.Parallel()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, exe)
	cmd.Env = append(os.Environ(), roleVariable+"=unstopped")
	if out, err := cmd.CombinedOutput(); err != nil || string(out) != "went on\n" {
		t.Errorf("got %q and %v, want it to go on", out, err)
	}
}

func TestRoomFor(t *testing.T) {
	if err := RoomFor(os.Getpid()); err != nil {
		t.Error(err)
	}
	if err := RoomFor(math.MaxInt32); err == nil {
		t.Error("got no error for a process that isn't there")
	}
	if left := memoryLeft(); left <= 0 || left == math.MaxInt64 {
		t.Errorf("got %d bytes left, want what the system says", left)
	}
}
