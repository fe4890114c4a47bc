package apitest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"coredumpy"
	"coredumpy/internal/longtest"
)

// reports collects the reports that Notify gets.
type reports struct {
	mu  sync.Mutex
	all []coredumpy.Report
}

func (r *reports) add(report coredumpy.Report) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, report)
}

// only returns the only report.
func (r *reports) only(t *testing.T) coredumpy.Report {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.all) != 1 {
		t.Fatalf("got %d reports, want one: %+v", len(r.all), r.all)
	}
	return r.all[0]
}

//go:noinline
func panicWith(value any) { panic(value) }

// notifyTest is a way to have a dump made, and what its report says.
type notifyTest struct {
	name    string
	do      func()
	path    string // a pattern
	err     error
	reason  string
	message string
	top     string
}

// check checks the report, and compares it with the dump.
func (tt *notifyTest) check(t *testing.T, r coredumpy.Report) {
	t.Helper()
	if match, _ := filepath.Match(tt.path, r.Path); !match || !errors.Is(r.Err, tt.err) ||
		(r.Err == nil) != (tt.err == nil) {
		t.Fatalf("got path %q and error %v, want %q and %v", r.Path, r.Err, tt.path, tt.err)
	}
	if r.Reason != tt.reason || anyNumber(r.Message) != tt.message || !strings.HasSuffix(r.Top.Func, "."+tt.top) ||
		r.Top.Line == 0 || r.Description != "of "+tt.name {
		t.Errorf("got %+v, want reason %q, message %q and top frame %s", r, tt.reason, tt.message, tt.top)
	}
	h := open(t, r.Path).Head()
	if r.Message != h.Message || r.Reason != h.Reason || r.Top != *h.Top || r.Test != h.Test ||
		r.Description != h.Description {
		t.Errorf("got %+v, want what is in the dump, %+v", r, h)
	}
}

// Notify gets a report with what the dump says, and standard error gets nothing.
func TestNotify(t *testing.T) {
	private := elsewhere(t)
	dir := t.TempDir()
	path := filepath.Join(dir, "x.dump")
	t.Chdir(dir)
	for _, tt := range []notifyTest{
		{"text", func() {
			defer coredumpy.OnPanic(coredumpy.Path("x.dump"), coredumpy.Description("of text"))
			panicWith("plain")
		}, path, nil, "panic", "plain", "panicWith"},
		{"secret", func() {
			defer coredumpy.OnPanic(coredumpy.Path("x.dump"), coredumpy.Description("of secret"))
			panicWith("password=x7Q2wAbcdef")
		}, path, nil, "panic", "password=" + mask + "#N", "panicWith"},
		{"method", func() {
			defer coredumpy.OnPanic(coredumpy.Path("x.dump"), coredumpy.Description("of method"))
			panicWith(&coded{7})
		}, path, nil, "panic", (&coded{7}).Error(), "panicWith"},
		{"elsewhere", func() {
			defer coredumpy.OnPanic(coredumpy.Path("no/x.dump"), coredumpy.Description("of elsewhere"))
			panicWith("plain")
		}, filepath.Join(private, "coredumpy_panicWith_*.dump"), os.ErrNotExist, "panic", "plain", "panicWith"},
		{"failure", func() {
			defer coredumpy.OnFailure(failing{"TestFails"}, coredumpy.Path("x.dump"),
				coredumpy.Description("of failure"))
		}, path, nil, "test failure", "TestFails failed", "TestNotify.func5"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got reports
			config(t, func(c *coredumpy.Configuration) { c.Notify = got.add })
			told := quietly(t, func() {
				defer func() { recover() }()
				tt.do()
			})
			if told != "" {
				t.Errorf("got %q on standard error, want nothing", told)
			}
			tt.check(t, got.only(t))
		})
	}
}

// Without a dump the report has the reason.
func TestNotifyFailure(t *testing.T) {
	nowhere(t)
	t.Chdir(t.TempDir())
	var got reports
	config(t, func(c *coredumpy.Configuration) { c.Notify = got.add })
	told := quietly(t, func() {
		defer func() { recover() }()
		defer coredumpy.OnPanic(coredumpy.Directory("no\x00"))
		panicWith("password=x7Q2wAbcdef")
	})
	r := got.only(t)
	if told != "" || r.Path != "" || r.Err == nil || anyNumber(r.Message) != "password="+mask+"#N" || r.Reason != "panic" {
		t.Errorf("got %+v and %q on standard error, want no path, the reason, and the message", r, told)
	}
	got = reports{}
	coredumpy.Config.EnvironFilter = func(string) bool { panic("filter") }
	told = quietly(t, func() {
		defer func() { recover() }()
		defer coredumpy.OnPanic()
		panicWith("password=x7Q2wAbcdef")
	})
	r = got.only(t)
	if told != "" || r.Path == "" || r.Err != nil || anyNumber(r.Message) != "password="+mask+"#N" || r.Reason != "panic" {
		t.Errorf("got %+v and %q told, want a path and the message, which needs no filter", r, told)
	}
}

