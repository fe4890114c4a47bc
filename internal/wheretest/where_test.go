// Package wheretest has no code of its own. Its tests crash the programs and tests of
// testdata/where, in the process and from outside, and check that each dump opens on the
// line that a comment there names.
package wheretest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"coredumpy"
	"coredumpy/internal/longtest"
)

const source = "../../testdata/where"

// work is a directory for executables; TestMain removes it.
var work string

func TestMain(m *testing.M) {
	var err error
	if work, err = os.MkdirTemp("", "wheretest"); err != nil {
		panic(err)
	}
	status := m.Run()
	os.RemoveAll(work)
	os.Exit(status)
}

// mark is where a dump opens.
type mark struct {
	name    string // of the program's case or of the test
	file    string // base name
	line    int
	fn      string // the function instead, where there can be no mark
	outside bool   // only coredumpy run makes a dump
}

var markComment = regexp.MustCompile(`// (opens(?:-run)?): (.+)$`)

// readMarks reads the marks of a file. The names of tests are separated by spaces.
func readMarks(t *testing.T, path string, several bool) (all []mark) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(source, path))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(text)) {
		n++
		m := markComment.FindStringSubmatch(strings.TrimSpace(line))
		if m == nil || strings.HasPrefix(line, "//") {
			continue
		}
		names := []string{m[2]}
		if several {
			names = strings.Fields(m[2])
		}
		for _, name := range names {
			all = append(all, mark{name: name, file: filepath.Base(path), line: n, outside: m[1] == "opens-run"})
		}
	}
	if len(all) == 0 {
		t.Fatalf("no mark in %s", path)
	}
	return all
}

// programCases returns the cases of the program. A name with a colon shares the mark of
// the part before the colon.
func programCases(t *testing.T) []mark {
	t.Helper()
	all := readMarks(t, "main.go", false)
	text, err := os.ReadFile(filepath.Join(source, "main.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range slices.Clone(all) {
		if m.name != "bomb" {
			continue
		}
		for _, name := range regexp.MustCompile(`(?m)^\t\t"([^"]+)":\s+func`).FindAllStringSubmatch(string(text), -1) {
			all = append(all, mark{name: m.name + ": " + name[1], file: m.file, line: m.line})
		}
	}
	// A panic in the standard library is shown there.
	return append(all, mark{name: "std", fn: "strings.Repeat"})
}

// testCases returns the tests as cases.
func testCases(t *testing.T) []mark {
	t.Helper()
	all := slices.Concat(readMarks(t, "lib/lib.go", true), readMarks(t, "tests/x_test.go", true))
	if !strings.HasPrefix(runtime.Version(), "go1.24") {
		all = append(all, readMarks(t, "tests/bubble_test.go", true)...)
	}
	return all
}

// alone reports whether a test ends the test binary.
func (m *mark) alone() bool { return strings.Contains(strings.ToLower(m.name), "panic") }

// check checks that the dump opens there, and that the file's name says so.
func (m *mark) check(t *testing.T, path string) {
	t.Helper()
	core, err := coredumpy.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	top := core.Head().Top
	if top == nil || m.fn == "" && (filepath.Base(top.File) != m.file || top.Line != m.line) ||
		m.fn != "" && top.Func != m.fn {
		t.Errorf("got a dump that opens on %+v, want %s:%d %s", top, m.file, m.line, m.fn)
		return
	}
	if want := fmt.Sprintf("_%d_", top.Line); !strings.Contains(filepath.Base(path), want) {
		t.Errorf("got file name %s, want %s in it", filepath.Base(path), want)
	}
	g, err := core.Goroutine(core.Head().Goroutine)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(g.Frames, func(f coredumpy.Frame) bool { return f.Place == *top }) {
		t.Errorf("got no frame %+v in the dump", *top)
	}
}

// checkEach does what check does for each dump in a directory. There may be one from
// inside and one from outside.
func (m *mark) checkEach(t *testing.T, dir, output string) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.dump"))
	if err != nil || len(paths) == 0 || len(paths) > 2 {
		t.Fatalf("got dumps %q, %v, want one or two\n%.3000s", paths, err, output)
	}
	for _, path := range paths {
		m.check(t, path)
	}
}

// checkAll does what check does for the dumps that tests left in a directory.
func checkAll(t *testing.T, marks []mark, dir, output string) {
	t.Helper()
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
		dumps[core.Head().Test] = append(dumps[core.Head().Test], path)
	}
	for _, m := range marks {
		t.Run(m.name, func(t *testing.T) {
			if len(dumps[m.name]) != 1 {
				t.Fatalf("got dumps %q, want one\n%.3000s", dumps[m.name], output)
			}
			m.check(t, dumps[m.name][0])
		})
		delete(dumps, m.name)
	}
	for name, paths := range dumps {
		t.Errorf("got dumps of %s, want none: %q", name, paths)
	}
}

