package runtest

import (
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"coredumpy"
	"coredumpy/internal/longtest"
)

// crash says what one of the kinds of testdata/run does.
type crash struct {
	kind, reason, message string // no reason: no dump
	top                   string // function of the frame to look at first; a prefix
	in                    string // function in whose frame the expression is, if it isn't the top one
	expr, value           string
	flags                 []string // of coredumpy run
	program               string   // below testdata/run, if it isn't testdata/run itself
	loose                 bool     // all that it prints but the first line differs from run to run
	untraced              bool     // not seen in a traced program
	overwritten           string   // an expression whose value C had on its stack
}

const (
	badPointer = "runtime error: invalid memory address or nil pointer dereference"
	asleep     = "all goroutines are asleep - deadlock!"
)

var crashes = []crash{
	{kind: "nil", reason: "panic", message: badPointer, top: "main.nilDereference", expr: "id", value: "7"},
	{kind: "index", reason: "panic", message: "runtime error: index out of range [8] with length 3",
		top: "main.index", expr: "double", value: "8"},
	{kind: "bounds", reason: "panic", message: "runtime error: slice bounds out of range [:9] with capacity 3",
		top: "main.bounds", expr: "more", value: "9"},
	{kind: "divide", reason: "panic", message: "runtime error: integer divide by zero", top: "main.divide", expr: "n",
		value: "5"},
	{kind: "nilmap", reason: "panic", message: "assignment to entry in nil map", top: "main.nilMap", expr: "price",
		value: "9"},
	{kind: "assert", reason: "panic", message: "interface conversion: interface {} is string, not int",
		top: "main.assert", expr: "v", value: `interface {}(string) "text"`},
	{kind: "method", reason: "panic",
		message: "interface conversion: int is not main.stringer: missing method String", top: "main.assertMethod",
		expr: "name", value: `"method"`},
	{kind: "error", reason: "panic", message: "wrapped: inner", top: "main.panicError", expr: "code", value: "6"},
	{kind: "struct", reason: "panic", message: "failure 42", top: "main.panicStruct", expr: "f.Code", value: "42"},
	{kind: "panicnil", reason: "panic", message: new(runtime.PanicNilError).Error(), top: "main.panicNil", expr: "n",
		value: "2"},
	{kind: "goroutine", reason: "panic", message: "half 5", top: "main.explode", expr: "half", value: "5"},
	{kind: "timer", reason: "panic", message: "half 6", top: "main.explode", expr: "half", value: "6"},
	{kind: "indefer", reason: "panic", message: "deferred 6", top: "main.inDefer.func1", expr: "twice", value: "6"},
	{kind: "repanic", reason: "panic", message: "again", top: "main.rePanic", expr: "n", value: "5"},
	{kind: "goexit", reason: "panic", message: "in goexit", top: "main.inGoexit.func1", expr: "n", value: "15"},
	{kind: "generic", reason: "panic", message: "runtime error: index out of range [4] with length 3",
		top: "main.generic[", expr: "all[2]", value: `"x"`},
	{kind: "value", reason: "panic", message: "runtime error: index out of range [24] with length 2",
		top: "main.(*order).broken", expr: "key", value: "24"},
	{kind: "iterator", reason: "panic", message: "49", top: "main.iterate", expr: "square", value: "49"},
	{kind: "nested", reason: "panic", message: "outer 18", top: "main.nested", expr: "outer", value: "18"},
	{kind: "callnil", reason: "panic", message: badPointer, top: "main.callNil", expr: "twice", value: "18"},
	{kind: "finalizer", reason: "panic", message: "finalized 42", top: "main.finalize", expr: "key", value: "42"},
	{kind: "cleanup", reason: "panic", message: "cleaned up 60", top: "main.cleanUp", expr: "key", value: "60"},
	{kind: "counted", reason: "panic", message: "counted 21", top: "main.panicWith[", expr: "value.(counted).Code",
		value: "21"},
	{kind: "printed", reason: "panic", message: "printed 22", top: "main.panicWith[", expr: "value.(*printed).Code",
		value: "22"},
	{kind: "counted", flags: []string{"-exclude", "counted 21"}},
	{kind: "slow", reason: "panic", message: "slow 24", top: "main.panicWith[", expr: "value.(slow).Code", value: "24"},
	{kind: "reset", reason: "panic", message: "reset 25", top: "main.rePanicSame", expr: "n", value: "25"},
	{kind: "explosive", reason: "panic", message: "main.explosive", top: "main.panicWith[",
		expr: "value.(explosive).Code", value: "23"},
	{kind: "leaving", reason: "panic", message: "main.leaving", top: "main.panicWith[", expr: "value.(leaving).Code",
		value: "9"},
	{kind: "code", reason: "panic", message: "main.code(26)", top: "main.panicWith[", expr: "value", value: "26"},
	{kind: "label", reason: "panic", message: `main.label("mine")`, top: "main.panicWith[", expr: "value",
		value: `"mine"`},
	{kind: "become", reason: "panic", message: "runtime error: integer divide by zero", top: "main.divide", expr: "n",
		value: "5"},
	{program: "initial", reason: "panic", message: "runtime error: index out of range [21] with length 2",
		top: "main.init.0", expr: "total", value: "21"},
	{program: "variable", reason: "panic", message: "limit -3", top: "main.positive", expr: "square", value: "9"},
	{program: "onpanic", kind: "nil", reason: "panic", message: badPointer, top: "main.nilDereference",
		expr: "double", value: "6"},
	{program: "onpanic", kind: "value", reason: "panic", message: "25", top: "main.panicWith", expr: "square",
		value: "25"},
	{program: "onpanic", kind: "deferred", reason: "panic", message: "512", top: "main.deferred", expr: "cube",
		value: "512"},
	{program: "cgo", kind: "callback", reason: "panic", message: "visited 12", top: "main.goVisit", expr: "twice",
		value: "12"},
	{program: "cgo", kind: "frame", reason: "panic", message: "event 21", top: "main.goEvent", expr: "copied.twice",
		value: "42", overwritten: "e.n"},
	{program: "cgo", kind: "segv", reason: "signal", message: "SIGSEGV: segmentation fault", top: "main.segv",
		expr: "mine", value: "31", loose: true},
	{program: "cgo", kind: "abort", reason: "signal", message: "SIGABRT: aborted", top: "main.abort", expr: "mine",
		value: "32", loose: true},
	{program: "cgo", kind: "thread", reason: "signal", message: "SIGSEGV: segmentation fault", top: "main.thread",
		expr: "mine", value: "33", untraced: true},
	{kind: "closed", reason: "panic", message: "close of closed channel", top: "main.closed", expr: "n", value: "2"},
	{kind: "send", reason: "panic", message: "send on closed channel", top: "main.send", expr: "n", value: "3"},
	{kind: "waitgroup", reason: "panic", message: "sync: negative WaitGroup counter", top: "sync.(*WaitGroup).Add",
		in: "main.waitGroup", expr: "n", value: "4"},
	{kind: "mapwrites", reason: "fatal error", message: "concurrent map writes", top: "main.mapWrites", expr: "id",
		value: "5", loose: true},
	{kind: "deadlock", reason: "fatal error", message: asleep, top: "main.lockTwice", expr: "mine", value: "60"},
	{kind: "receive", reason: "fatal error", message: asleep, top: "main.receive", expr: "mine", value: "77"},
	{kind: "select", reason: "fatal error", message: asleep, top: "main.selectForever", expr: "mine", value: "13"},
	{kind: "wait", reason: "fatal error", message: asleep, top: "main.waitForever", expr: "mine", value: "28"},
	{kind: "sendnil", reason: "fatal error", message: asleep, top: "main.sendForever", expr: "mine", value: "45"},
	{kind: "mainless", reason: "fatal error", message: asleep, top: "main.receive", expr: "mine", value: "88"},
	{kind: "iterate", reason: "fatal error", message: "concurrent map iteration and map write",
		top: "main.iterateMap", expr: "mine", value: "64", loose: true},
	{kind: "fault", reason: "fatal error", message: "fault", top: "main.readOnly", expr: "size", value: "8192"},
	{kind: "runlock", reason: "fatal error", message: "sync: RUnlock of unlocked RWMutex", top: "main.readLocked",
		expr: "mine", value: "85"},
	{kind: "overflow", reason: "fatal error", message: "stack overflow", top: "main.overflow", expr: "o.ID",
		value: "3", loose: true},
	{kind: "memory", reason: "fatal error", message: "out of memory", top: "main.grab", expr: "size",
		value: "140737488355328", loose: true},
	{kind: "unlock", reason: "fatal error", message: "sync: unlock of unlocked mutex", top: "main.unlock",
		expr: "mine", value: "96"},
	{kind: "quit", reason: "signal", message: "SIGQUIT: quit", top: "main.kill", expr: "number", value: "3",
		loose: true},
	{kind: "abort", reason: "signal", message: "SIGABRT: aborted", top: "main.kill", expr: "number", value: "6",
		loose: true},
	{kind: "exit", reason: "exit", message: "exit status 4", top: "main.exit", expr: "twice", value: "4",
		flags: []string{"-exit"}, untraced: true},
	{kind: "log", reason: "exit", message: "exit status 1", top: "main.fatal", expr: "twice", value: "6",
		flags: []string{"-exit"}, untraced: true},
	{kind: "ten", reason: "panic", message: "half ", top: "main.explode", expr: "half >= 0", value: "true",
		loose: true},
	{kind: "stdin", reason: "panic", message: "half 17", top: "main.explode", expr: "n", value: "35"},
	{kind: "exit"},
	{kind: "log"},
	{kind: "terminate"},
	{kind: "recovered"},
	{kind: "clean"},
	{kind: "onlygoexit"},
	{program: "server"},
	{kind: "divide", flags: []string{"-exclude", "divide by"}},
}

