package runtest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"coredumpy"
	"coredumpy/internal/longtest"
)

var suiteRuns = []suiteRun{
	{name: "failures", packages: "errors fatal aside parallel nested cleanup fuzz example", ordinary: "errors panic"},
	{name: "panics", packages: "another panic subpanic cleanpanic goroutine late goexit exitzero"},
	{name: "ends", packages: "exit logfatal failsmain leak"},
	{name: "libraries", packages: "assert require methods check"},
	{name: "passing", packages: "pass broken check nobodys", ordinary: "pass broken"},
	{name: "bench", args: []string{"-bench=."}, packages: "bench"},
	{name: "timeout", args: []string{"-timeout=1s", "-parallel=4"}, packages: "stuck stuckparallel stuckexample"},
	{name: "race", args: []string{"-race"}, packages: "race errors", race: true},

	{name: "v", args: []string{"-v"}, packages: "nested"},
	{name: "json", args: []string{"-json"}, packages: "nested"},
	{name: "json of a panic", args: []string{"-json", "-v"}, packages: "panic"},
	{name: "run", args: []string{"-run=TestTable/rest$"}, packages: "nested", only: "TestTable/rest"},
	{name: "failfast", args: []string{"-failfast"}, packages: "nested", only: "inner"},
	{name: "count", args: []string{"-count=3"}, packages: "errors", times: 3},
	{name: "cpu", args: []string{"-cpu=1,2"}, packages: "parallel", times: 2},
	{name: "shuffle", args: []string{"-shuffle=on"}, packages: "errors"},
	{name: "cover", args: []string{"-cover"}, packages: "pass require"},
	{name: "coverpkg", args: []string{"-coverpkg=./check/...,./pass", "-p=4"}, packages: "pass assert require methods"},
	{name: "file", packages: "cleanup/x_test.go"},
	{name: "exec", args: []string{"-exec=env A=1"}, packages: "require"},
	{name: "cached", packages: "pass check", cached: true},
}

// TestFailures runs tests that fail in all kinds of ways, with and without coredumpy:
// what they print and their status are the same, and there is one dump of each failure.
func TestFailures(t *testing.T) {
	needLinux(t)
	for _, r := range suiteRuns {
		if !longtest.All() {
			r.packages = r.ordinary
		}
		if r.packages == "" {
			continue
		}
		t.Run(r.name, func(t *testing.T) {
			if r.race {
				needRace(t)
			}
			t.Parallel()
			r.check(t)
		})
	}
}

func needRace(t *testing.T) {
	t.Helper()
	if out, err := exec.Command("go", "env", "CGO_ENABLED", "CC").Output(); err != nil ||
		!strings.HasPrefix(string(out), "1\n") {
		t.Skip("the race detector needs cgo")
	} else if _, err := exec.LookPath(strings.Fields(string(out))[1]); err != nil {
		t.Skip("the race detector needs a C compiler: ", err)
	}
}

func (r *suiteRun) check(t *testing.T) {
	dir := t.TempDir()
	dumps, tmp := filepath.Join(dir, "dumps"), filepath.Join(dir, "tmp")
	if err := os.Mkdir(tmp, 0o700); err != nil {
		t.Fatal(err)
	}
	hooked, plain := r.both(t, dumps, tmp)
	compareTests(t, hooked, plain)
	if r.cached && !strings.Contains(hooked.out, "(cached)") {
		t.Errorf("got %q, want a result from the cache", hooked.out)
	}
	found := make(map[string][]*coredumpy.Core) // by folder
	for _, path := range dumpPaths(t, dumps) {
		core, err := coredumpy.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		pkg := filepath.Base(core.Head().Directory)
		found[pkg] = append(found[pkg], core)
	}
	for _, p := range strings.Fields(r.packages) {
		dir, _, isFile := strings.Cut(p, "/")
		pkg := suitePath + dir
		if isFile {
			pkg = "command-line-arguments"
		}
		for _, w := range readWanted(t, dir, pkg) {
			if regexp.MustCompile(r.only).MatchString(w.test) {
				found[dir] = r.take(t, &w, dir, found[dir])
			}
		}
	}
	for dir, rest := range found {
		for _, core := range rest {
			t.Errorf("%s: got an unwanted dump: %s", dir, about(core))
		}
	}
}

func about(core *coredumpy.Core) string {
	h := core.Head()
	return fmt.Sprintf("%s of %q at %+v: %.300s", h.Reason, h.Test, h.Top, h.Message)
}

// take checks the dumps that w wants and returns the others.
func (r *suiteRun) take(t *testing.T, w *wanted, dir string, cores []*coredumpy.Core) []*coredumpy.Core {
	t.Helper()
	n := 0
	for _, core := range slices.Clone(cores) {
		h := core.Head()
		if h.Test != w.test || h.Reason != w.reason || h.Top == nil || !w.elsewhere && h.Top.Line != w.line {
			continue
		}
		cores = slices.DeleteFunc(cores, func(c *coredumpy.Core) bool { return c == core })
		n++
		if !strings.Contains(h.Message, w.text) {
			t.Errorf("%s:%d: got message %q, want %q in it", dir, w.line, h.Message, w.text)
		}
		// If package testing comes compiled from the go command's cache, it may be from
		// an overlay that another test has removed.
		_, gone := os.Stat(h.Top.File)
		if _, ok := core.Source(h.Top.File); !ok && (gone == nil || !w.elsewhere) ||
			!w.elsewhere && filepath.Base(h.Top.File) != "x_test.go" {
			t.Errorf("%s:%d: got top frame in %s, source %t", dir, w.line, h.Top.File, ok)
		}
		w.check(t, core)
	}
	if want := max(r.times, 1); n != want {
		t.Errorf("%s:%d: got %d dumps for %s of %q there, want %d", dir, w.line, n, w.reason, w.test, want)
	}
	return cores
}

// check compares the top frame, and the frames above it, with w.
func (w *wanted) check(t *testing.T, core *coredumpy.Core) {
	t.Helper()
	h := core.Head()
	g, err := core.Goroutine(h.Goroutine)
	if err != nil {
		t.Fatal(err)
	}
	var above []string
	for i := range g.Frames {
		f := &g.Frames[i]
		if f.Place != *h.Top {
			above = append(above, f.Func)
			continue
		}
		if !w.is(f.Func) {
			t.Errorf("got top frame %s, want %s", f.Func, w.fn)
		}
		wantValue(t, f, w.expr, w.value)
		for _, fn := range w.via {
			if !slices.Contains(above, fn) {
				t.Errorf("%s: got %q above it, want %s", f.Func, above, fn)
			}
		}
		return
	}
	t.Errorf("got no frame %+v on goroutine %d", h.Top, h.Goroutine)
}