// A caller that gets the result gets no report.
func TestNotifyNotAsked(t *testing.T) {
	t.Chdir(t.TempDir())
	var got reports
	config(t, func(c *coredumpy.Configuration) { c.Notify = got.add })
	if _, err := coredumpy.Dump(); err != nil {
		t.Error(err)
	}
	take(t)
	func() {
		defer func() {
			if _, err := coredumpy.DumpPanic(recover()); err != nil {
				t.Error(err)
			}
		}()
		panicWith("recovered")
	}()
	if len(got.all) > 0 {
		t.Errorf("got %+v, want no reports", got.all)
	}
}

// notified holds functions that do everything that a function for Notify must not do.
var notified = map[string]func(coredumpy.Report){
	"panic": func(coredumpy.Report) { panic("no logger") },
	"exit":  func(coredumpy.Report) { runtime.Goexit() },
	"hang":  func(coredumpy.Report) { select {} },
	"fault": func(coredumpy.Report) { var p *int; *p = 1 },
	"again": func(coredumpy.Report) {
		defer coredumpy.OnPanic(coredumpy.Path("x.dump"))
		panic("no logger")
	},
}

// Whatever the function does costs neither the dump nor the panic, and standard error
// says so.
func TestNotifyFails(t *testing.T) {
	for name, want := range map[string]string{
		"panic": "the function in Config.Notify panicked: no logger",
		"exit":  "the function in Config.Notify called runtime.Goexit",
		"hang":  "the function in Config.Notify hasn't returned for 1s",
		"fault": "the function in Config.Notify panicked: runtime error: ",
	} {
		o := child(t, "notifies", name)
		line, rest, _ := strings.Cut(o.stderr, "\n")
		path := filepath.Join(o.dir, "x.dump")
		if o.exit != 2 || !strings.HasPrefix(line, "coredumpy: "+want) ||
			!strings.HasPrefix(rest, "Your frame stack is dumped, open it with\ncoredumpy load "+path+"\n") ||
			!strings.Contains(rest, "\npanic: ") {
			t.Errorf("%s: got exit status %d and\n%.1000s\nwant 2, %q, the lines of the dump, and the panic",
				name, o.exit, o.stderr, want)
		}
		if h := open(t, path).Head(); h.Message != "disk full: of the original" {
			t.Errorf("%s: got a dump of %q, want the panic's", name, h.Message)
		}
	}
	// If the function's own panics are dumped, the limits on panics apply to them.
	if o := child(t, "notifies", "again"); o.exit != 2 || !strings.Contains(o.stderr, "\npanic: ") {
		t.Errorf("again: got exit status %d and\n%.3000s\nwant 2 and the panic", o.exit, o.stderr)
	}
}

func init() {
	children["hanging"] = func() {
		coredumpy.Config.AllGoroutines = false
		coredumpy.Config.MaxPanicsPerSite = 0
		coredumpy.Config.Notify = func(coredumpy.Report) { select {} }
		for i := range 17 {
			func() {
				defer func() { recover() }()
				defer coredumpy.OnPanic(coredumpy.Path("x.dump"))
				panic(i)
			}()
		}
		fmt.Print("done")
	}
}

// The number of calls that never return is limited.
func TestNotifyHangs(t *testing.T) {
	longtest.Skip(t)
	t.Parallel() // it waits for 16 seconds
	o := child(t, "hanging")
	if got := strings.Count(o.stderr, "hasn't returned for 1s"); got != 16 || o.stdout != "done" {
		t.Errorf("got %d that haven't returned, and %q, want 16 and done", got, o.stdout)
	}
	if got := strings.Count(o.stderr,
		"coredumpy: 16 calls of the function in Config.Notify haven't returned\n"); got != 1 {
		t.Errorf("got %d that weren't made, want 1:\n%.3000s", got, o.stderr)
	}
}