// patience is the longest that a command may take.
const patience = 5 * time.Minute

// command runs a command, which may fail, and returns what it printed.
func command(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOTRACEBACK=single", "GODEBUG=")
	cmd.WaitDelay = time.Minute
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) || ctx.Err() != nil {
		t.Fatalf("%s %q: %v %v\n%.3000s", name, args, err, ctx.Err(), &out)
	}
	return out.String()
}

// build runs a command that builds, and must not fail.
func build(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %q: %v\n%s", name, args, err, out)
	}
}

const debugInfo = "-gcflags=coredumpy/testdata/...=-N -l"

var modes = []struct {
	name  string
	flags []string
	long  bool
}{
	{name: "debug", flags: []string{"-ldflags=-w=0 -s=0", debugInfo}},
	{name: "optimised", flags: []string{"-ldflags=-w=0 -s=0"}, long: true},
	{name: "stripped", flags: []string{"-ldflags=-s -w"}}, // as go test and go run do
}

// TestInProcess makes the program and the tests dump themselves.
func TestInProcess(t *testing.T) {
	for _, m := range modes {
		t.Run(m.name, func(t *testing.T) {
			if m.long {
				longtest.Skip(t)
			}
			program, tests := filepath.Join(work, m.name+".exe"), filepath.Join(work, m.name+".test.exe")
			build(t, "go", slices.Concat([]string{"build", "-o", program}, m.flags, []string{source})...)
			build(t, "go", slices.Concat([]string{"test", "-c", "-o", tests}, m.flags, []string{source + "/tests"})...)
			t.Run("program", func(t *testing.T) { eachCase(t, program, "on") })
			t.Run("tests", func(t *testing.T) { eachTest(t, false, tests, "-own") })
		})
	}
}

// TestFromOutside makes coredumpy run dump the same programs and tests.
func TestFromOutside(t *testing.T) {
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" && runtime.GOARCH != "arm64" {
		t.Skip("coredumpy run watches programs on linux/amd64 and linux/arm64 only")
	}
	ours := buildCommand(t)
	t.Run("run", func(t *testing.T) {
		program := filepath.Join(work, "hooked")
		build(t, ours, "run", "go", "build", "-o", program, source)
		eachCase(t, ours, "", "run", "-dir", ".", program)
	})
	t.Run("traced", func(t *testing.T) {
		longtest.Skip(t)
		program := filepath.Join(work, "traced")
		build(t, "go", "build", "-o", program, debugInfo, source)
		eachCase(t, ours, "", "run", "-dir", ".", program)
	})
	for _, flags := range [][]string{nil, {"-O"}} {
		t.Run("test"+strings.Join(flags, ""), func(t *testing.T) {
			if flags != nil {
				longtest.Skip(t)
			}
			tests := filepath.Join(work, "hooked.test"+strings.Join(flags, ""))
			build(t, ours,
				slices.Concat([]string{"run"}, flags, []string{"go", "test", "-c", "-o", tests, source + "/tests"})...)
			eachTest(t, true, ours, "run", "-max", "100", "-dir", ".", tests)
		})
	}
}

// eachCase runs each case of the program. The case is the last argument, before more if
// given.
func eachCase(t *testing.T, name, more string, args ...string) {
	for _, m := range programCases(t) {
		t.Run(m.name, func(t *testing.T) {
			dir := t.TempDir()
			all := append(slices.Clone(args), m.name)
			if more != "" {
				all = append(all, more)
			}
			m.checkEach(t, dir, command(t, dir, name, all...))
		})
	}
}

// eachTest runs the tests, those that panic one by one.
func eachTest(t *testing.T, outside bool, name string, args ...string) {
	var together []mark
	for _, m := range testCases(t) {
		switch {
		case m.outside && !outside:
		case m.alone():
			t.Run(m.name, func(t *testing.T) {
				dir := t.TempDir()
				test, _, _ := strings.Cut(m.name, "/")
				all := append(slices.Clone(args), "-test.run=^"+test+"$")
				if strings.HasPrefix(test, "Benchmark") {
					all = append(all, "-test.bench=^"+test+"$", "-test.benchtime=1x")
				}
				m.checkEach(t, dir, command(t, dir, name, all...))
			})
		default:
			together = append(together, m)
		}
	}
	dir := t.TempDir()
	output := command(t, dir, name, append(slices.Clone(args), "-test.run=.", "-test.skip=[pP]anic")...)
	output += command(t, dir, name,
		append(slices.Clone(args), "-test.run=-", "-test.bench=Fatal", "-test.benchtime=1x")...)
	checkAll(t, together, dir, output)
}
