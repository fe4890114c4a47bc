package crashtest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"coredumpy/internal/longtest"
)

// debugInfo makes the compiler keep every variable in our programs.
const debugInfo = "-gcflags=coredumpy/testdata/...=-N -l"

// mode is one way to build.
type mode struct {
	name  string
	flags []string
	exact bool // every variable has its value
	cgo   bool // needs a C compiler
	bare  bool // has no debug information
	few   bool // only the programs in [telling]
	extra bool // only with -full

	ordinary []string // what it builds in the ordinary suite; nothing if empty
}

var modes = []mode{
	{name: "debug", flags: []string{debugInfo}, exact: true,
		ordinary: []string{"nilderef", "zoo", "states", "goroutine", "globals", "closures", "repanic"}},
	{name: "optimised", ordinary: []string{"zoo", "generics", "inlined"}},
	{name: "race", flags: []string{"-race", debugInfo}, exact: true, cgo: true, few: true},
	{name: "race_optimised", flags: []string{"-race"}, cgo: true, few: true, extra: true},
	{name: "pie", flags: []string{"-buildmode=pie", debugInfo}, exact: true, few: true},
	{name: "trimpath", flags: []string{"-trimpath"}, few: true},
	{name: "stripped", flags: []string{"-ldflags=-s -w"}, bare: true, few: true},
	{name: "external", flags: []string{"-ldflags=-linkmode=external -compressdwarf=false", debugInfo}, exact: true,
		cgo: true, few: true},
}

// telling are the programs for modes that differ only in where things are in memory.
var telling = []string{"nilderef", "index", "zoo", "states", "goroutine", "globals", "cgo", "wrapped", "closures",
	"generics", "inlined", "repanic"}

// selects reports whether the mode builds p.
func (m *mode) selects(p *program, haveC bool) bool {
	if p.cgo && !haveC {
		return false
	}
	if !longtest.All() && !*full {
		return slices.Contains(m.ordinary, p.name)
	}
	return !m.few || *full || slices.Contains(telling, p.name)
}

// haveC reports whether cgo works here.
func haveC(t *testing.T) bool {
	t.Helper()
	out, err := exec.Command("go", "env", "CGO_ENABLED", "CC").Output()
	if err != nil {
		t.Fatalf("go env: %v", err)
	}
	enabled, cc, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	if enabled != "1" || cc == "" {
		return false
	}
	_, err = exec.LookPath(strings.Fields(cc)[0])
	return err == nil
}

// buildAll builds programs into a new directory. One go command builds them all, and
// shares work between them.
func buildAll(t *testing.T, m *mode, programs []*program, extra ...string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	args := append([]string{"build", "-o", dir + string(filepath.Separator)}, m.flags...)
	args = append(args, extra...)
	for _, p := range programs {
		args = append(args, "./testdata/crash/"+p.name)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = "../.."
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return dir
}

// overlay returns the flag that builds programs without coredumpy: with a package of the
// same name that does nothing.
func overlay(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(root, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	replace := map[string]string{}
	for _, f := range files {
		replace[f] = "" // deleted
	}
	replace[filepath.Join(root, "coredumpy.go")] = filepath.Join(root, "internal", "crashtest", "testdata", "plain",
		"coredumpy.go")
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "overlay.json")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return "-overlay=" + path
}

// outcome is what a program did.
type outcome struct {
	exit           int
	stdout, stderr string
	dumps          []string // in the order of their names
}

// runProgram runs the executable in a directory of its own. Its time is limited: a
// program that hangs fails the test.
func runProgram(t *testing.T, path string, args ...string) outcome {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	if runtime.GOOS == "windows" {
		path += ".exe"
	}
	dir := t.TempDir()
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &stdout, &stderr
	cmd.Env = append(os.Environ(), "GOTRACEBACK=single", "GODEBUG=")
	cmd.WaitDelay = time.Minute
	err := cmd.Run()
	o := outcome{stdout: stdout.String(), stderr: stderr.String()}
	var ee *exec.ExitError
	switch {
	case ctx.Err() != nil:
		t.Fatalf("%s hangs; stderr so far:\n%.4000s", filepath.Base(path), o.stderr)
	case errors.As(err, &ee):
		o.exit = ee.ExitCode()
	case err != nil:
		t.Fatal(err)
	}
	if o.dumps, err = filepath.Glob(filepath.Join(dir, "*.dump")); err != nil {
		t.Fatal(err)
	}
	return o
}

func readable(path string) bool {
	f, err := os.Open(path)
	if err == nil {
		f.Close()
	}
	return err == nil
}
