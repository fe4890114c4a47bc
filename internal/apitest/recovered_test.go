package apitest

import (
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"coredumpy"
	"coredumpy/internal/longtest"
)

// When a deferred function calls OnPanic, that dumps a panic if the panic called the
// function, and leaves it alone.
func TestCalledByDeferred(t *testing.T) {
	builds := [][]string{nil}
	if longtest.All() {
		builds = append(builds, whole, []string{"-race"}, []string{"-ldflags=-s -w"})
	}
	for _, flags := range builds {
		if slices.Contains(flags, "-race") {
			needC(t)
		}
		program := build(t, "misplaced", flags)
		for _, tt := range []struct {
			how    string
			status int
			dumps  int
		}{
			{"literal", 2, 1}, {"args", 2, 1}, {"method", 2, 1}, {"iface", 2, 1}, {"loop", 2, 1}, {"recovered", 0, 1},
			{"outer", 2, 1}, {"two", 2, 1}, {"inner", 2, 1},
			{"no-cleanup", 2, 0}, {"no-loop", 2, 0}, {"no-lit", 2, 0}, {"no-helper", 2, 0},
			{"no-goexit", 4, 0}, {"no-return", 0, 0}, {"no-abort", 2, 0},
		} {
			o := command(t, exec.Command(program, tt.how))
			paths, err := filepath.Glob(filepath.Join(o.dir, "*.dump"))
			if err != nil || o.exit != tt.status || len(paths) != tt.dumps {
				t.Errorf("%v %s: got exit status %d and dumps %q, want %d and %d:\n%.2000s",
					flags, tt.how, o.exit, paths, tt.status, tt.dumps, o.stderr)
				continue
			}
			for _, path := range paths {
				h := open(t, path).Head()
				if h.Message != "assignment to entry in nil map" || h.Top == nil || h.Top.Func != "main.crash" {
					t.Errorf("%v %s: got message %q at %v, want that of the panic in main.crash",
						flags, tt.how, h.Message, h.Top)
				}
			}
			proper := tt.how == "outer" || tt.how == "inner" || tt.how == "no-abort" // one of them recovers
			if strings.Contains(o.stderr, "[recovered") != proper {
				t.Errorf("%v %s: want it recovered if an OnPanic is in its place, and otherwise not:\n%.1000s",
					flags, tt.how, o.stderr)
			}
		}
	}
}

// framework calls a hook with the value that it recovers, as web frameworks do.
func framework(handler func(), hook func(v any)) {
	defer func() {
		if v := recover(); v != nil {
			func() { hook(v) }()
		}
	}()
	handler()
}

type shopOrder struct{ limits map[string]int }

//go:noinline
func handleOrder(o *shopOrder, key string) { o.limits[key] = 1 }

func TestDumpPanic(t *testing.T) {
	own := errors.New("no luck")
	for _, tt := range []struct {
		name    string
		handler func()
		top     string
		message string
	}{
		{"fault", func() { handleOrder(nil, "a") }, "handleOrder",
			"runtime error: invalid memory address or nil pointer dereference"},
		{"map", func() { handleOrder(&shopOrder{}, "a") }, "handleOrder", "assignment to entry in nil map"},
		{"error", func() { panic(fmt.Errorf("order 7: %w", own)) }, "TestDumpPanic.func3", "order 7: no luck"},
		{"of its own", func() { panic(speaker{func() string { return "said" }}) }, "TestDumpPanic.func4", "said"},
		{"again", func() {
			defer func() { panic(recover()) }()
			handleOrder(&shopOrder{}, "a")
		}, "handleOrder", "assignment to entry in nil map"},
	} {
		path := filepath.Join(t.TempDir(), "x.dump")
		var got string
		var err error
		framework(tt.handler, func(v any) { got, err = coredumpy.DumpPanic(v, coredumpy.Path(path)) })
		if got != path || err != nil {
			t.Errorf("%s: got %q and %v, want %q", tt.name, got, err, path)
			continue
		}
		h := open(t, path).Head()
		if top := strings.TrimPrefix(h.Top.Func, "coredumpy/internal/apitest."); top != tt.top &&
			!strings.HasPrefix(top, tt.top+".") {
			t.Errorf("%s: got top frame %s, want %s", tt.name, top, tt.top)
		}
		if h.Message != tt.message || h.Reason != "recovered panic" {
			t.Errorf("%s: got %s: %q, want recovered panic: %q", tt.name, h.Reason, h.Message, tt.message)
		}
	}
}

// DumpPanic's error says why a panic isn't dumped.
func TestDumpPanicRefused(t *testing.T) {
	if o := child(t, "dumppanic"); o.exit != 0 || o.stdout != "" { // later dumps of the process would mention it
		t.Errorf("got exit status %d:\n%s%s", o.exit, o.stdout, o.stderr)
	}
}

func init() {
	children["dumppanic"] = func() {
		coredumpy.Config.MaxPanicsPerSite = 1
		own := errors.New("expected")
		abort := errors.New("net/http: abort Handler")
		try := func(v any, opts ...coredumpy.Option) (err error) {
			framework(func() { panic(v) }, func(v any) { _, err = coredumpy.DumpPanic(v, opts...) })
			return err
		}
		var twice [2]error
		for i := range twice {
			twice[i] = try(1)
		}
		_, none := coredumpy.DumpPanic(nil)
		excluded, aborted := try(fmt.Errorf("it was %w", own), coredumpy.Exclude(own)), try(abort)
		coredumpy.Config.DumpAbortHandler = true
		for _, tt := range []struct {
			err  error
			want string
		}{
			{twice[0], ""}, {twice[1], "Config.MaxPanicsPerSite reached"},
			{none, "is nil"}, {excluded, "the panic is excluded"}, {aborted, "http.ErrAbortHandler"}, {try(abort), ""},
			{try(1, coredumpy.Path("x"), coredumpy.Directory("y")), "exclude each other"},
		} {
			if tt.want == "" && tt.err != nil ||
				tt.want != "" && (tt.err == nil || !strings.Contains(tt.err.Error(), tt.want)) {
				fmt.Printf("got error %v, want %q\n", tt.err, tt.want)
			}
		}
	}
}

// Without a panic on the stack the dump shows the goroutine as it is.
func TestDumpPanicLate(t *testing.T) {
	var v any
	framework(func() { handleOrder(nil, "a") }, func(got any) { v = got })
	path, err := coredumpy.DumpPanic(v, coredumpy.Path(filepath.Join(t.TempDir(), "x.dump")))
	if err != nil {
		t.Fatal(err)
	}
	d := open(t, path)
	if h := d.Head(); !strings.HasSuffix(h.Top.Func, ".TestDumpPanicLate") ||
		!strings.Contains(h.Message, "nil pointer") {
		t.Errorf("got %q at %s, want the message at the caller", h.Message, h.Top.Func)
	}
}