// ordinary holds the names of the crashes in the ordinary suite, and whether they are
// also traced there.
var ordinary = map[string]bool{
	"nil": true, "error": false, "goroutine": false, "repanic": false, "counted": false,
	"counted-excludecounted 21": true, "variable": false, "onpanic/nil": false,
	"deadlock": true, "quit": true, "exit-exit": false, "clean": true, "recovered": false,
	"divide-excludedivide by": false,
}

func (c *crash) name() string {
	return strings.Trim(c.program+"/"+c.kind+strings.Join(c.flags, ""), "/")
}

// TestRun runs programs that end in many ways, built with the hook, and built without it
// and traced. What they do is the same, and there is one dump that says what happened, or
// none.
func TestRun(t *testing.T) {
	plain, hooked := built(t)
	for _, c := range crashes {
		traced, always := ordinary[c.name()]
		if !longtest.All() && !always {
			continue
		}
		name := "run"
		if c.program != "" {
			name = c.program
		}
		t.Run(c.name(), func(t *testing.T) {
			t.Parallel()
			if _, err := os.Stat(filepath.Join(hooked, name)); err != nil {
				t.Skip("no C compiler: ", err)
			}
			if strings.HasPrefix(c.message, "concurrent map") && runtime.GOMAXPROCS(0) < 2 {
				t.Skip("takes two processors")
			}
			want := execute(t, t.TempDir(), []string{"TMPDIR=" + t.TempDir()}, filepath.Join(plain, name), c.kind)
			t.Run("hooked", func(t *testing.T) { checkCrash(t, &c, filepath.Join(hooked, name), want) })
			if traced || longtest.All() {
				t.Run("traced", func(t *testing.T) { checkCrash(t, &c, filepath.Join(plain, name), want) })
			}
		})
	}
}

