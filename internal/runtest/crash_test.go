package runtest

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"coredumpy"
)

// crash is what a kind of testdata/run comes to.
type crash struct {
	kind, reason, message string // no reason: no dump
	top                   string // function of the frame to look at first; a prefix
	expr, value           string
	flags                 []string // of coredumpy run
	loose                 bool     // what it writes differs from run to run
}

var crashes = []crash{
	{kind: "nil", reason: "panic", message: "runtime error: invalid memory address or nil pointer dereference", top: "main.nilDereference", expr: "id", value: "7"},
	{kind: "index", reason: "panic", message: "runtime error: index out of range [8] with length 3", top: "main.index", expr: "double", value: "8"},
	{kind: "bounds", reason: "panic", message: "runtime error: slice bounds out of range [:9] with capacity 3", top: "main.bounds", expr: "more", value: "9"},
	{kind: "divide", reason: "panic", message: "runtime error: integer divide by zero", top: "main.divide", expr: "n", value: "5"},
	{kind: "nilmap", reason: "panic", message: "assignment to entry in nil map", top: "main.nilMap", expr: "price", value: "9"},
	{kind: "assert", reason: "panic", message: "interface conversion: interface {} is string, not int", top: "main.assert", expr: "v", value: `interface {}(string) "text"`},
	{kind: "method", reason: "panic", message: "interface conversion: int is not main.stringer: missing method String", top: "main.assertMethod", expr: "name", value: `"method"`},
	{kind: "error", reason: "panic", message: "wrapped: inner", top: "main.panicError", expr: "code", value: "6"},
	{kind: "struct", reason: "panic", message: "main.failure", top: "main.panicStruct", expr: "f.Code", value: "42"},
	{kind: "panicnil", reason: "panic", message: "panic called with nil argument", top: "main.panicNil", expr: "n", value: "2"},
	{kind: "goroutine", reason: "panic", message: "half 5", top: "main.explode", expr: "half", value: "5"},
	{kind: "timer", reason: "panic", message: "half 6", top: "main.explode", expr: "half", value: "6"},
	{kind: "indefer", reason: "panic", message: "deferred 6", top: "main.inDefer.func1", expr: "twice", value: "6"},
	{kind: "repanic", reason: "panic", message: "again", top: "main.rePanic.func1", expr: "n", value: "5"},
	{kind: "goexit", reason: "panic", message: "in goexit", top: "main.inGoexit.func1", expr: "n", value: "15"},
	{kind: "generic", reason: "panic", message: "runtime error: index out of range [4] with length 3", top: "main.generic[", expr: "all[2]", value: `"x"`},
	{kind: "value", reason: "panic", message: "runtime error: index out of range [24] with length 2", top: "main.(*order).broken", expr: "key", value: "24"},
	{kind: "iterator", reason: "panic", message: "49", top: "main.iterate", expr: "square", value: "49"},
	{kind: "closed", reason: "panic", message: "close of closed channel", top: "main.closed", expr: "n", value: "2"},
	{kind: "send", reason: "panic", message: "send on closed channel", top: "main.send", expr: "n", value: "3"},
	{kind: "waitgroup", reason: "panic", message: "sync: negative WaitGroup counter", top: "sync.(*WaitGroup).Add", expr: "delta", value: "-4"},
	{kind: "mapwrites", reason: "fatal error", message: "concurrent map writes", top: "main.mapWrites", expr: "id", value: "5", loose: true},
	{kind: "deadlock", reason: "fatal error", message: "all goroutines are asleep - deadlock!", top: "main.lockTwice", expr: "mine", value: "60"},
	{kind: "receive", reason: "fatal error", message: "all goroutines are asleep - deadlock!", top: "main.receive", expr: "mine", value: "77"},
	{kind: "overflow", reason: "fatal error", message: "stack overflow", top: "main.overflow", expr: "o.ID", value: "3", loose: true},
	{kind: "memory", reason: "fatal error", message: "", top: "main.grab", expr: "size", value: "70368744177664", loose: true},
	{kind: "unlock", reason: "fatal error", message: "sync: unlock of unlocked mutex", top: "main.unlock", expr: "mine", value: "96"},
	{kind: "quit", reason: "signal", message: "SIGQUIT: quit", top: "main.kill", expr: "number", value: "3", loose: true},
	{kind: "abort", reason: "signal", message: "SIGABRT: aborted", top: "main.kill", expr: "number", value: "6", loose: true},
	{kind: "exit", reason: "exit", message: "exit status 4", top: "main.exit", expr: "twice", value: "4", flags: []string{"-exit"}},
	{kind: "log", reason: "exit", message: "exit status 1", top: "main.fatal", expr: "twice", value: "6", flags: []string{"-exit"}},
	{kind: "ten", reason: "panic", message: "half ", top: "main.explode", expr: "half >= 0", value: "true", loose: true},
	{kind: "stdin", reason: "panic", message: "half 17", top: "main.explode", expr: "n", value: "35"},
	{kind: "exit"},
	{kind: "log"},
	{kind: "terminate"},
	{kind: "recovered"},
	{kind: "clean"},
	{kind: "onlygoexit"},
	{kind: "divide", flags: []string{"-exclude", "divide by"}},
	{kind: "divide", flags: []string{"-max", "0"}, loose: true},
}

// short are the kinds that -short runs.
var short = map[string]bool{"nil": true, "deadlock": true, "quit": true, "clean": true}

