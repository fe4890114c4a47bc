//go:build amd64 || arm64

// Package monitortest has no code of its own. Its tests crash programs that Monitor
// watches, and look at what they leave and at what others see of them.
package monitortest

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"coredumpy"
	"coredumpy/internal/dump"
	"coredumpy/internal/longtest"
	"coredumpy/internal/pretty"
)

// build is a way to build the program.
type build struct {
	name  string
	flags []string
	bare  bool // there is no debug information
}

var (
	allVariables = &build{name: "all variables", flags: []string{"-gcflags=coredumpy/internal/monitortest/...=-N -l"}}
	optimised    = &build{name: "optimised"}
	stripped     = &build{name: "stripped", flags: []string{"-ldflags=-s -w"}, bare: true}
	pie          = &build{name: "pie", flags: []string{"-buildmode=pie"}}
	race         = &build{name: "race", flags: []string{"-race"}}
)

var (
	buildDir   string
	buildMutex sync.Mutex
	built      = map[*build]string{}
)

func TestMain(m *testing.M) {
	if os.Getenv(debuggerEnv) != "" {
		os.Exit(beDebugger(os.Args[1:]))
	}
	os.Exit(func() int {
		var err error
		if buildDir, err = os.MkdirTemp("", "monitortest"); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(buildDir)
		if err := os.Chmod(buildDir, 0o755); err != nil { // other users run it, too
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		return m.Run()
	}())
}

// program builds the program, once in each way.
func (b *build) program(t testing.TB) string {
	t.Helper()
	buildMutex.Lock()
	defer buildMutex.Unlock()
	if built[b] == "" {
		path := filepath.Join(buildDir, strings.ReplaceAll(b.name, " ", "-"))
		args := append(append([]string{"build", "-o", path}, b.flags...), "./testdata/events")
		if out, err := exec.Command("go", args...).CombinedOutput(); err != nil {
			t.Fatalf("go %v: %v\n%s", args, err, out)
		}
		built[b] = path
	}
	return built[b]
}

// canRace reports whether there is a race detector: it needs cgo.
var canRace = sync.OnceValue(func() bool {
	return exec.Command("go", "build", "-race", "-o", os.DevNull, "./testdata/events").Run() == nil
})

// outcome is what a program did.
type outcome struct {
	exit           int
	stdout, stderr string
	dir            string // where it ran
	dumps          []string
}

// run runs the program in a directory of its own. It returns when nobody has the
// program's output open any more.
func run(t *testing.T, b *build, args ...string) outcome {
	t.Helper()
	cmd := exec.Command(b.program(t), args...)
	cmd.Env = append(os.Environ(), "GOTRACEBACK=single", "COREDUMPY_DIR=")
	return outcomeOf(t, cmd)
}

func outcomeOf(t *testing.T, cmd *exec.Cmd) (o outcome) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if cmd.Dir == "" {
		cmd.Dir = t.TempDir()
	}
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = &stdout, &stderr, 2*time.Minute
	timer := time.AfterFunc(2*time.Minute, func() { cmd.Process.Kill() })
	err := cmd.Run()
	if !timer.Stop() {
		t.Fatalf("it hangs; stderr so far:\n%.4000s", stderr.String())
	}
	var ee *exec.ExitError
	if err != nil && !errors.As(err, &ee) {
		t.Fatal(err)
	}
	o.exit, o.stdout, o.stderr, o.dir = cmd.ProcessState.ExitCode(), stdout.String(), stderr.String(), cmd.Dir
	if o.dumps, err = filepath.Glob(filepath.Join(cmd.Dir, "*.dump")); err != nil {
		t.Fatal(err)
	}
	return o
}

// varying matches what differs from run to run in a crash report.
var varying = []struct {
	pattern *regexp.Regexp
	text    string
}{
	{regexp.MustCompile(`(?m)^(Your frame stack is dumped.*|coredumpy load .*|for its variables, .*)\n`), ""},
	{regexp.MustCompile(`0x[0-9a-f]+`), "0x"},
	{regexp.MustCompile(`\{?0x\??(, 0x\??)*\}?`), "0x"},
	{regexp.MustCompile(`goroutine \d+`), "goroutine N"},
	{regexp.MustCompile(`\bm=\d+`), "m=N"},
	{regexp.MustCompile(`(?m) \+0x$`), ""},
	{regexp.MustCompile(`main\.go:\d+`), "main.go:N"},
	{regexp.MustCompile(`\d+-byte block \(\d+ in use\)`), "N"},
}

