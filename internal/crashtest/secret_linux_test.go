package crashtest

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"coredumpy/internal/longtest"
)

// What runs in runtime/secret.Do, and what it allocates, isn't in a dump; all else is.
func TestRuntimeSecret(t *testing.T) {
	longtest.Skip(t) // it builds the standard library once more
	if runtime.GOARCH != "amd64" && runtime.GOARCH != "arm64" {
		t.Skip("runtime/secret does nothing here")
	}
	if !experiment() {
		t.Skip("this Go version has no runtime/secret")
	}
	for _, flags := range []string{"all=-N -l", ""} {
		path := filepath.Join(t.TempDir(), "secret")
		build := exec.Command("go", "build", "-gcflags="+flags, "-o", path, "./testdata/secret")
		build.Env = append(os.Environ(), "GOEXPERIMENT=runtimesecret")
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("go build: %v\n%s", err, out)
		}
		dir := t.TempDir()
		cmd := exec.Command(path, "quail-lantern-", "mosaic-42", "visible-text")
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		text := unpacked(t, filepath.Join(dir, "secret.dump"))
		for _, part := range []string{"lantern", "mosaic", "377585"} {
			if i := strings.Index(text, part); i >= 0 {
				t.Errorf("flags %q: got %q in the dump: %q", flags, part, text[max(0, i-300):min(len(text), i+100)])
			}
		}
		for _, part := range []string{"plain-visible-text", "4711", `"numbers"`} {
			if !strings.Contains(text, part) && (flags != "" || part != `"numbers"`) {
				t.Errorf("flags %q: got no %s in the dump", flags, part)
			}
		}
	}
}

// experiment reports whether there is an experiment of that name.
func experiment() bool {
	cmd := exec.Command("go", "list", "runtime/secret")
	cmd.Env = append(os.Environ(), "GOEXPERIMENT=runtimesecret")
	return cmd.Run() == nil
}
