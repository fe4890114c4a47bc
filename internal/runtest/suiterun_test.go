package runtest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// suiteRun is a run of go test in testdata/suite, and how it differs from one that leaves
// the dumps of all tests once.
type suiteRun struct {
	name     string
	args     []string // of go test, besides the packages
	packages string   // their folders, or a file in one of them
	only     string   // matches the tests that leave dumps; all if empty
	times    int      // how often each test runs; 0 means once
	cached   bool     // run twice: the second time from the cache
	race     bool     // needs the race detector
	ordinary string   // the packages in the ordinary suite; none if empty
}

// goTest returns the arguments of the go command.
func (r *suiteRun) goTest() []string {
	args := []string{"test"}
	if !r.cached {
		args = append(args, "-count=1")
	}
	args = append(args, r.args...)
	for _, p := range strings.Fields(r.packages) {
		args = append(args, "./"+p)
	}
	return args
}

// runSuite runs a command in testdata/suite.
func runSuite(t *testing.T, tmp, name string, args ...string) result {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = suiteDir
	cmd.Env = append(os.Environ(), "TMPDIR="+tmp)
	cmd.WaitDelay = time.Minute
	var out, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &stderr
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) || ctx.Err() != nil {
		t.Fatalf("%s %q: %v %v\n%s%s", name, args, err, ctx.Err(), &out, &stderr)
	}
	return result{out.String(), stderr.String(), cmd.ProcessState.String()}
}

var shuffled = regexp.MustCompile(`-test\.shuffle (\d+)`)

// both runs the tests with and without coredumpy. Dumps go to dumps; tmp must be empty,
// before and after.
func (r *suiteRun) both(t *testing.T, dumps, tmp string) (hooked, plain result) {
	t.Helper()
	args := r.goTest()
	ours := append([]string{"run", "-max", "1000", "-dir", dumps, "go"}, args...)
	hooked = runSuite(t, tmp, command, ours...)
	if r.cached {
		hooked = runSuite(t, tmp, command, ours...)
	}
	if left, err := os.ReadDir(tmp); err != nil || len(left) > 0 {
		t.Errorf("got %v, %v left behind", left, err)
	}
	if m := shuffled.FindStringSubmatch(hooked.out); m != nil {
		for i := range args {
			args[i] = strings.Replace(args[i], "-shuffle=on", "-shuffle="+m[1], 1)
		}
	}
	plain = runSuite(t, tmp, "go", args...)
	if r.cached {
		plain = runSuite(t, tmp, "go", args...)
	}
	return hooked, plain
}

// It depends on the optimisation of the code whether arguments of functions in stack
// traces are known, or shown as (...).
var differing = regexp.MustCompile(`\(\d+(?:\.\d+)?s\)|\t\d+\.\d+s\b|(?m:^([\w./]+(?:\(\*\w+\))?[\w.\[\]]*)\([^)]*\)$)|go-build\d+| \+0x[0-9a-f]+`)

// sameTests leaves out of the output of tests what differs from run to run.
func sameTests(s string) string { return same(differing.ReplaceAllString(s, "$1")) }

// sameJSON returns the output of go test -json without times; consecutive output of a
// test is joined.
func sameJSON(s string) (string, error) {
	type event struct{ Action, Package, Test, Output, OutputType, FailedBuild, ImportPath, Key, Value, Path string }
	var all []event
	for line := range strings.Lines(s) {
		var e event
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			return "", fmt.Errorf("%q: %w", line, err)
		}
		if last := len(all) - 1; last >= 0 && e.Action == "output" && all[last].Action == e.Action &&
			all[last].Test == e.Test && all[last].Package == e.Package {
			all[last].Output += e.Output
			continue
		}
		all = append(all, e)
	}
	var b strings.Builder
	for _, e := range all {
		e.Output = sameTests(e.Output)
		fmt.Fprintf(&b, "%+v\n", e)
	}
	return b.String(), nil
}

// compareTests checks that tests do the same under coredumpy as without it.
func compareTests(t *testing.T, hooked, plain result) {
	t.Helper()
	if hooked.state != plain.state {
		t.Errorf("got %s, without coredumpy %s", hooked.state, plain.state)
	}
	got, want := sameTests(hooked.out), sameTests(plain.out)
	if strings.HasPrefix(plain.out, "{") {
		var err error
		if want, err = sameJSON(plain.out); err != nil {
			t.Fatal(err)
		}
		if got, err = sameJSON(hooked.out); err != nil {
			t.Fatal(err)
		}
	}
	if got != want {
		t.Errorf("got on standard output %s", firstDifference(got, want))
	}
	if got, want := sameTests(hooked.err), sameTests(plain.err); got != want {
		t.Errorf("got on standard error %s", firstDifference(got, want))
	}
}

// firstDifference shows both texts from the first line that differs.
func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	n := 0
	for n < len(g) && n < len(w) && g[n] == w[n] {
		n++
	}
	const lines = 12
	return fmt.Sprintf("from line %d on\n%s\nwithout coredumpy\n%s", n+1,
		strings.Join(g[n:min(n+lines, len(g))], "\n"), strings.Join(w[n:min(n+lines, len(w))], "\n"))
}

// dumpPaths returns the dumps in a folder.
func dumpPaths(t *testing.T, dir string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.dump"))
	if err != nil {
		t.Fatal(err)
	}
	return paths
}