// normal returns the part of a report that is the same in every run. It leaves out the
// goroutines that the runtime has started, which are in the report of a fatal error.
func normal(report string) string {
	for _, v := range varying {
		report = v.pattern.ReplaceAllString(report, v.text)
	}
	blocks := strings.Split(report, "\n\n")
	blocks = slices.DeleteFunc(blocks,
		func(block string) bool { return strings.Contains(block, "\ncreated by runtime.") })
	return strings.TrimRight(strings.Join(blocks, "\n\n"), "\n")
}

// event is a way to end, with what the dump says. A message that begins with ~ is a
// regular expression.
type event struct {
	kind, reason, message string
	top                   string            // function of the frame that the dump opens on, "" for any
	locals                map[string]string // the variables of that frame
	races                 bool              // main may end the program before the runtime does, even without Monitor
	varies                bool              // the report varies
	dumps                 int               // 0 means 1
	bareTop               string            // without debug information, if it differs
	bareTwice             bool              // without debug information it isn't known that the panic has been dumped
}

var table = []event{
	{kind: "nil-map", reason: "panic", message: "assignment to entry in nil map", top: "main.fail",
		locals: map[string]string{"local": "42", "kind": `"nil-map"`}},
	{kind: "worker", races: true, reason: "panic", message: "assignment to entry in nil map", top: "main.fail",
		locals: map[string]string{"local": "42"}},
	{kind: "nil-pointer", reason: "panic",
		message: "runtime error: invalid memory address or nil pointer dereference", top: "main.fail",
		locals: map[string]string{"local": "42", "o": "*main.order nil"}},
	{kind: "own-error", reason: "panic", message: "failure with code 42", top: "main.fail",
		locals: map[string]string{"local": "42"}},
	{kind: "own-error-repanicked", reason: "panic", message: "failure with code 42", top: "main.fail",
		bareTop: "main.fail.func2", locals: map[string]string{"local": "42"}},
	{kind: "wrapped-error", reason: "panic", message: "order 42: failure with code 7", top: "main.fail"},
	{kind: "panic-in-error", varies: true, reason: "fatal error",
		message: "panic while printing panic value: no text to be had"},
	{kind: "int", reason: "panic", message: "42", top: "main.fail"},
	{kind: "index", reason: "panic", message: "runtime error: index out of range [42] with length 2", top: "main.fail"},
	{kind: "second-panic", reason: "panic", message: "the second", top: "main.fail.func1"},
	{kind: "fault", reason: "fatal error", message: "fault", top: "main.fail"},
	{kind: "map-writes", reason: "fatal error", message: "concurrent map writes", varies: true},
	{kind: "deadlock", reason: "fatal error", message: "all goroutines are asleep - deadlock!",
		top: "main.waitForEver"},
	{kind: "children-waited-for", reason: "panic", message: "assignment to entry in nil map", top: "main.fail"},
	{kind: "overflow", reason: "fatal error", message: "stack overflow", top: "main.deep", varies: true},
	{kind: "out-of-memory", reason: "fatal error", message: "~.*(out of memory|cannot allocate memory).*",
		varies: true},
	{kind: "sigquit", reason: "signal", message: "SIGQUIT: quit", varies: true},
	{kind: "sigabrt", reason: "signal", message: "SIGABRT: abort", varies: true},
	{kind: "sigquit-busy", reason: "signal", message: "SIGQUIT: quit", varies: true},
	{kind: "eight-at-once", reason: "panic", message: "assignment to entry in nil map", top: "main.fail", varies: true},
	{kind: "on-panic", reason: "panic", message: "failure with code 42", top: "main.fail"},
	{kind: "on-panic-in-helper", reason: "panic", message: "failure with code 42", top: "main.fail", bareTwice: true},
	{kind: "on-panic-panicked-again", reason: "panic", message: "failure with code 42", top: "main.fail"},
	{kind: "dump-panic-panicked-again", reason: "recovered panic", message: "failure with code 42", top: "main.fail"},
	{kind: "nil", reason: "panic", message: "nil", top: "main.fail"},
	{kind: "recovered-same", reason: "panic", message: "assignment to entry in nil map", top: "main.fail", dumps: 3,
		locals: map[string]string{"local": "44"}},
	{kind: "recovered", reason: "panic", message: "42", top: "main.fail", dumps: 2},
	{kind: "ask-deadlock", reason: "fatal error", message: "all goroutines are asleep - deadlock!"},
}

