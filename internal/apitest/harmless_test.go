package apitest

import (
	"bytes"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"testing"
	"time"

	"coredumpy"
)

var errDisk = errors.New("disk full")

// failingWriter fails after some bytes.
type failingWriter struct {
	left int
	err  error
}

func (w *failingWriter) Write(p []byte) (int, error) {
	if len(p) > w.left {
		n := w.left
		w.left = 0
		return n, w.err
	}
	w.left -= len(p)
	return len(p), nil
}

type panickingWriter struct{}

func (panickingWriter) Write([]byte) (int, error) { panic("writer panics") }

type exitingWriter struct{}

func (exitingWriter) Write([]byte) (int, error) { runtime.Goexit(); return 0, nil }

// lyingWriter says that it wrote n bytes more than it was given.
type lyingWriter int

func (w lyingWriter) Write(p []byte) (int, error) { return len(p) + int(w), nil }

// negativeWriter says that it wrote fewer than 0 bytes.
type negativeWriter struct{ err error }

func (w negativeWriter) Write([]byte) (int, error) { return -1, w.err }

func TestDumpToFails(t *testing.T) {
	config(t, func(c *coredumpy.Configuration) { c.MaxSource = 0 }) // the sources depend on what else runs
	var whole bytes.Buffer
	if err := coredumpy.DumpTo(&whole); err != nil {
		t.Fatal(err)
	}
	for _, left := range []int{0, 1, 9, 10, 100, whole.Len() / 2} {
		err := coredumpy.DumpTo(&failingWriter{left, errDisk})
		if !errors.Is(err, errDisk) {
			t.Errorf("after %d bytes: got error %v, want %v", left, err, errDisk)
		}
	}
	for _, w := range []io.Writer{lyingWriter(-1), &failingWriter{whole.Len() / 2, nil}} {
		if err := coredumpy.DumpTo(w); !errors.Is(err, io.ErrShortWrite) {
			t.Errorf("%T: got error %v, want %v", w, err, io.ErrShortWrite)
		}
	}
	if err := coredumpy.DumpTo(negativeWriter{errDisk}); !errors.Is(err, errDisk) {
		t.Errorf("got error %v, want the writer's own, %v", err, errDisk)
	}
	for name, w := range map[string]io.Writer{
		"panics": panickingWriter{}, "runtime.Goexit": exitingWriter{}, "nil": nil,
		"DumpTo says that it wrote -1 of": negativeWriter{}, "DumpTo says that it wrote ": lyingWriter(1),
	} {
		told := quietly(t, func() {
			if err := coredumpy.DumpTo(w); err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("%s: got error %v, want one that says so", name, err)
			}
		})
		if told != "" {
			t.Errorf("%s: got %q on standard error, want nothing", name, told)
		}
	}
	take(t) // none of it keeps the next dump from being taken
}

// The goroutines that compressed a dump may end only while the next one is made.
func TestDumpAgain(t *testing.T) {
	files := make([]bytes.Buffer, 50)
	for i := range files {
		if err := coredumpy.DumpTo(&files[i]); err != nil {
			t.Fatal(err)
		}
	}
	for i := range files {
		wantNoneOfOurs(t, read(t, files[i].Bytes()))
	}
}

// DumpTo ignores names of files.
func TestDumpToOptions(t *testing.T) {
	dir := t.TempDir()
	d := take(t, coredumpy.Path(filepath.Join(dir, "a", "x.json")), coredumpy.Directory(filepath.Join(dir, "d")),
		coredumpy.PathFunc(func() string { t.Error("PathFunc called"); return "" }), coredumpy.Description("d"))
	if d.Head().Description != "d" || d.Head().Reason != "dump" {
		t.Errorf("got head %+v, want the description and the reason", d.Head())
	}
	wantNothing(t, dir)
}

