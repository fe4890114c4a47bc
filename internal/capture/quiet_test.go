package capture

import (
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"coredumpy/internal/corefile"
	"coredumpy/internal/secrets"
	"coredumpy/internal/target"
	"coredumpy/internal/walk"
)

// settings are what a capture changes and must give back.
type settings struct {
	gcPercent   int
	memoryLimit int64
	procs       int
}

func current() settings {
	s := settings{gcPercent: debug.SetGCPercent(-1), memoryLimit: debug.SetMemoryLimit(-1), procs: runtime.GOMAXPROCS(0)}
	debug.SetGCPercent(s.gcPercent)
	return s
}

func (s settings) set() {
	debug.SetGCPercent(s.gcPercent)
	debug.SetMemoryLimit(s.memoryLimit)
	runtime.GOMAXPROCS(s.procs)
}

func TestQuiet(t *testing.T) {
	defer current().set()
	for _, want := range []settings{
		{100, math.MaxInt64, 4},
		{-1, 1 << 40, 1},
		{37, 1 << 41, 3},
	} {
		want.set()
		q := hush()
		if got := current(); got.gcPercent != -1 || got.memoryLimit != math.MaxInt64 || got.procs != want.procs {
			t.Errorf("got %+v, want the collector off", got)
		}
		q.alone()
		if got := runtime.GOMAXPROCS(0); got != 1 {
			t.Errorf("got GOMAXPROCS %d, want 1", got)
		}
		q.busy()
		if got := runtime.GOMAXPROCS(0); got != want.procs {
			t.Errorf("got GOMAXPROCS %d, want %d", got, want.procs)
		}
		q.restore()
		if got := current(); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
		// Once is enough: a second restore would undo what the program did since.
		runtime.GOMAXPROCS(2)
		debug.SetGCPercent(55)
		q.restore()
		if got := current(); got.procs != 2 || got.gcPercent != 55 {
			t.Errorf("got %+v, want 2 and 55", got)
		}
	}
}

// What the program sets meanwhile isn't restored.
func TestQuietKeepsChanges(t *testing.T) {
	defer current().set()
	settings{61, 1 << 42, 3}.set()
	for _, allowed := range []bool{false, true} {
		q := hush()
		q.alone()
		if allowed {
			q.allow()
		}
		want := settings{45, 1 << 43, 2}
		want.set()
		q.restore()
		if got := current(); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
}

// The garbage of a program that goes on producing it is collected before there is too
// much.
func TestQuietAllow(t *testing.T) {
	defer current().set()
	for _, tt := range []struct {
		percent int
		limit   int64
		own     bool // the limit is the program's
	}{
		{100, math.MaxInt64, false},
		{100, 1 << 45, false},
		{-1, math.MaxInt64, true},
		{100, 32 << 20, true},
	} {
		settings{tt.percent, tt.limit, 2}.set()
		q := hush()
		q.allow()
		got := debug.SetMemoryLimit(-1)
		if own := got == tt.limit; own != tt.own || !own && got > 2*inUse()+growth {
			t.Errorf("GC percent %d, limit %d: got limit %d", tt.percent, tt.limit, got)
		}
		if tt.limit == 32<<20 {
			wantCollections(t)
		}
		q.restore()
	}
}

// wantCollections produces garbage until it is collected.
func wantCollections(t *testing.T) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 256 {
		garbage = make([]byte, 1<<20)
		if runtime.ReadMemStats(&after); after.NumGC > before.NumGC {
			return
		}
	}
	t.Error("got no garbage collected, want some")
}

var garbage []byte