// raced are the events for a program with the race detector. With the detector Go sees no
// deadlocks, and the detector reports a race, or a lack of memory, first.
var raced = map[string]bool{"nil-map": true, "own-error": true, "sigquit": true, "on-panic": true}

func TestEvents(t *testing.T) {
	builds := []*build{allVariables, stripped}
	if longtest.All() {
		builds = append(builds, optimised, pie, race)
	}
	for _, b := range builds {
		t.Run(b.name, func(t *testing.T) {
			if b == race && !canRace() {
				t.Skip("no race detector here")
			}
			for i := range table {
				if b == race && !raced[table[i].kind] {
					continue
				}
				t.Run(table[i].kind, func(t *testing.T) {
					t.Parallel()
					rounds := 1
					if b == allVariables {
						rounds = longtest.Rounds(1, 5)
					}
					for range rounds {
						table[i].check(t, b)
					}
				})
			}
		})
	}
}

// check ends the program in this way, with and without Monitor.
func (e *event) check(t *testing.T, b *build) {
	t.Helper()
	without, with := run(t, b, e.kind), run(t, b, e.kind, "on")
	for range 50 {
		if !e.races {
			break
		}
		if without.exit == 0 {
			without = run(t, b, e.kind)
		}
		if with.exit == 0 {
			with = run(t, b, e.kind, "on")
		}
	}
	if e.races {
		without.stdout, with.stdout = "", "" // main may have printed that much
	}
	if with.exit != without.exit || with.stdout != without.stdout {
		t.Errorf("got exit status %d and output %q, want %d and %q",
			with.exit, with.stdout, without.exit, without.stdout)
	}
	got, want := normal(with.stderr), normal(without.stderr)
	if e.varies {
		got, _, _ = strings.Cut(got, "\n")
		want, _, _ = strings.Cut(want, "\n")
	}
	if got != want {
		t.Errorf("got stderr\n%s\nwant\n%s", got, want)
	}
	n := max(e.dumps, 1)
	if b.bare && e.bareTwice {
		n = 2
	}
	if len(with.dumps) != n {
		t.Fatalf("got %d dumps, want %d; stderr:\n%s", len(with.dumps), n, with.stderr)
	}
	core, err := coredumpy.Open(with.dumps[len(with.dumps)-1])
	if err != nil {
		t.Fatal(err)
	}
	h := core.Head()
	message := e.message
	if b.bare && e.reason == "fatal error" {
		message = "~" // the runtime doesn't pass it on
	}
	if h.Reason != e.reason || !matches(h.Message, message) {
		t.Errorf("got reason %q and message %q, want %q and %q", h.Reason, h.Message, e.reason, message)
	}
	top := e.top
	if b.bare && e.bareTop != "" {
		top = e.bareTop
	}
	if top != "" && (h.Top == nil || h.Top.Func != top) {
		t.Errorf("got top %v, want %s", h.Top, top)
	}
	if b == allVariables {
		checkLocals(t, core, e.top, e.locals)
	}
}

func matches(got, want string) bool {
	if pattern, ok := strings.CutPrefix(want, "~"); ok {
		return regexp.MustCompile(pattern).MatchString(got)
	}
	return got == want
}

// checkLocals compares the variables of a function's frame with what they must be.
func checkLocals(t *testing.T, core *coredumpy.Core, function string, want map[string]string) {
	t.Helper()
	g, err := core.Goroutine(core.Head().Goroutine)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, f := range g.Frames {
		if f.Func == function {
			for _, v := range f.Vars {
				got[v.Name] = pretty.String(dump.Value(v.Value),
					pretty.Options{String: 1 << 10, Elements: 10, Depth: 2})
			}
			break
		}
	}
	for name, value := range want {
		if got[name] != value {
			t.Errorf("got %s = %q, want %q", name, got[name], value)
		}
	}
}