func TestConcurrent(t *testing.T) {
	dir := t.TempDir()
	type result struct {
		name string
		err  error
	}
	results := make(chan result)
	for i := range 8 {
		go func() {
			name := filepath.Join(dir, string(rune('a'+i)))
			_, err := coredumpy.Dump(coredumpy.Path(name), coredumpy.Var("i", i))
			results <- result{name, err}
		}()
	}
	for range 8 {
		r := <-results
		if r.err != nil {
			t.Errorf("got error %v, want a dump", r.err)
			continue
		}
		d := open(t, r.name)
		if want := int64(filepath.Base(r.name)[0] - 'a'); d.given(t, "i").Int() != want ||
			d.top(t) != "TestConcurrent.func1" {
			t.Errorf("%s: got i = %s in %s, want %d in the goroutine that asked",
				r.name, show(d.given(t, "i")), d.top(t), want)
		}
	}
}

// state is what a capture changes while it lasts.
type state struct {
	procs, gcPercent  int
	memory            int64
	goroutines, files int
}

func stateNow(t *testing.T) state {
	s := state{procs: runtime.GOMAXPROCS(0), memory: debug.SetMemoryLimit(-1)}
	s.gcPercent = debug.SetGCPercent(100)
	debug.SetGCPercent(s.gcPercent)
	s.goroutines = runtime.NumGoroutine()
	if entries, err := os.ReadDir("/proc/self/fd"); err == nil {
		s.files = len(entries)
	}
	return s
}

// settledState returns stateNow once there are that many Ps and no more goroutines than
// before. OnPanic gives the Ps back when the goroutine that panicked has let others run,
// and goroutines that have answered take a moment to end.
func settledState(t *testing.T, procs, goroutines int) state {
	t.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
		if s := stateNow(t); s.procs == procs && s.goroutines <= goroutines || time.Now().After(end) {
			return s
		}
	}
}

// Everything is restored, after a dump that was written and after one that wasn't.
func TestStateRestored(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	defer debug.SetGCPercent(debug.SetGCPercent(100))
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(-1))
	nowhere(t)
	dir, goroutines := t.TempDir(), runtime.NumGoroutine()
	taking := map[string]func(){
		"Dump":           func() { coredumpy.Dump(coredumpy.Path(filepath.Join(dir, "x"))) },
		"Dump, no place": func() { coredumpy.Dump(coredumpy.Path(filepath.Join(dir, "no", "x"))) },
		"Path and Directory": func() {
			coredumpy.Dump(coredumpy.Path(filepath.Join(dir, "x")), coredumpy.Directory(dir))
		},
		"DumpTo fails": func() { coredumpy.DumpTo(&failingWriter{10, errDisk}) },
		"OnPanic": func() {
			defer func() { recover() }()
			defer coredumpy.OnPanic(coredumpy.Path(filepath.Join(dir, "p")))
			panic("x")
		},
		"OnPanic, no place": func() {
			defer func() { recover() }()
			defer coredumpy.OnPanic(coredumpy.Path(filepath.Join(dir, "no", "p")))
			panic("x")
		},
		"PathFunc panics": func() { coredumpy.Dump(coredumpy.PathFunc(func() string { panic("x") })) },
		"writer panics":   func() { coredumpy.DumpTo(panickingWriter{}) },
		"filter panics": func() {
			defer func(f func(string) bool) { coredumpy.Config.EnvironFilter = f }(coredumpy.Config.EnvironFilter)
			coredumpy.Config.EnvironFilter = func(string) bool { panic("x") }
			coredumpy.DumpTo(io.Discard)
		},
		"no time": func() {
			defer func(d time.Duration) { coredumpy.Config.Timeout = d }(coredumpy.Config.Timeout)
			coredumpy.Config.Timeout = 0
			coredumpy.DumpTo(io.Discard)
		},
	}
	for _, s := range []state{{procs: 3, gcPercent: 57, memory: 1 << 40},
		{procs: 1, gcPercent: -1, memory: math.MaxInt64}} {
		runtime.GOMAXPROCS(s.procs)
		debug.SetGCPercent(s.gcPercent)
		debug.SetMemoryLimit(s.memory)
		for name, f := range taking {
			quietly(t, func() {
				f() // opens files that stay open
				before := settledState(t, s.procs, goroutines)
				f()
				f()
				if after := settledState(t, s.procs, goroutines); after != before || after.procs != s.procs ||
					after.gcPercent != s.gcPercent || after.memory != s.memory {
					t.Errorf("%s: got %+v after it, want %+v", name, after, before)
				}
			})
		}
	}
}

