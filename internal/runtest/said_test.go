//go:build linux

package runtest

import (
	"bufio"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"coredumpy"
)

// A method that hangs doesn't keep coredumpy from announcing the dump, and the dump isn't
// lost when the program is ended.
func TestSaidNever(t *testing.T) {
	plain, hooked := built(t)
	for _, dir := range []string{hooked, plain} {
		dumps := t.TempDir()
		cmd := exec.Command(command, "run", "-dir", dumps, filepath.Join(dir, "run"), "hanging")
		stderr, err := cmd.StderrPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { cmd.Process.Kill() })
		lines := bufio.NewReader(stderr)
		for line := ""; !strings.HasPrefix(line, "coredumpy load "); {
			if line, err = lines.ReadString('\n'); err != nil {
				t.Fatalf("got %v, want the dump announced", err)
			}
		}
		if err := cmd.Process.Signal(syscall.SIGQUIT); err != nil {
			t.Fatal(err)
		}
		rest, err := io.ReadAll(lines)
		if err != nil || strings.Contains(string(rest), "coredumpy load ") {
			t.Errorf("got %.1000q and error %v, want the dump announced once", rest, err)
		}
		if cmd.Wait(); cmd.ProcessState.ExitCode() != 2 {
			t.Errorf("got %s, want exit status 2 for SIGQUIT", cmd.ProcessState)
		}
		paths, err := filepath.Glob(filepath.Join(dumps, "*"))
		if err != nil || len(paths) != 1 {
			t.Fatalf("got dumps %q, %v, want one", paths, err)
		}
		core, err := coredumpy.Open(paths[0])
		if err != nil {
			t.Fatal(err)
		}
		if got := core.Head().Message; got != "main.hanging" || core.Missing() != "" {
			t.Errorf("got message %q and missing %q, want main.hanging in a whole dump", got, core.Missing())
		}
	}
}