func checkCrash(t *testing.T, c *crash, program string, want result) {
	args := append(append([]string{}, c.flags...), program, c.kind)
	got, dumps := watch(t, nil, args...)
	if withoutCore(got.state) != withoutCore(want.state) || got.out != want.out {
		t.Errorf("got %s and %q, want %s and %q\n%.2000s", got.state, got.out, want.state, want.out, got.err)
	}
	if slices.Contains(c.flags, "-exit") && strings.HasSuffix(t.Name(), "/traced") {
		said := regexp.MustCompile(`^coredumpy run: \S+ wasn't built by coredumpy run go build: -exit has no effect on it\n`)
		if !said.MatchString(got.err) {
			t.Errorf("got on standard error %.300q, want a line that -exit has no effect", got.err)
		}
		got.err = said.ReplaceAllString(got.err, "")
	}
	// A program that dumps its own panics asks for the dump if anybody listens.
	g, w := users(same(got.err)), users(same(ownDump.ReplaceAllString(want.err, "")))
	if c.loose {
		g, w = headline(g), headline(w)
	}
	if g != w {
		t.Errorf("got on standard error\n%.3000s\nwant\n%.3000s", g, w)
	}
	wanted := 1
	if c.reason == "" || c.untraced && strings.HasSuffix(t.Name(), "/traced") {
		wanted = 0
	}
	if len(dumps) != wanted {
		t.Fatalf("got %d dumps, want %d\n%.2000s", len(dumps), wanted, got.err)
	}
	for _, path := range dumps {
		checkReport(t, c, path)
	}
}

