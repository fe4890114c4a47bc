package runtest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"coredumpy/internal/longtest"
)

// TestMonitored traces a program that Monitor watches. There is one dump of each crash,
// made by coredumpy run.
func TestMonitored(t *testing.T) {
	needLinux(t)
	program := filepath.Join(t.TempDir(), "events")
	if err := goBuild("-o", program, "../monitortest/testdata/events"); err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{"nil-map", "ask-error"}[:longtest.Rounds(1, 2)] {
		dir := t.TempDir()
		want := execute(t, dir, nil, program, kind)
		got, dumps := watchIn(t, dir, nil, program, kind, "on")
		if got.state != want.state || got.out != want.out || len(dumps) != 1 {
			t.Errorf("%s: got %d dumps and %+v, want one and %+v", kind, len(dumps), got, want)
		}
		paths, err := filepath.Glob(filepath.Join(dir, "*"))
		if others := len(paths); err != nil || kind == "nil-map" && others > 0 {
			t.Errorf("%s: got %q, %v besides, want none", kind, paths, err)
		}
	}
}

// TestOtherProc checks that attach is refused where process numbers in /proc mean other
// processes.
func TestOtherProc(t *testing.T) {
	needLinux(t)
	if out, err := exec.Command("unshare", "-r", "-p", "-f", "true").CombinedOutput(); err != nil {
		t.Skipf("no such namespaces here: %v %s", err, out)
	}
	dir := t.TempDir()
	got := execute(t, dir, nil, "unshare", "-r", "-p", "-f", command, "attach", "1")
	left, err := os.ReadDir(dir)
	if got.state != "exit status 1" || !strings.Contains(got.err, "/proc belongs to another PID namespace") ||
		err != nil || len(left) > 0 {
		t.Errorf("got %+v, and files %v, %v, want it refused", got, left, err)
	}
}
