// Package debugtest runs the tests of a package in programs with debug information, which
// go test leaves out. Only in such programs can goroutines, stacks and variables be read.
package debugtest

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// modeVariable names the mode that the program was built in.
const modeVariable = "DEBUGTEST_MODE"

var modes = []struct {
	name  string
	flags []string
}{
	{"debug", []string{"-gcflags=-N -l"}},
	{"optimised", nil},
}

// Unoptimised reports whether the package was compiled so that every variable has its
// value.
var Unoptimised = os.Getenv(modeVariable) == "debug"

// Run builds the calling package's tests with debug information, once for each mode, and
// runs those named TestDebug..., which call Need. At least least of them must pass.
func Run(t *testing.T, least int) {
	if os.Getenv(modeVariable) != "" {
		t.Skip("this is it")
	}
	dir := t.TempDir()
	for _, m := range modes {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(dir, m.name+".exe")
			args := append([]string{"test", "-c", "-o", path}, m.flags...)
			if out, err := exec.Command("go", args...).CombinedOutput(); err != nil {
				t.Fatalf("go %v: %v\n%s", args, err, out)
			}
			cmd := exec.Command(path, "-test.run=^TestDebug", "-test.v", "-test.timeout=9m")
			cmd.Env = append(os.Environ(), modeVariable+"="+m.name, "GODEBUG=")
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Errorf("%v\n%s", err, out)
			}
			if n := bytes.Count(out, []byte("--- PASS: TestDebug")); n < least {
				t.Errorf("got %d tests passed, want at least %d:\n%s", n, least, out)
			}
			t.Logf("%s", out)
		})
	}
}

// Need skips a test that Run doesn't run.
func Need(t *testing.T) {
	t.Helper()
	if os.Getenv(modeVariable) == "" {
		t.Skip("no debug information; see TestWithDebugInformation")
	}
}

// Short removes the import path of the rooms from a function's name.
func Short(name string) string { return strings.TrimPrefix(name, "coredumpy/internal/") }

// Await waits until a goroutine with the function, such as target.f, on its stack is in
// the given state of a traceback.
func Await(t *testing.T, function, state string) {
	t.Helper()
	buf := make([]byte, 1<<20)
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(time.Millisecond) {
		for _, g := range strings.Split(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
			head, frames, _ := strings.Cut(g, "\n")
			if strings.Contains(head, "["+state) && strings.Contains(frames, "/"+function+"(") {
				return
			}
		}
	}
	t.Fatalf("%s doesn't get to %q", function, state)
}