// The runtime still follows the container's CPU limit by itself.
func TestAutomaticProcs(t *testing.T) {
	o := child(t, "procs")
	if o.exit != 0 || o.stdout != "ok" {
		t.Errorf("got exit status %d, %q %.500s, want ok", o.exit, o.stdout, o.stderr)
	}
}

func init() {
	children["procs"] = func() {
		before := runtime.GOMAXPROCS(0)
		if err := coredumpy.DumpTo(io.Discard); err != nil {
			panic(err)
		}
		if after := runtime.GOMAXPROCS(0); after != before {
			panic(after)
		}
		os.Stdout.WriteString("ok")
	}
	children["return"] = func() {
		defer os.Stdout.WriteString("returned")
		defer coredumpy.OnPanic()
	}
	children["goexit"] = func() {
		done := make(chan struct{})
		go func() {
			defer close(done)
			defer coredumpy.OnPanic()
			runtime.Goexit()
		}()
		<-done
		os.Stdout.WriteString("exited")
	}
	children["recover"] = func() {
		defer coredumpy.OnPanic()
		func() {
			defer func() { recover() }()
			panic("recovered before")
		}()
		os.Stdout.WriteString("recovered")
	}
	children["many"] = func() {
		// All panic at the same time; each has a dump before the program ends.
		coredumpy.Config.AllGoroutines = false
		var wait sync.WaitGroup
		start := make(chan struct{})
		for range 4 {
			wait.Add(1)
			go func() {
				defer wait.Done()
				defer coredumpy.OnPanic()
				<-start
				panic("one of four")
			}()
		}
		close(start)
		wait.Wait()
	}
}

// Without a panic nothing is dumped or printed.
func TestNoPanic(t *testing.T) {
	for name, want := range map[string]string{"return": "returned", "goexit": "exited", "recover": "recovered"} {
		o := child(t, name)
		if o.exit != 0 || o.stdout != want || o.stderr != "" {
			t.Errorf("%s: got exit status %d, %q and stderr %q, want %q", name, o.exit, o.stdout, o.stderr, want)
		}
		wantNothing(t, o.dir)
	}
}

func TestManyPanics(t *testing.T) {
	o := child(t, "many")
	if o.exit != 2 {
		t.Errorf("got exit status %d, want 2", o.exit)
	}
	paths, err := filepath.Glob(filepath.Join(o.dir, "*.dump"))
	if err != nil || len(paths) == 0 || len(paths) != strings.Count(o.stderr, "coredumpy load ") {
		t.Errorf("got %d dumps, %v, want as many as announced, and one at least:\n%.1000s", len(paths), err, o.stderr)
	}
	for _, path := range paths {
		if d := open(t, path); d.Head().Message != "one of four" {
			t.Errorf("got message %q, want the panic's", d.Head().Message)
		}
	}
	if entries, _ := os.ReadDir(o.dir); len(entries) != len(paths) {
		t.Errorf("got %d files, want %d: nothing half-written", len(entries), len(paths))
	}
}

// Where there is no panic, though there might be one, OnPanic leaves nothing to wait for,
// and leaves the number of processors as it is. runtime.Goexit runs deferred functions as
// a panic does, and a function that one of them calls may defer OnPanic for itself.
func TestNoPanicAtAll(t *testing.T) {
	config(t, func(c *coredumpy.Configuration) { c.Timeout = time.Hour })
	defer coredumpy.OnFailure(t) // it waits for panics that were announced
	const procs = 3
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
	helper := func() { defer coredumpy.OnPanic() }
	for range 3 {
		for name, f := range map[string]func(){
			"Goexit": func() {
				defer coredumpy.OnPanic()
				runtime.Goexit()
			},
			"helper": func() {
				defer func() { _ = recover() }()
				defer helper()
				panic("recovered")
			},
			"function": func() {
				defer func() { _ = recover() }()
				defer func() { helper() }()
				panic("recovered")
			},
		} {
			done := make(chan bool)
			go func() {
				defer close(done)
				f()
			}()
			<-done
			if got := runtime.GOMAXPROCS(0); got != procs {
				t.Fatalf("%s: got GOMAXPROCS %d, want %d", name, got, procs)
			}
		}
	}
}
