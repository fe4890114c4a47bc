package runtest

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"coredumpy"
	"coredumpy/internal/longtest"
)

// front is a module with programs that start others, crash, or fail as tests.
const front = "testdata/front"

// starter returns front's program that starts others, built in the usual way, and its
// program that crashes, built with the hook.
func starter(t *testing.T) (starts, crashes string) {
	t.Helper()
	needLinux(t)
	if err := buildFront(); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(work, "starts"), filepath.Join(work, "crashes")
}

var buildFront = sync.OnceValue(func() error {
	if err := inDirectory(front, "go", "build", "-o", filepath.Join(work, "starts"), "./starts"); err != nil {
		return err
	}
	return inDirectory(front, command, "run", "go", "build", "-o", filepath.Join(work, "crashes"), "./crashes")
})

// TestFront checks that go commands started by any command are hooked. Nothing else
// changes.
func TestFront(t *testing.T) {
	starts, _ := starter(t)
	const (
		fails   = "go test -count=1 ."
		crashes = "go run ./crashes"
	)
	for _, tt := range []struct {
		name  string
		long  bool
		args  []string
		dumps int
	}{
		{"a Go program", false, append([]string{starts}, strings.Fields(fails)...), 1},
		{"a shell", false, []string{"sh", "-c", fails + "; a=$?; " + crashes + "; echo $a $?"}, 2},
		{"a package", true, []string{"./starts", "go", "run", "./crashes"}, 1},
		{"go run", false,
			[]string{"sh", "-c",
				"go run ./starts " + crashes + "; exec go run -exec 'env A=b' ./starts sh -c 'echo $A; " + fails + "'"}, 2},
		{"go run, directly", true, []string{"go", "run", "./starts", "go", "test", "-count=1", "."}, 1},
		{"go generate", false, []string{"sh", "-c", "exec go generate ."}, 1},
		{"go generate, directly", true, []string{"go", "generate", "."}, 1},
		{"go tool", false, []string{"sh", "-c", "go tool starts " + crashes}, 1},
		{"go tool, directly", true, []string{"go", "tool", "starts", "go", "test", "-count=1", "."}, 1},
		{"a tool of the toolchain's", true, []string{"sh", "-c", "go tool compile -V"}, 0},
		{"go test -c", true,
			[]string{"sh", "-c",
				"go test -c -ldflags='-s -w' -o $TMPDIR/x . && $TMPDIR/x; a=$?; rm $TMPDIR/x; exit $a"}, 1},
		{"nothing to hook", false,
			[]string{"sh", "-c",
				"go version; go env GOROOT GOFLAGS; go list ./...; go tool -n starts | wc -l; go nosuch"}, 0},
		{"a go command that fails", false, []string{"sh", "-c", "GOFLAGS=bad go test ."}, 0},
		{"no variables", true,
			[]string{"sh", "-c", "env -i PATH=$PATH go version; env -i $(command -v go) env GOROOT"}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.long {
				longtest.Skip(t)
			}
			t.Parallel()
			want := execute(t, front, []string{"TMPDIR=" + t.TempDir()}, plainly(tt.args)[0], plainly(tt.args)[1:]...)
			got, dumps := watchIn(t, front, nil, tt.args...)
			rest, unheard := strings.CutSuffix(got.err, noGoBelow)
			if got.state != want.state || timeless(got.out) != timeless(want.out) ||
				timeless(rest) != timeless(want.err) || len(dumps) != tt.dumps {
				t.Errorf("got %d dumps and %+v, want %d and %+v", len(dumps), got, tt.dumps, want)
			}
			if reached := tt.dumps > 0 || tt.name == "a go command that fails"; unheard == reached {
				t.Errorf("got the message that there was nothing to watch: %v\n%s", unheard, got.err)
			}
			for _, dump := range dumps {
				wantFrontValue(t, dump)
			}
		})
	}
}

