package goshim

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestUnreadable has an executable that may be run but not read: the kernel doesn't tell it
// by which name it was started, so it can't be a go command.
func TestUnreadable(t *testing.T) {
	dir := t.TempDir()
	name, other := filepath.Join(dir, "program"), filepath.Join(dir, "other")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, text, 0o111); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(other, 0o700); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(name)
	cmd.Env = append(os.Environ(), "MAKE_FRONT="+other)
	if os.Getuid() == 0 { // root may read every file
		const nobody = 65534
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		if err := os.Chown(other, nobody, nobody); err != nil {
			t.Fatal(err)
		}
		for _, dir := range []string{dir, filepath.Dir(dir)} {
			if err := os.Chmod(dir, 0o711); err != nil {
				t.Fatal(err)
			}
		}
	}
	out, err := cmd.CombinedOutput()
	if os.IsPermission(err) {
		t.Skip("another user doesn't get to the temporary directory: ", err)
	}
	if err != nil || !strings.Contains(string(out), "make the executable of coredumpy readable") {
		t.Errorf("got %q, %v, want that it can't be read", out, err)
	}
	if left, err := os.ReadDir(other); err != nil || len(left) > 0 {
		t.Errorf("got %v, %v, want nothing made", left, err)
	}
}
