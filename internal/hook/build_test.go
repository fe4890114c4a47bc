package hook

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// toolchain is a go command and what it says about itself.
type toolchain struct {
	command string
	env     []string // added to ours

	GOROOT, GOVERSION, GOMODCACHE, CGO_ENABLED, CC string
}

// local is the toolchain that runs the tests.
var local = sync.OnceValues(func() (*toolchain, error) { return askToolchain("") })

// askToolchain asks the go command, under the given GOTOOLCHAIN if not empty.
func askToolchain(name string) (*toolchain, error) {
	tc := &toolchain{command: "go"}
	cmd := exec.Command("go", "env", "-json", "GOROOT", "GOVERSION", "GOMODCACHE", "CGO_ENABLED", "CC")
	if name != "" {
		tc.env = []string{"GOTOOLCHAIN=" + name}
		cmd.Env = append(os.Environ(), tc.env...)
	}
	out, err := cmd.Output()
	if err != nil {
		return nil, err
	}
	return tc, json.Unmarshal(out, tc)
}

// cgo reports whether C programs can be compiled.
func (tc *toolchain) cgo() bool {
	fields := strings.Fields(tc.CC)
	if tc.CGO_ENABLED != "1" || len(fields) == 0 {
		return false
	}
	_, err := exec.LookPath(fields[0])
	return err == nil
}

// hooked returns a toolchain that builds with the overlay, and the flag for it.
func (tc *toolchain) hooked(t *testing.T, cache string) (*toolchain, string) {
	t.Helper()
	files, err := Overlay(Toolchain{tc.GOROOT, tc.GOVERSION, tc.GOMODCACHE}, cache, nil)
	if err != nil {
		t.Fatal(err)
	}
	with := *tc
	if files.GOROOT != "" {
		with.command = filepath.Join(files.GOROOT, "bin", "go")
		with.env = []string{"GOROOT=" + files.GOROOT, "GOTOOLCHAIN=local"}
	}
	return &with, "-overlay=" + files.Overlay
}

// run runs the go command.
func (tc *toolchain) run(t *testing.T, args ...string) {
	t.Helper()
	cmd := exec.Command(tc.command, args...)
	cmd.Env = append(os.Environ(), tc.env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// pair is a program built without and with the hook.
type pair struct{ plain, hooked string }

// build builds a program of testdata twice. command is "build" or "test -c".
func build(t *testing.T, tc *toolchain, command, program string, flags ...string) pair {
	t.Helper()
	dir := t.TempDir()
	p := pair{filepath.Join(dir, "plain"), filepath.Join(dir, "hooked")}
	args := append(strings.Fields(command), flags...)
	with, overlay := tc.hooked(t, t.TempDir())
	tc.run(t, append(args, "-o", p.plain, "./testdata/"+program)...)
	with.run(t, append(args, overlay, "-o", p.hooked, "./testdata/"+program)...)
	return p
}

// needReports skips tests of reports on systems where programs don't report.
func needReports(t *testing.T) *toolchain {
	t.Helper()
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" && runtime.GOARCH != "arm64" {
		t.Skip("programs report on linux/amd64 and linux/arm64 only")
	}
	tc, err := local()
	if err != nil {
		t.Skipf("no go command: %v", err)
	}
	return tc
}
