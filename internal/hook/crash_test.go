package hook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"
)

// end is how a process ended.
type end struct {
	code           int
	stdout, stderr []byte
}

// start runs a program to its end.
func start(t *testing.T, env []string, program string, args ...string) end {
	t.Helper()
	const limit = 5 * time.Minute
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.Env = append(append(os.Environ(), SocketEnv+"=", ExitEnv+"=", RecoveredEnv+"="), env...)
	cmd.WaitDelay = time.Minute
	err := cmd.Run()
	if ctx.Err() != nil {
		t.Fatalf("%s %v: hangs\n%s", program, args, stderr.Bytes())
	}
	if err != nil {
		if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) {
			t.Fatal(err)
		}
	}
	return end{cmd.ProcessState.ExitCode(), stdout.Bytes(), stderr.Bytes()}
}

// watch runs the hooked program of p under a reader.
func watch(t *testing.T, p pair, env []string, args ...string) ([]*report, end) {
	t.Helper()
	r := listen(t, p.hooked)
	e := start(t, append([]string{SocketEnv + "=" + r.path}, env...), p.hooked, args...)
	return r.stop(t), e
}

// way is a way to end, and the report it must give.
type way struct {
	name  string
	kind  Kind   // 0: nothing is reported
	frame string // a function on the stack
	text  string
	mark  bool // the panic value is crash's *failure
	loose bool // its output isn't the same twice
	env   []string
	code  int
}

const userFail = "main.fail"

var ways = []way{
	{name: "nil", kind: Panic, frame: userFail, code: 2},
	{name: "deref", kind: Panic, frame: userFail, code: 2},
	{name: "index", kind: Panic, frame: userFail, code: 2},
	{name: "divide", kind: Panic, frame: userFail, code: 2},
	{name: "map", kind: Panic, frame: userFail, code: 2},
	{name: "assertion", kind: Panic, frame: userFail, code: 2},
	{name: "error", kind: Panic, frame: userFail, mark: true, code: 2},
	{name: "goroutine", kind: Panic, frame: userFail, mark: true, code: 2},
	{name: "timer", kind: Panic, frame: userFail, mark: true, code: 2},
	{name: "deferred", kind: Panic, frame: "main.deferred", mark: true, code: 2},
	{name: "second", kind: Panic, frame: "main.second", mark: true, code: 2},
	{name: "repanic", kind: Panic, frame: "main.repanic", mark: true, code: 2},
	{name: "goexit", kind: Panic, frame: "main.goexit", mark: true, code: 2},
	{name: "ten", kind: Panic, frame: userFail, mark: true, loose: true, code: 2},
	{name: "stress", kind: Panic, frame: userFail, mark: true, loose: true, code: 2},
	{name: "stress", kind: Panic, frame: userFail, mark: true, loose: true, env: []string{"GOMAXPROCS=1"}, code: 2},
	{name: "stress", kind: Panic, frame: userFail, mark: true, loose: true, env: []string{"GOMAXPROCS=20", "GOGC=1"}, code: 2},
	{name: "ten", kind: Panic, frame: userFail, mark: true, loose: true, env: []string{"GOMAXPROCS=1", "GODEBUG=asyncpreemptoff=1"}, code: 2},
	{name: "late", kind: Panic, frame: userFail, mark: true, loose: true, code: 2},
	{name: "soon", kind: Panic, frame: userFail, mark: true, code: 2},
	{name: "unprintable", kind: Panic, frame: "main.main", code: 2},
	{name: "exitprint", kind: Panic, frame: "main.main", code: 9},

	{name: "writers", kind: Throw, text: "concurrent map writes", loose: true, code: 2},
	{name: "deadlock", kind: Throw, text: "all goroutines are asleep - deadlock!", code: 2},
	{name: "main", kind: Throw, text: "no goroutines (main called runtime.Goexit) - deadlock!", code: 2},
	{name: "overflow", kind: Throw, text: "stack overflow", loose: true, code: 2},
	{name: "unlock", kind: Throw, text: "sync: unlock of unlocked mutex", code: 2},
	{name: "memory", kind: Throw, text: "runtime: cannot allocate memory", loose: true, code: 2},
	{name: "fault", kind: Throw, text: "fault", code: 2},
	{name: "quit", kind: Signal, loose: true, code: 2},

	{name: "exit", code: 3},
	{name: "logfatal", loose: true, code: 1},
	{name: "exit", kind: Exit, frame: "os.Exit", env: []string{ExitEnv + "=1"}, code: 3},
	{name: "logfatal", kind: Exit, frame: "log.Fatal", env: []string{ExitEnv + "=1"}, loose: true, code: 1},
	{name: "exit0", env: []string{ExitEnv + "=1"}},
	{name: "clean", env: []string{ExitEnv + "=1"}},
	{name: "recovered"},
	{name: "leaving"},

	{name: "asked", kind: Asked, frame: userFail, mark: true, code: 2},
	{name: "askedpasses", kind: Asked, frame: userFail, mark: true},
	{name: "recovered", kind: Recovered, frame: userFail, mark: true, env: recovering},
	{name: "often", kind: Recovered, frame: userFail, mark: true, env: recovering},
	{name: "repanic", kind: Recovered, frame: userFail, mark: true, env: recovering, code: 2},
	{name: "error", kind: Panic, frame: userFail, mark: true, env: recovering, code: 2},
	{name: "control", env: recovering},
	{name: "abort", env: recovering},
	{name: "leaving", env: recovering},
}