// plainly returns a command as it is without coredumpy. Where run would build a package
// as go run does, it names the program that was built.
func plainly(args []string) []string {
	if strings.HasPrefix(args[0], "./") {
		return slices.Concat([]string{filepath.Join(work, "starts")}, args[1:])
	}
	return args
}

// timeless leaves out what differs from run to run, and how long tests take.
func timeless(s string) string {
	var lines []string
	for _, line := range strings.Split(same(s), "\n") {
		if result, _, ok := strings.Cut(line, "\texample.com/front\t"); ok { // FAIL
			line = result
		}
		if name, _, ok := strings.Cut(line, " ("); ok && strings.HasPrefix(line, "--- ") {
			line = name
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// wantFrontValue checks a variable of the program or the test, which optimised code
// wouldn't have.
func wantFrontValue(t *testing.T, dump string) {
	t.Helper()
	core, err := coredumpy.Open(dump)
	if err != nil {
		t.Fatal(err)
	}
	expr, value := "id", "7"
	if core.Head().Test != "" {
		expr, value = "got", "41"
	}
	wantValue(t, topFrame(t, core, ""), expr, value)
}

// noGoBelow is the message about a shell that started nothing that could be watched.
var noGoBelow = func() string {
	sh, _ := exec.LookPath("sh")
	return "coredumpy run: " + sh + " is not a Go program, and has started none that can be watched: it must find " +
		"go run, go test, go generate or go tool in PATH, or start a program that coredumpy run go build has built\n"
}()

// TestFrontScript has a script in place of the go command that executes the next one in
// PATH, as scripts do that choose a version. It mustn't find itself there.
func TestFrontScript(t *testing.T) {
	needLinux(t)
	dir := t.TempDir()
	const next = "#!/bin/sh\nexec \"$(which -a go | sed -n 2p)\" \"$@\"\n"
	if err := os.WriteFile(filepath.Join(dir, "go"), []byte(next), 0o700); err != nil {
		t.Fatal(err)
	}
	env := []string{"PATH=" + dir + string(filepath.ListSeparator) + os.Getenv("PATH")}
	for _, tt := range []struct {
		args  []string
		dumps int
	}{
		{[]string{"sh", "-c", "go version && exec go run ./crashes"}, 1},
		{[]string{filepath.Join(dir, "go"), "version"}, 0},
	} {
		want := execute(t, front, env, tt.args[0], tt.args[1:]...)
		got, dumps := watchIn(t, front, env, tt.args...)
		if got.state != want.state || got.out != want.out || len(dumps) != tt.dumps {
			t.Errorf("%q: got %d dumps and %+v, want %d and %+v", tt.args, len(dumps), got, tt.dumps, want)
		}
	}
}

// TestFrontMany starts many go commands at once. The dumps are counted together, and a
// message about all of them is printed once.
func TestFrontMany(t *testing.T) {
	needLinux(t)
	const script = "for i in 1 2 3 4; do go test -n -coverpkg=all . >/dev/null 2>&1 & go run ./crashes & done; wait"
	got, dumps := watchIn(t, front, nil, "-max", "2", "sh", "-c", script)
	const refused = "coredumpy run: not hooked: go test: -coverpkg=all measures the standard library, which the go command can't do with an overlay; name packages, such as -coverpkg=./..."
	if lines := said(got.err); got.state != "exit status 0" || len(dumps) != 2 ||
		!slices.Equal(lines, []string{refused, "coredumpy run: 2 more failures were not dumped: -max 2"}) {
		t.Errorf("got %d dumps and %+v, want 2 and two lines", len(dumps), got)
	}
	if n := strings.Count(got.err, "panic: assignment to entry in nil map"); n != 4 {
		t.Errorf("got %d panics, want 4", n)
	}
}

// TestNested has a coredumpy run below another one do its own work.
func TestNested(t *testing.T) {
	longtest.Skip(t)
	needLinux(t)
	dir, own := t.TempDir(), t.TempDir()
	got := execute(t, front, nil, command, "run", "-dir", dir, "sh", "-c",
		command+" run -dir "+own+" go run ./crashes; go version")
	dumps, err := filepath.Glob(filepath.Join(own, "*"))
	if others, _ := filepath.Glob(filepath.Join(dir, "*")); err != nil || len(dumps) != 1 || len(others) > 0 ||
		got.state != "exit status 0" {
		t.Errorf("got %d dumps and %d others, %v and %+v, want one", len(dumps), len(others), err, got)
	}
}

// TestExecutes has a traced program become one that has the hook.
func TestExecutes(t *testing.T) {
	starts, crashes := starter(t)
	got, dumps := watch(t, nil, starts, "exec", crashes)
	if got.state != "exit status 2" || len(dumps) != 1 {
		t.Errorf("got %d dumps and %+v, want one", len(dumps), got)
	}
}

// TestNames checks that a program has the same name as with go run.
func TestNames(t *testing.T) {
	needLinux(t)
	for _, pkg := range []string{"./starts", "starts/main.go"}[:longtest.Rounds(1, 2)] {
		want := execute(t, front, nil, "go", "run", pkg)
		got, _ := watchIn(t, front, nil, pkg)
		if got.out != want.out || want.out == "" {
			t.Errorf("%s: got %q, want %q", pkg, got.out, want.out)
		}
	}
}

// TestShown makes the go command show what it does (-x). The command that it runs can be
// run by itself.
func TestShown(t *testing.T) {
	longtest.Skip(t)
	starts, _ := starter(t)
	want := execute(t, front, nil, starts)
	got, _ := watchIn(t, front, nil, "go", "run", "-x", "./starts")
	lines := strings.Split(strings.TrimSpace(got.err), "\n")
	shown := strings.Fields(lines[len(lines)-1])
	if got.out != want.out || len(shown) != 5 || shown[1] != "-coredumpy-front" || filepath.Base(shown[4]) != "starts" {
		t.Fatalf("got %q and %q, want coredumpy and the program", got.out, shown)
	}
	if got := execute(t, front, nil, shown[0], append(shown[1:4], starts)...); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// TestInlining checks the note about a test that fails because nothing is inlined.
func TestInlining(t *testing.T) {
	needLinux(t)
	args := []string{"go", "test", "-count=1", "./names"}
	got, dumps := watchIn(t, front, nil, args...)
	const note = "coredumpy run: the failure of TestName names a function literal, example.com/front/names.TestName.func1.1: " +
		"nothing is inlined here, so such names, and the depths of runtime.Caller, differ; if the test passes without coredumpy, use -O"
	if lines := said(got.err); got.state != "exit status 1" || len(dumps) != 2 || !slices.Equal(lines, []string{note}) {
		t.Errorf("got %d dumps and %+v, want two and one line, %q", len(dumps), got, note)
	}
	longtest.Skip(t)
	if got := execute(t, front, nil, args[0], args[1:]...); got.state != "exit status 0" {
		t.Errorf("got %+v without coredumpy, want it to pass", got)
	}
	if got, _ := watchIn(t, front, nil, append([]string{"-O"}, args...)...); got.state != "exit status 0" ||
		got.err != "" {
		t.Errorf("got %+v with -O, want it to pass", got)
	}
}

// TestFrontCached checks that the go command recognises a test that looks into PATH, and
// uses its cached result.
func TestFrontCached(t *testing.T) {
	needLinux(t)
	for i, tt := range []struct {
		args []string
		said string
	}{
		{[]string{"sh", "-c", "go test ./looks >/dev/null"}, ""},
		{[]string{"sh", "-c", "exec go test ./looks"}, "(cached)"},
		{[]string{"go", "test", "./looks"}, "(cached)"},
	}[:longtest.Rounds(2, 3)] {
		if got, _ := watchIn(t, front, nil, tt.args...); got.state != "exit status 0" || got.err != "" ||
			!strings.Contains(got.out, tt.said) {
			t.Errorf("%d: got %+v, want %q", i, got, tt.said)
		}
	}
}