// ownDump matches what a program prints that dumps itself, not where it should.
var ownDump = regexp.MustCompile(`(?m)^coredumpy: the dump is in \S+ instead: the function given to PathFunc returned no path\nYour frame stack is dumped, open it with\ncoredumpy load .*\n(?:for its variables, .*\n)?`)

// users leaves the goroutines of the runtime out of a traceback: what they do differs
// from run to run.
func users(s string) string {
	parts := strings.Split(s, "\n\n")
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool {
		return strings.Contains(part, "\ncreated by runtime.") && !strings.Contains(part, "\nmain.")
	}), "\n\n")
}

// headline returns the first line of a text, without digits.
func headline(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return strings.Trim(strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' {
			return -1
		}
		return r
	}, line), " ")
}

// checkReport compares a dump with what it should say.
func checkReport(t *testing.T, c *crash, path string) {
	t.Helper()
	core, err := coredumpy.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	h := core.Head()
	if h.Reason != c.reason || !strings.Contains(h.Message, c.message) {
		t.Errorf("got reason %q, message %q, want %q, %q", h.Reason, h.Message, c.reason, c.message)
	}
	in := c.in
	if h.Top == nil && c.reason == "signal" {
		in = c.top // the thread that the kernel chose ran no goroutine
	} else if h.Top == nil || !strings.HasPrefix(h.Top.Func, c.top) {
		t.Fatalf("got top %+v, want %s", h.Top, c.top)
	}
	f := topFrame(t, core, in)
	wantValue(t, f, c.expr, c.value)
	if got := show(f, c.overwritten); c.overwritten != "" && !strings.Contains(got, "in a frame of C") {
		t.Errorf("got %s = %s, want it in a frame of C", c.overwritten, got)
	}
	if _, ok := core.Source(f.File); !ok {
		t.Errorf("got no source %s", f.File)
	}
}

// topFrame returns the frame on which a dump opens, or a function's frame, of the
// goroutine that the dump is about.
func topFrame(t *testing.T, core *coredumpy.Core, function string) *coredumpy.Frame {
	t.Helper()
	h := core.Head()
	g, err := core.Goroutine(h.Goroutine)
	if err != nil {
		t.Fatal(err)
	}
	for i := range g.Frames {
		if f := &g.Frames[i]; f.Func == function || function == "" && h.Top != nil && f.Place == *h.Top {
			return f
		}
	}
	t.Fatalf("got no frame of %s, %+v, on goroutine %d", function, h.Top, h.Goroutine)
	return nil
}