var recovering = []string{RecoveredEnv + "=1"}

func TestCrash(t *testing.T) {
	p := build(t, needReports(t), "build", "crash")
	testWays(t, p)
	t.Run("abstract", func(t *testing.T) { testAbstract(t, p) })
	testAbsentReader(t, p)
}

// testAbstract has a program report to an abstract socket, one outside the file system.
func testAbstract(t *testing.T, p pair) {
	name := fmt.Sprintf("@coredumpy-hook-test-%d", os.Getpid())
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: name, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	events := make(chan *Event, 2)
	go func() {
		defer close(events)
		for {
			c, err := l.AcceptUnix()
			if err != nil {
				return
			}
			if e, err := ReadEvent(c); err == nil {
				events <- e
			}
			c.Close()
		}
	}()
	start(t, []string{SocketEnv + "=" + name}, p.hooked, "error")
	l.Close()
	if e := <-events; e == nil || e.Kind != Panic {
		t.Errorf("got %+v, want a panic", e)
	}
}

func testWays(t *testing.T, p pair) {
	for i := range ways {
		w := &ways[i]
		t.Run(strings.Join(append([]string{w.name}, w.env...), " "), func(t *testing.T) { w.check(t, p) })
	}
}

func (w *way) check(t *testing.T, p pair) {
	reports, hooked := watch(t, p, w.env, w.name)
	if hooked.code != w.code {
		t.Errorf("got exit status %d, want %d\n%s", hooked.code, w.code, hooked.stderr)
	}
	plain := start(t, w.env, p.plain, w.name)
	if !w.loose {
		compare(t, hooked, plain)
	}
	if w.kind == 0 {
		if len(reports) > 0 {
			t.Errorf("got a report of a %s, want none", reports[0].Kind)
		}
		return
	}
	if len(reports) != 1 {
		t.Fatalf("got %d reports, want 1", len(reports))
	}
	w.checkReport(t, reports[0])
}

// compare checks that the hook changes nothing visible.
func compare(t *testing.T, hooked, plain end) {
	t.Helper()
	if hooked.code != plain.code {
		t.Errorf("got exit status %d, without the hook %d", hooked.code, plain.code)
	}
	if got, want := normalise(hooked.stderr), normalise(plain.stderr); got != want {
		t.Errorf("got stderr\n%s\nwithout the hook\n%s", got, want)
	}
	if got, want := normalise(hooked.stdout), normalise(plain.stdout); got != want {
		t.Errorf("got stdout\n%s\nwithout the hook\n%s", got, want)
	}
}

func (w *way) checkReport(t *testing.T, r *report) {
	if r.Kind != w.kind {
		t.Errorf("got a report of a %s, want %s", r.Kind, w.kind)
	}
	if r.PC == 0 || r.SP == 0 || r.TID == 0 || r.PID == 0 || r.SignalStack[0] == r.SignalStack[1] {
		t.Errorf("got zeros in %+v", r.Event)
	}
	if r.text != w.text && w.kind != Asked && !(w.name == "memory" && strings.Contains(r.text, "memory")) {
		t.Errorf("got text %q, want %q", r.text, w.text)
	}
	switch said := r.said; {
	case w.mark && w.code == 0 && said != nil: // the program recovers
		t.Errorf("got %q said, want nothing for a panic that isn't printed", *said)
	case w.mark && w.code != 0 && (said == nil || *said != "it failed"):
		t.Errorf("got said %v, want the text of the panic value", said)
	case (w.name == "unprintable" || w.name == "exitprint") && said != nil:
		t.Errorf("got %q said, want nothing for a method that doesn't return", *said)
	}
	if w.kind == Panic || w.kind == Exit || w.kind == Asked || w.kind == Recovered {
		if r.Goroutine == 0 || r.G == 0 || r.G != r.CurG {
			t.Errorf("got goroutine %d, g %#x, curg %#x, want a goroutine of the program", r.Goroutine, r.G, r.CurG)
		}
		if !slices.ContainsFunc(r.frames, func(f string) bool { return strings.HasPrefix(f, w.frame) }) {
			t.Errorf("got frames %q, want %s among them", r.frames, w.frame)
		}
	}
	if w.kind == Panic {
		if r.frames[0] != "runtime.gopanic" {
			t.Errorf("got %s on top, want runtime.gopanic", r.frames[0])
		}
		if r.Value[0] == 0 {
			t.Errorf("got a panic value without a type")
		}
	}
	if marked := len(r.words) > 0 && r.words[0] == 0xfeedbeef; marked != w.mark {
		t.Errorf("got panic value %#x, its memory %#x, want the original: %t", r.Value, r.words, w.mark)
	}
	if w.kind == Throw && r.frames[0] != "runtime.throw" && r.frames[0] != "runtime.fatal" {
		t.Errorf("got %s on top, want runtime.throw or runtime.fatal", r.frames[0])
	}
	if w.kind == Exit && r.ExitCode != w.code {
		t.Errorf("got exit status %d reported, want %d", r.ExitCode, w.code)
	}
}
