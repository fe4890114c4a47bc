//go:build linux

package runtest

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// TestFrontInterrupted interrupts a command, and all below it, as a terminal does.
func TestFrontInterrupted(t *testing.T) {
	starts, _ := starter(t)
	const script = `exec go run ./starts sh -c "echo ready; exec sleep 300"`
	want, _ := interrupted(t, starts, "sh", "-c", script)
	got, left := interrupted(t, command, "run", starts, "sh", "-c", script)
	if got != want || len(left) > 0 {
		t.Errorf("got %s and %q left behind, want %s", got, left, want)
	}
}

// interrupted runs a command until it says that it is ready, and interrupts it. It
// returns how the command ended, and what coredumpy has left in the temporary directory.
func interrupted(t *testing.T, name string, args ...string) (state string, left []string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	tmp := t.TempDir()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Env = front, append(os.Environ(), "TMPDIR="+tmp)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "ready\n" {
		t.Errorf("%q: got %q, %v, want it to be ready", name, line, err)
	}
	if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	cmd.Wait()
	if left, err = filepath.Glob(filepath.Join(tmp, "coredumpy*")); err != nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.String(), left
}