// A restore without allow and busy before it, as when the capture panics.
func TestQuietRestoresAll(t *testing.T) {
	defer current().set()
	want := settings{61, 1 << 42, 3}
	want.set()
	q := hush()
	q.alone()
	q.restore()
	if got := current(); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestGodebug(t *testing.T) {
	for godebug, want := range map[string]bool{
		"": true, "gctrace=0": true, "asyncpreemptoff=0": true, "asyncpreemptoff=1": false, "gctrace=0,asyncpreemptoff=1": false,
	} {
		t.Setenv("GODEBUG", godebug)
		if got := !Godebug("asyncpreemptoff=1"); got != want {
			t.Errorf("GODEBUG=%s: got %v, want %v", godebug, got, want)
		}
	}
}

// plain redacts nothing.
type plain struct{}

func (plain) Text(s string) string             { return s }
func (plain) Bytes(b []byte) ([]byte, bool)    { return b, false }
func (plain) Unmarked(b []byte) ([]byte, bool) { return b, false }
func (plain) Trace(trace string) string        { return trace }
func (plain) Stale(b []byte) ([]byte, bool)    { return b, false }
func (plain) Path(path string) string          { return path }
func (plain) Source(path, text string) string  { return text }
func (plain) Arguments(args []string) []string {
	return args
}
func (plain) Mask(string, secrets.Rule) string { return "" }
func (plain) Number([]byte, secrets.Rule) int  { return 0 }
func (plain) Hidden() []secrets.Hidden         { return nil }
func (plain) Learn(string)                     {}
func (plain) LearnUncommon(string)             {}
func (plain) LearnMarked([]byte) bool          { return false }
func (plain) LearnPublic(string)               {}
func (plain) Problem() string                  { return "" }
func (plain) Full() bool                       { return false }
func (plain) KeepNumbers(int)                  {}

// own captures this process, with the calling goroutine as the current one.
func own() *Dump {
	buf := make([]byte, 64<<10)
	trace := string(buf[:runtime.Stack(buf, false)])
	id, _ := GoroutineID(trace)
	req := &Request{
		Head: corefile.Head{Version: corefile.Version}, Goroutine: id, Trace: trace,
		Entry: "coredumpy/internal/capture.own", Redact: plain{}, SecretName: func(string) bool { return false },
		Limits: Limits{
			Limits:  walk.Limits{Depth: 10, Elements: 1000, String: 1000, Objects: 10_000, Bytes: 1 << 24},
			Timeout: 10 * time.Second, AllGoroutines: true, Goroutines: 1000, Frames: 100, Globals: 100,
		},
	}
	dump := make(chan *Dump)
	go func() { dump <- Own(req) }()
	return <-dump
}

const inChild = "CAPTURE_CHILD"

// child runs one test in its own process, which must end soon.
func child(t *testing.T, path, test string, env ...string) string {
	t.Helper()
	cmd := exec.Command(path, "-test.run=^"+test+"$", "-test.v")
	cmd.Env = append(append(os.Environ(), inChild+"=1"), env...)
	timer := time.AfterFunc(5*time.Minute, func() { cmd.Process.Kill() })
	defer timer.Stop()
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: "+test) {
		t.Errorf("%v\n%s", err, out)
	}
	return string(out)
}

func needsChild(t *testing.T) {
	if os.Getenv(inChild) == "" {
		t.Skip("run by another test, in a process of its own")
	}
}

// A goroutine in a tight loop can't be stopped without asynchronous preemption: stopping
// the world would wait for it forever.
func TestLoop(t *testing.T) {
	if runtime.NumCPU() == 1 {
		t.Skip("needs two processors")
	}
	child(t, os.Args[0], "TestLoopChild", "GODEBUG=asyncpreemptoff=1", "GOMAXPROCS=4")
}

func TestLoopChild(t *testing.T) {
	needsChild(t)
	before := make([]byte, 1) // nothing that collects garbage may come after this
	go func() {
		for {
		}
	}()
	time.Sleep(20 * time.Millisecond)
	d := own()
	if len(d.goroutines) == 0 || len(d.goroutines[0].Frames) == 0 || d.goroutines[0].Frames[0].Func != "coredumpy/internal/capture.TestLoopChild" {
		t.Errorf("got goroutines\n%s\nwant this one", write(d.goroutines))
	}
	if notes := strings.Join(d.head.Notes, "\n"); d.walker != nil && strings.Contains(notes, "no local variables") && !strings.Contains(notes, "asyncpreemptoff=1") {
		t.Errorf("got notes %q, want one that tells why there are no other goroutines", notes)
	}
	for range 5 { // until the garbage is worth a collection
		if err := d.Write(io.Discard, true); err != nil {
			t.Error(err)
		}
	}
	runtime.KeepAlive(before)
	// The normal end of the test would stop the world.
	os.Stdout.WriteString("--- PASS: TestLoopChild\n")
	if t.Failed() {
		os.Exit(1)
	}
	os.Exit(0)
}

