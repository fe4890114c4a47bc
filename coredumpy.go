// Package coredumpy leaves one small portable file when a program crashes or a test fails: every
// goroutine, every frame with its source, every local variable with its type and value, and the
// objects behind them, without secrets. The file opens anywhere, without the program:
//
//	func main() {
//		defer coredumpy.OnPanic()
//		...
//	}
//
//	$ coredumpy load coredumpy_handle_49_20261122_101500_000000.dump
//
// OnPanic sees a panic only on a goroutine that has deferred it, and no Go code can see a fatal
// error. On Linux, [Monitor] has another process see these, too. Local variables need the debug
// information that go run, go test and -ldflags=-w or -s leave out, in the executable or in a
// file beside it, see "coredumpy help builds"; a dump without it says so.
//
// No code of the program runs during a capture, except functions that it gave to an option or to
// Config. Secrets are recognised by their form, by the names they stand under and by the
// environment, see [Configuration]; look at a dump before publishing it. The command "coredumpy
// help" lists topics that say more.
package coredumpy

import (
	"debug/buildinfo"
	"fmt"
	"io"
	"os"
	"sync"

	"coredumpy/internal/capture"
	"coredumpy/internal/crash"
	"coredumpy/internal/dumping"
	"coredumpy/internal/failure"
	"coredumpy/internal/lowmemory"
	"coredumpy/internal/monitor"
	"coredumpy/internal/ownpanic"
	"coredumpy/internal/settings"
	"coredumpy/internal/target"
	"coredumpy/internal/unsafely"
	"coredumpy/internal/watcher"
)

// Option changes a single dump.
type Option func(*options)

type options = settings.Options

// Path names the file to write; an existing one is replaced. If the name ends in .json the dump
// isn't compressed. Path or PathFunc, Create and Directory exclude each other. The command
// "coredumpy help places" says where the dump goes if it can't be written there.
func Path(path string) Option { return func(o *options) { o.Path = path } }

// PathFunc names the file to write by calling f at the time of the dump. If f panics, returns
// "", or hasn't returned after Config.Timeout or a second, whichever is longer, it is as if the
// file couldn't be written. If Path is given, too, f isn't called.
func PathFunc(f func() string) Option { return func(o *options) { o.PathFunc = f } }

// Create calls f at the time of the dump, and writes the dump, compressed, to what f returns: an
// object in a bucket, a connection, an entry of an archive. name is the default name, see
// Directory; Dump returns it as the path. If a call is late, which is after Config.Timeout or a
// second, panics or fails, the dump goes elsewhere, as if a file couldn't be written. A nil f
// has no effect. "coredumpy help places" says how the writer is called.
func Create(f func(name string) (io.WriteCloser, error)) Option {
	return func(o *options) { o.Create = f }
}

// Directory names the directory for a dump with the default name,
// coredumpy_<func>_<line>_<time>.dump. It is made with mode 0700 if it isn't there. The default
// is the directory that the environment variable COREDUMPY_DIR names, or else the current one.
// See MaxDumps in [Configuration] for how many dumps it holds.
func Directory(dir string) Option { return func(o *options) { o.Directory = dir } }

// Description is a text of your own, for peek to show.
func Description(text string) Option { return func(o *options) { o.Description = text } }

// Depth says how many references are followed from a variable, instead of [Config].Depth.
func Depth(n int) Option { return func(o *options) { o.Depth = n } }

// Skip leaves out that many frames at the top of the current goroutine, inlined calls included,
// so that a helper of yours isn't the top frame. Frames of a panic that repeats a recovered one
// are kept above, but aren't the top frame.
func Skip(frames int) Option { return func(o *options) { o.Skip = frames } }

// Exclude names panics that pass without a dump: errors, compared as by errors.Is, and types (a
// [reflect.Type]), compared with the type of the panic value and those of the errors it wraps.
// Exclude panics if anything else is in the list, when the option is made.
func Exclude(errorsAndTypes ...any) Option {
	if err := settings.CheckExcluded(errorsAndTypes); err != nil {
		panic("coredumpy.Exclude: " + err.Error())
	}
	return func(o *options) { o.Exclude = append(o.Exclude, errorsAndTypes...) }
}

