package crashtest

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"coredumpy"
	"coredumpy/internal/longtest"
)

const failingDir = "../../testdata/failing"

// withSymbols makes go test keep the debug information of a test binary.
const withSymbols = "-ldflags=-w=0 -s=0"

var testModes = []mode{
	{name: "debug", flags: []string{withSymbols, debugInfo}, exact: true},
	{name: "optimised", flags: []string{withSymbols}},
	{name: "as_is", bare: true},
	{name: "race", flags: []string{"-race", withSymbols, debugInfo}, exact: true, cgo: true},
}

// TestFailing runs testdata/failing and reads the dumps that OnFailure leaves.
func TestFailing(t *testing.T) {
	c := haveC(t)
	for _, m := range testModes {
		t.Run(m.name, func(t *testing.T) {
			if m.name != "debug" {
				longtest.Skip(t)
			}
			if m.cgo && !c {
				t.Skip("needs cgo and a C compiler")
			}
			dir := t.TempDir()
			run := func(_ int, flags ...string) { goTest(t, dir, 1, flags) } // go test has one status for all failures
			if m.flags != nil {
				binary := filepath.Join(t.TempDir(), "failing.exe")
				goTest(t, dir, 0, slices.Concat([]string{"-c", "-o", binary}, m.flags))
				run = func(status int, flags ...string) { runFailing(t, dir, status, binary, flags) }
			}
			// A panic ends the binary, and benchmarks run only if no test failed.
			run(1, "-test.run=.", "-test.skip=TestPanic")
			run(2, "-test.run=TestPanic")
			run(1, "-test.run=-", "-test.bench=.", "-test.benchtime=1x")
			checkFailing(t, &m, dir)
		})
	}
}

// goTest runs go test on the failing tests and checks its exit status.
func goTest(t *testing.T, dir string, status int, flags []string) {
	t.Helper()
	args := append([]string{"test", "-count=1", "-timeout=10m"}, flags...)
	runFailing(t, dir, status, "go", append(args, "."))
}

// runFailing runs a command where the failing tests are, and checks its exit status.
func runFailing(t *testing.T, dir string, status int, name string, args []string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = failingDir
	cmd.Env = append(os.Environ(), "FAILING_DIR="+dir)
	cmd.WaitDelay = time.Minute
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	if got := cmd.ProcessState.ExitCode(); got != status {
		t.Fatalf("%s %s: got %v, want exit status %d\n%.4000s", name, strings.Join(args, " "), err, status, &out)
	}
	for _, bad := range []string{"DATA RACE", "[build failed]", "fatal error", "test timed out"} {
		if strings.Contains(out.String(), bad) {
			t.Fatalf("%s %s: %s\n%.4000s", name, strings.Join(args, " "), bad, &out)
		}
	}
}

// checkFailing finds each dump's test by the name in its head, and the facts by the
// test's file.
func checkFailing(t *testing.T, m *mode, dir string) {
	dumps := map[string][]string{}
	paths, err := filepath.Glob(filepath.Join(dir, "*.dump"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		core, err := coredumpy.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		h := core.Head()
		if h.Reason != "test failure" && h.Reason != "panic" {
			t.Errorf("%s: got reason %q, want a test failure or panic", h.Test, h.Reason)
		}
		root, _, _ := strings.Cut(h.Test, "/")
		name := strings.ToLower(strings.TrimPrefix(strings.TrimPrefix(root, "Test"), "Benchmark"))
		if name == "fatal" && strings.HasPrefix(root, "Benchmark") {
			name = "bench"
		}
		dumps[name] = append(dumps[name], path)
	}
	for _, name := range []string{"error", "fatal", "helper", "goroutine", "outside", "panic", "parallel", "pass",
		"bench"} {
		t.Run(name, func(t *testing.T) {
			p := &program{name: name, min: 1, max: 1}
			if err := p.readFile(filepath.Join(failingDir, name+"_test.go")); err != nil {
				t.Fatal(err)
			}
			if n := len(dumps[name]); n < p.min || n > p.max {
				t.Fatalf("got %d dumps, want %d to %d", n, p.min, p.max)
			}
			for _, path := range dumps[name] {
				checkDump(t, m, p, path)
			}
			delete(dumps, name)
		})
	}
	for name := range dumps {
		t.Errorf("got a dump for test %q, want none", name)
	}
}

// TestArtifacts checks where dumps go with -artifacts, new in Go 1.26.
func TestArtifacts(t *testing.T) {
	if v := runtime.Version(); strings.HasPrefix(v, "go1.24") || strings.HasPrefix(v, "go1.25") {
		t.Skip("go test has -artifacts since Go 1.26")
	}
	out, variable := t.TempDir(), t.TempDir()
	t.Setenv("COREDUMPY_DIR", variable) // used only without artifacts
	goTest(t, "", 1, []string{"-run=TestFatal", "-artifacts", "-outputdir=" + out})
	stray, err := filepath.Glob(filepath.Join(failingDir, "*.dump"))
	if err != nil || len(stray) > 0 {
		t.Errorf("got %q (%v) in the current directory, want nothing", stray, err)
	}
	if named, err := filepath.Glob(filepath.Join(variable, "*")); err != nil || len(named) > 0 {
		t.Errorf("got %q (%v) in COREDUMPY_DIR, want nothing", named, err)
	}
	for _, path := range stray {
		os.Remove(path)
	}
	var found []string
	err = filepath.WalkDir(out, func(path string, d os.DirEntry, err error) error {
		if strings.HasSuffix(path, ".dump") {
			found = append(found, path)
		}
		return err
	})
	if err != nil || len(found) != 1 {
		t.Fatalf("got dumps %q (%v) under -outputdir, want one", found, err)
	}
	if core, err := coredumpy.Open(found[0]); err != nil || core.Head().Test != "TestFatal" {
		t.Errorf("got %v, want the dump of TestFatal", err)
	}
}