// Tests that need debug information run in a test binary that has it.
func TestWithDebugInformation(t *testing.T) {
	path := filepath.Join(t.TempDir(), "capture.exe")
	if out, err := exec.Command("go", "test", "-c", "-o", path).CombinedOutput(); err != nil {
		t.Fatalf("go test -c: %v\n%s", err, out)
	}
	child(t, path, "TestAutomaticChild", "GOMAXPROCS=")
	child(t, path, "TestFinalizerChild")
	child(t, path, "TestRanChild")
	child(t, path, "TestLoopChild", "GODEBUG=asyncpreemptoff=1", "GOMAXPROCS=4")
}

// automatic reports whether the runtime follows the CPU limit itself.
func automatic(t *testing.T) bool {
	t.Helper()
	debug.SetPanicOnFault(true)
	p := target.Self()
	defer p.Close()
	if p.Info == nil {
		t.Fatal(p.InfoErr)
	}
	yes, known := target.AutomaticProcs()
	return yes && known
}

// Since Go 1.25 the runtime follows the CPU limit of its container, until the program
// sets GOMAXPROCS.
func TestAutomaticChild(t *testing.T) {
	needsChild(t)
	want := !strings.HasPrefix(runtime.Version(), "go1.24")
	setDefaultProcs() // package testing has set it
	if got := automatic(t); got != want {
		t.Errorf("got automatic %v at first, want %v", got, want)
	}
	n := runtime.GOMAXPROCS(0)
	own()
	if got := automatic(t); got != want || runtime.GOMAXPROCS(0) != n {
		t.Errorf("got automatic %v and %d after a capture, want %v and %d", got, runtime.GOMAXPROCS(0), want, n)
	}
	runtime.GOMAXPROCS(3)
	own()
	if got := automatic(t); got || runtime.GOMAXPROCS(0) != 3 {
		t.Errorf("got automatic %v and %d after the program set it to 3, want false and 3", got, runtime.GOMAXPROCS(0))
	}
}

//go:noinline
func hangs(entered chan *int, p *int) { entered <- p; select {} }

// A finalizer that hangs is the program's, although its goroutine is the runtime's.
func TestFinalizerChild(t *testing.T) {
	needsChild(t)
	entered := make(chan *int)
	p := new(int)
	runtime.SetFinalizer(p, func(p *int) { hangs(entered, p) })
	p = nil
	for done := false; !done; {
		runtime.GC()
		select {
		case <-entered:
			done = true
		case <-time.After(10 * time.Millisecond):
		}
	}
	time.Sleep(20 * time.Millisecond)
	d := own()
	system := 0
	for _, g := range d.goroutines {
		if slices.ContainsFunc(g.Frames, func(f corefile.Frame) bool { return strings.HasSuffix(f.Func, "capture.hangs") }) && g.System {
			t.Errorf("got the finalizer's goroutine as one of the system: %s", write([]*corefile.Goroutine{g}))
		}
		if g.System {
			system++
		}
		if slices.ContainsFunc(g.Frames, func(f corefile.Frame) bool { return f.Func == "coredumpy/internal/capture.Own" }) {
			t.Errorf("got the capture's own goroutine: %s", write([]*corefile.Goroutine{g}))
		}
	}
	if system == 0 {
		t.Error("got no goroutine of the system, want some")
	}
}

// If a goroutine has run, what goroutines share may have changed, and the dump as a whole
// says so.
func TestRanChild(t *testing.T) {
	needsChild(t)
	var stop atomic.Bool
	go func() {
		for !stop.Load() {
		}
	}()
	defer stop.Store(true)
	for range 100 {
		d := own()
		marked := 0
		for _, g := range d.goroutines {
			if !g.System && strings.Contains(g.Note.String(), "it ran") {
				marked++
			}
		}
		noted := strings.Contains(strings.Join(d.head.Notes, "\n"), fmt.Sprintf("ran while the dump was made, and are marked: %d;", marked))
		if noted != (marked > 0) {
			t.Errorf("got %d goroutines marked and notes %q", marked, d.head.Notes)
		}
		if marked > 0 {
			return
		}
	}
	t.Error("got no goroutine marked")
}