// Var adds a variable to the top frame, under a name of your choice. It is for programs without
// debug information. A deferred OnPanic or OnFailure gets the value at the time of the defer
// statement; give it a pointer, Var("res", &res), for what is in res in the end.
func Var(name string, value any) Option {
	return func(o *options) { o.Given = append(o.Given, capture.Given{Name: name, Value: &value}) }
}

// OnPanic is to be deferred, by itself: defer coredumpy.OnPanic().
//
// On a panic it writes a dump, prints its path on standard error, and panics again with the same
// value, so that the program ends as it would have. On a return, or while [runtime.Goexit] runs,
// it does nothing. The top frame of the dump is the one that panicked, the first time if the
// panic was recovered and repeated. A deferred function may also call OnPanic: then it can't
// recover the panic, but dumps it and lets it be. The command "coredumpy help panics" says which
// panics are dumped, when the program waits, and what is printed.
func OnPanic(opts ...Option) {
	announced := ownpanic.Maybe()
	if announced {
		crash.Announce() // first of all: recover looks at the stack, and takes longer
	}
	r := recover()
	if r == nil && (!crash.NilPanics || !crash.Panicking()) {
		if announced {
			crash.Announced()
			misplaced(opts)
		}
		if crash.Busy() {
			crash.MainWaits(Config.Timeout)
		}
		return
	}
	if !announced {
		crash.Announce()
	}
	// Up to capture.Stop every microsecond costs crashes: measure changes here with
	// .ci/rates. One more call may make the stack grow.
	var mark byte
	was := unsafely.StackAddr(&mark)                   // before anything makes the stack grow
	value := r                                         // r itself must not escape: it would be allocated in every call
	c := crash.Crash{Signal: crash.SignalStack(value)} // before the thread gets another signal
	if crash.Early() {
		c.Hold(!lowmemory.Expected() && capture.Stop(Config.Timeout), Config.Timeout)
	}
	crash.Announced()
	onPanic(&value, opts, &mark, was, &c)
	c.Release()
	panic(r)
}

// onPanic dumps a panic that isn't dumped yet.
//
//go:noinline
func onPanic(value *any, opts []Option, mark *byte, was uint64, c *crash.Crash) {
	if p, passes := c.Passes(value, 3); !passes {
		c.Dump(value, p, apply(opts), mark, was)
	}
}

// In the watcher, which Monitor has started, init doesn't return: nothing more of the program
// runs. In other processes it rehearses the first panic: that must be quick, and code that runs
// for the first time isn't.
func init() {
	if w := monitor.Watching(); w != nil {
		watcher.Watch(w)
		os.Exit(0)
	}
	OnPanic()
	crash.Rehearse()
}

// misplaced dumps a panic that OnPanic can't recover because a deferred function has called it.
//
//go:noinline
func misplaced(opts []Option) {
	caller, deferred := crash.DeferredCaller()
	if !deferred {
		return
	}
	var mark byte
	was := unsafely.StackAddr(&mark)
	value, ok := ownpanic.Value()
	if !ok {
		return
	}
	crash.Announce()
	c := crash.Crash{Signal: crash.SignalStack(value), Misplaced: 1, Caller: caller}
	if crash.Early() {
		c.Hold(!lowmemory.Expected() && capture.Stop(Config.Timeout), Config.Timeout)
	}
	crash.Announced()
	onPanic(&value, opts, &mark, was, &c)
	c.Release()
}

// Dump writes a dump of the running program and returns its path. The top frame is the caller's.
// With [Monitor] the program stands still only while its memory is copied.
//
// The path is as it was given with Path, PathFunc or Directory, and absolute without these. If
// the dump couldn't be written there, but is elsewhere, Dump returns both its path and an error
// that says why. So do DumpPanic and DumpProcess.
func Dump(opts ...Option) (path string, err error) {
	var mark byte
	was := unsafely.StackAddr(&mark)
	return dumping.Dump(apply(opts), &mark, was)
}

// DumpPanic writes a dump of a panic that has just been recovered, and returns its path. It is
// for the hooks in which a framework hands over what recover returned, v: see "coredumpy help
// frameworks". If the deferred function that has recovered has returned, the dump has only what
// is left of the goroutine. With [Monitor] other goroutines go on while the dump is made, except
// while memory is copied.
//
// The dump counts for the limits MaxPanics, MaxPanicsPerSite and MaxPanicsPerMinute in
// [Configuration]. If one is reached there is no dump, and the error says so, as it does if the
// panic is excluded, or is http.ErrAbortHandler.
func DumpPanic(v any, opts ...Option) (path string, err error) {
	var mark byte
	was := unsafely.StackAddr(&mark)
	value := v
	signal := crash.SignalStack(v) // before the thread gets another signal
	return crash.Recovered(&value, signal, apply(opts), &mark, was)
}