// command is coredumpy, built once; TestMain removes it.
var command string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "runtest")
	if err != nil {
		panic(err)
	}
	command = filepath.Join(dir, "coredumpy")
	if out, err := exec.Command("go", "build", "-o", command, "../../cmd/coredumpy").CombinedOutput(); err != nil {
		os.Stderr.Write(out)
		os.Exit(1)
	}
	status := m.Run()
	os.RemoveAll(dir)
	os.Exit(status)
}

func needLinux(t *testing.T) {
	t.Helper()
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" && runtime.GOARCH != "arm64" {
		t.Skip("coredumpy run watches programs on linux/amd64 and linux/arm64 only")
	}
}

// result is what a command did.
type result struct {
	out, err string
	state    string // "exit status 2", "signal: terminated"
}

func execute(t *testing.T, dir string, name string, args ...string) result {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Stdin = strings.NewReader("35\n")
	var out, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &stderr
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) || ctx.Err() != nil {
		t.Fatalf("%s %q: %v %v\n%s", name, args, err, ctx.Err(), &stderr)
	}
	return result{out.String(), stderr.String(), cmd.ProcessState.String()}
}

var (
	ours    = regexp.MustCompile(`Your frame stack is dumped, open it with\ncoredumpy load .*\n`)
	numbers = regexp.MustCompile(`0x[0-9a-f]+|\?|goroutine \d+|\+0x[0-9a-f]+|m=\d+|, \d+ minutes|\(0x[^)]*\)|\{0x[^}]*\}`)
	hookRow = regexp.MustCompile(`(?m)^runtime\.coredumpy.*\n.*\n`)
)

// same leaves out of an output what differs from run to run.
func same(s string) string {
	return numbers.ReplaceAllString(hookRow.ReplaceAllString(ours.ReplaceAllString(s, ""), ""), "N")
}

// TestRun runs a program that ends in many ways, built with and without the
// hook: what it does is the same, and there is one dump that tells what
// happened, or none. What was built without is traced.
func TestRun(t *testing.T) {
	needLinux(t)
	dir := t.TempDir()
	plain, hooked := filepath.Join(dir, "plain"), filepath.Join(dir, "hooked")
	const unoptimised = "-gcflags=coredumpy/testdata/...=-N -l"
	if r := execute(t, "", "go", "build", unoptimised, "-o", plain, "../../testdata/run"); r.state != "exit status 0" {
		t.Fatal(r)
	}
	if r := execute(t, "", command, "run", "go", "build", "-o", hooked, "../../testdata/run"); r.state != "exit status 0" {
		t.Fatal(r)
	}
	for _, c := range crashes {
		if testing.Short() && !short[c.kind] {
			continue
		}
		want := execute(t, dir, plain, c.kind)
		for _, program := range []string{hooked, plain} {
			if program == plain && (c.reason == "exit" || testing.Short()) {
				continue // traced programs aren't watched for exits
			}
			t.Run(c.kind+strings.Join(c.flags, "")+"/"+filepath.Base(program), func(t *testing.T) {
				checkCrash(t, &c, program, want)
			})
		}
	}
}

func checkCrash(t *testing.T, c *crash, program string, want result) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", filepath.Join(dir, "tmp"))
	if err := os.Mkdir(filepath.Join(dir, "tmp"), 0o700); err != nil {
		t.Fatal(err)
	}
	dumps := filepath.Join(dir, "dumps")
	args := append(append([]string{"run", "-dir", dumps}, c.flags...), program, c.kind)
	got := execute(t, filepath.Dir(program), command, args...)
	if got.state != want.state || got.out != want.out {
		t.Errorf("got %s and %q, want %s and %q\n%.2000s", got.state, got.out, want.state, want.out, got.err)
	}
	if g, w := same(got.err), same(want.err); !c.loose && g != w {
		t.Errorf("got on standard error\n%s\nwant\n%s", g, w)
	}
	if left, err := os.ReadDir(filepath.Join(dir, "tmp")); err != nil || len(left) > 0 {
		t.Errorf("got %v, %v left behind", left, err)
	}
	paths, err := filepath.Glob(filepath.Join(dumps, "*.dump"))
	if err != nil {
		t.Fatal(err)
	}
	if c.reason == "" {
		if len(paths) > 0 {
			t.Errorf("got %d dumps, want none", len(paths))
		}
		return
	}
	if len(paths) != 1 {
		t.Fatalf("got %d dumps, want one\n%.2000s", len(paths), got.err)
	}
	checkReport(t, c, paths[0])
}

// checkReport holds a dump against what it should tell.
func checkReport(t *testing.T, c *crash, path string) {
	t.Helper()
	core, err := coredumpy.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	h := core.Head()
	if h.Reason != c.reason || !strings.HasPrefix(h.Message, c.message) {
		t.Errorf("got reason %q, message %q, want %q, %q", h.Reason, h.Message, c.reason, c.message)
	}
	if h.Top == nil || !strings.HasPrefix(h.Top.Func, c.top) {
		t.Fatalf("got top %+v, want %s", h.Top, c.top)
	}
	g, err := core.Goroutine(h.Goroutine)
	if err != nil {
		t.Fatal(err)
	}
	for i := range g.Frames {
		if f := &g.Frames[i]; f.Place == *h.Top {
			wantValue(t, f, c.expr, c.value)
			if _, ok := core.Source(h.Top.File); !ok {
				t.Errorf("got no source %s", h.Top.File)
			}
			return
		}
	}
	t.Errorf("got no frame %+v on goroutine %d", h.Top, h.Goroutine)
}