// DumpTo writes a dump of the running program to w, compressed. The top frame is the caller's.
// Options that say where a dump goes have no effect.
func DumpTo(w io.Writer, opts ...Option) error {
	var mark byte
	was := unsafely.StackAddr(&mark)
	return dumping.DumpTo(w, apply(opts), &mark, was)
}

// DumpProcess writes a dump of another running Go program and returns its path. It works on
// Linux only, and needs the permissions that a debugger needs. The program is stopped while its
// memory is copied, at most [Config].MaxBytes of it, and goes on as if nothing had happened. It
// need not use this package, but must have debug information. Var and Skip have no effect.
func DumpProcess(pid int, opts ...Option) (path string, err error) {
	// Only programs that call DumpProcess link the readers of other systems' executables.
	anyExecutable.Do(func() { target.ReadBuildInfo = buildinfo.ReadFile })
	return dumping.Process(pid, apply(opts))
}

var anyExecutable sync.Once

// Monitor has another process, the watcher, watch this one until it ends, and dump it when it
// crashes: on a panic that nothing recovers, in any goroutine, and on what no Go code can see,
// such as concurrent map writes, a deadlock, a stack overflow, or SIGQUIT. Call it first in
// main, and log its error: then nothing is watched. It works on Linux, on amd64 and arm64.
// "coredumpy help monitor" says what it needs, and what the program must not do.
//
// Path, Directory, Description and Depth are for the dump of the crash, and Config counts as it
// is when Monitor is called. Functions can't be handed to another process: PathFunc, Create,
// Exclude, Var and Skip are errors, Config.Notify isn't called, and with a Config.EnvironFilter
// of the program's own all values of the environment are hidden.
//
// By itself the watcher sees no panic that is recovered: use OnPanic, too. For OnPanic,
// OnFailure, DumpPanic, Dump and DumpTo the watcher makes the dump, from a copy of this
// process's memory; this process stands still only while that is copied.
func Monitor(opts ...Option) error {
	if err := watcher.Start(apply(opts)); err != nil {
		return fmt.Errorf("coredumpy: Monitor: %w", err)
	}
	return nil
}

// TB is the part of [testing.TB] that OnFailure needs; package testing isn't linked into
// programs that use this package.
type TB interface {
	Name() string
	Failed() bool
}

// OnFailure is to be deferred in a test or benchmark, by itself: defer coredumpy.OnFailure(t). If
// the test has failed by then it writes a dump and prints its path: with the failing frames still
// on the stack after Fatal, FailNow or a panic, with the test function itself on top after Error.
// Functions that have called t.Helper aren't on top, unless the runtime panicked in them, as for
// a nil pointer. A panic goes on. Otherwise OnFailure waits, as OnPanic does at the end of main.
//
// go test leaves debug information out unless it is given -ldflags='-w=0 -s=0'; the dump says so.
func OnFailure(t TB, opts ...Option) {
	r := recover()
	if r == nil && !t.Failed() {
		crash.Settle(Config.Timeout) // of the panic of a goroutine that the test has waited for
		return
	}
	var mark byte
	was := unsafely.StackAddr(&mark)
	value := r // as in OnPanic
	failure.Dump(t, &value, crash.SignalStack(value), apply(opts), &mark, was)
	if r != nil {
		panic(r)
	}
	crash.Settle(Config.Timeout)
}

// TestMain runs the tests with [testing.M.Run] and exits with their status:
//
//	func TestMain(m *testing.M) { coredumpy.TestMain(m) }
//
// If a goroutine panics while its test ends, TestMain waits until the panic has ended the process,
// at most for Config.Timeout: the tests might pass meanwhile. Where [Monitor] works, it dumps
// what else ends the tests: a panic without OnPanic, or a fatal error.
func TestMain(m interface{ Run() int }) {
	_ = Monitor() // the tests don't need it
	status := m.Run()
	crash.Settle(Config.Timeout)
	os.Exit(status)
}
