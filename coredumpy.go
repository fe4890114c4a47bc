// Package coredumpy leaves one small portable file when a program crashes or a
// test fails: every goroutine, every frame with its source, every local
// variable with its type and value, and the objects behind them, without
// secrets. The file opens anywhere, without the program:
//
//	func main() {
//		defer coredumpy.OnPanic()
//		...
//	}
//
//	$ coredumpy load coredumpy_handle_49_20261122_101500_000000.dump
//
// # What can be captured
//
// OnPanic, OnFailure and Dump work inside the crashing process, on a goroutine of their
// own, or in the process that [Monitor] has started. OnPanic sees a panic only on a
// goroutine that has deferred it. No Go code can see a fatal error (concurrent map writes,
// deadlock, out of memory, stack overflow), so OnPanic can't, either. On Linux, Monitor
// has another process see these, too.
//
// Local variables need debug information in the executable. It is there unless
// the program was built with -ldflags=-w or -s, or by go run or go test, which
// leave it out. A dump without it says so, and which flag brings it back. Optimised
// builds don't keep all variables; those that are gone say "optimized out". The command
// "coredumpy help builds" lists the flags, "coredumpy help events" says which way of
// taking a dump sees what, and "coredumpy help limits" what can't be seen.
//
// No code of the program runs during a capture, except functions that it gave to an
// option or to Config: no String, Error or MarshalJSON method. A value that can't be
// read says why. Only the panic value's own Error or String method is called, for the
// message: once, when the dump is written and everything released, and it has a second.
// It may panic or hang. If it calls os.Exit, or itself without end, it ends the program,
// as it does when the runtime calls it.
//
// # A crash that others end first
//
// On its way to OnPanic a panic runs the deferred calls of the functions that it leaves.
// They may wake main: wg.Done, close, cancel. Main would then return and end the program
// with success. So OnPanic holds the rest of the program back from the first moment,
// until the dump is written and the panic goes on as it would have. Main and tests that
// have deferred OnPanic or OnFailure wait for it, and so does TestMain. If a slow disk
// delays the dump this lasts for a few seconds, never longer than Config.Timeout. The
// program isn't held back with GODEBUG=asyncpreemptoff=1, nor for every one of many panics
// that are recovered.
//
// Nothing holds back os.Exit, which package testing ends with: the process is gone, and
// the dump with it. Have OnPanic run before others are woken:
//
//	go func() {
//		defer wg.Done()
//		defer coredumpy.OnPanic() // deferred last, called first
//		...
//	}()
//
// # Secrets
//
// All text passes through rules that recognise secrets by their form, by the
// names they stand under and by the environment, see [Configuration]. A secret
// without any of these signs stays: "swordfish" in a variable x or in a
// sentence; one of less than 8 bytes inside a text that doesn't mark it; one
// taken to pieces, encrypted, or held in a number. Give it a name that says what
// it is, or a pattern, and look at a dump before publishing it. The command
// "coredumpy help secrets" lists what is hidden and what isn't. [Configuration].HideText hides
// all text of the program but what ShowText names; [Redact] applies today's rules to a dump
// made before.
//
// # Many panics
//
// A server that recovers from its handlers' panics may have thousands of them.
// OnPanic dumps 10 at each crash site, 60 at once and then 60 a minute, and 1000 in
// all; Config changes that. The limit for a minute doesn't hold back the first panic at
// a site. Panics beyond the limits are counted: the next dump says how many there were
// and where. They go on at once, but wait for first dumps of sites that are under way.
//
// A program that is started again after each crash leaves 200 dumps or 1 GB in a
// directory: the first of each crash, and the last ones. See MaxDumps in
// [Configuration].
//
// # Where a dump goes
//
// It goes where the options say: to the file of [Path] or [PathFunc], to what the function
// given to [Create] returns, or, with a name of its own, into the [Directory]. Without
// these options, the dump of a failed test goes to the test's artifacts, see [OnFailure].
// Any other goes into the directory that the environment variable COREDUMPY_DIR names,
// which is made with mode 0700 if it isn't there; or, if that isn't set, into the current
// directory.
//
// A dump that can't be written there, because the disk is full or read-only or the
// directory is missing, goes, with a name of its own, into the directory that COREDUMPY_DIR
// names, and if that fails, too, into coredumpy-<uid> below [os.TempDir], which is made with
// mode 0700 and used only if nobody else can open it. One line on standard error says where
// the dump is and why, or why each place has failed. No part of a dump stays at a place that
// has failed, except what a writer from Create was given.
//
// Paths on standard error are absolute. Dump, DumpPanic and DumpProcess return a path as it
// was given: a relative Path stays relative.
package coredumpy

import (
	"debug/buildinfo"
	"fmt"
	"io"
	"os"
	"reflect"
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

// Path names the file to write. An existing file is replaced. If the name ends
// in .json the dump isn't compressed. Path or PathFunc, Create and Directory exclude
// each other.
//
// Only a regular file is replaced: not a directory, a device or a pipe, nor a descriptor,
// which /dev/stderr leads to. A symbolic link stays a link, and the file that it names is
// replaced, or made; but not if another user, other than root, has made the link. A path
// that isn't written to is a place that fails, see "Where a dump goes" above.
//
// Until it is whole the file has the name .coredumpy-*.tmp in the same directory.
// A program that is killed meanwhile leaves that behind, readable as far as it
// goes. See MaxDumps in [Configuration] for when it is removed.
func Path(path string) Option { return func(o *options) { o.Path = path } }

// PathFunc names the file to write by calling f at the time of the dump. If f panics,
// returns "", or hasn't returned after Config.Timeout or a second, whichever is longer,
// it is as if the file couldn't be written. If Path is given, too, f isn't called.
// PathFunc excludes Create and Directory as Path does.
func PathFunc(f func() string) Option { return func(o *options) { o.PathFunc = f } }

// Create calls f at the time of the dump, and writes the dump to what f returns: an object
// in a bucket, a connection, an entry of an archive. name is the default name, see
// Directory; Dump returns it as the path. The dump is compressed. After an error the writer
// is closed, too: by CloseWithError, as [io.PipeWriter] has it, if there is one, else by Close.
//
// All calls together may take as long as Config.Timeout, or a second if that is longer.
// They are made one after the other, each on another goroutine, while the goroutine that
// panics waits; it may hold a lock that they need. If one of them is late, panics, calls
// runtime.Goexit, fails or writes less than it was given, or if f returns nil and no
// error, the dump goes elsewhere, as if a file couldn't be written. A writer that is late
// isn't closed. Until all is written the rest of the program may have one processor only,
// as during any dump of a panic: a program that recovers from its panics, and writes to
// something that may be slow, should set a shorter Config.Timeout.
//
// Such a dump has the panic value, but not what the value's own method returns, which is
// called only when the dump is written. Config.Notify gets that as the message.
//
// Path, PathFunc and Directory exclude Create; a nil f has no effect.
func Create(f func(name string) (io.WriteCloser, error)) Option {
	return func(o *options) { o.Create = f }
}

// Directory names the directory for a dump with the default name,
// coredumpy_<func>_<line>_<time>.dump. It is made with mode 0700 if it isn't there.
// The default is the directory that the environment variable COREDUMPY_DIR names, or
// else the current one. See MaxDumps in [Configuration] for how many dumps it holds.
func Directory(dir string) Option { return func(o *options) { o.Directory = dir } }

// Description is a text of your own, for peek to show.
func Description(text string) Option { return func(o *options) { o.Description = text } }

// Depth says how many references are followed from a variable, instead of
// [Config].Depth.
func Depth(n int) Option { return func(o *options) { o.Depth = n } }

// Skip leaves out that many frames at the top of the current goroutine, so that
// a helper of yours isn't the top frame. Inlined calls count as frames. If the panic was
// recovered and repeated, and the frames of the second one are above them, they are kept,
// but aren't the top frame.
func Skip(frames int) Option { return func(o *options) { o.Skip = frames } }

// Exclude names panics that pass without a dump: errors, compared as by
// errors.Is, and types (a [reflect.Type]), compared with the type of the panic
// value and those of the errors it wraps. Exclude panics if anything else is in
// the list, when the option is made.
func Exclude(errorsAndTypes ...any) Option {
	for _, e := range errorsAndTypes {
		_, isErr := e.(error)
		_, isType := e.(reflect.Type)
		if !isErr && !isType {
			panic(fmt.Sprintf("coredumpy.Exclude: %T is neither an error nor a reflect.Type", e))
		}
	}
	return func(o *options) { o.Exclude = append(o.Exclude, errorsAndTypes...) }
}

// Var adds a variable to the top frame, under a name of your choice. It is for
// programs without debug information. A deferred OnPanic or OnFailure gets the value
// at the time of the defer statement; give it a pointer, Var("res", &res), for what
// is in res in the end.
func Var(name string, value any) Option {
	return func(o *options) { o.Given = append(o.Given, capture.Given{Name: name, Value: &value}) }
}

// OnPanic is to be deferred, by itself:
//
//	defer coredumpy.OnPanic()
//
// On a panic it writes a dump, prints its path on standard error, and panics
// again with the same value, so that the program ends as it would have. On a
// return, or while [runtime.Goexit] runs, it does nothing.
//
// The top frame is the one that panicked. If the panic repeats one that was recovered
// (it has the same value, or one that wraps it or has its text), the top frame is the one
// that panicked first, as long as that is on the stack. If variables of the program's own
// code are missing there, one more line says which flags of the go command bring them.
//
// A panic that passes several OnPanic is dumped once, by the innermost. Of many
// panics not all are dumped, see MaxPanics in [Configuration].
//
// If the dump can't be written, or not where it was to go, one line on standard error
// says why. If more than one of Path or PathFunc, Create and Directory are given, one line
// says which of them is used: the first in this order. Config.Notify, if it is set, is
// called in place of the lines about the dump.
//
// A deferred function may call OnPanic, too. OnPanic can't recover the panic then, but
// dumps it and lets it be, on amd64 and arm64. This works only in the function that was
// deferred, not in those that it calls.
//
// At the end of main, OnPanic waits until a panic on another goroutine whose dump is under
// way has been dumped and has ended the program, at most for Config.Timeout.
//
// A panic with http.ErrAbortHandler isn't dumped, see DumpAbortHandler in
// [Configuration].
//
// Where a limit of the process, such as that of ulimit -v, leaves little memory, a line
// with the panic value is printed first: a program that gets no memory is ended by the
// runtime at once, without the panic being printed.
//
// With [Monitor] another process makes the dump, here and in OnFailure, Dump, DumpTo and
// DumpPanic: this one stands still only while its memory is copied.
//
// Under the command coredumpy run, the command makes the dump in place of OnPanic and
// OnFailure: where its flags say, and as deep as they say.
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

// In the watcher, which Monitor has started, init doesn't return: nothing more of the
// program runs. In other processes it rehearses the first panic: that must be quick, and
// code that runs for the first time isn't.
func init() {
	if w := monitor.Watching(); w != nil {
		watcher.Watch(w)
		os.Exit(0)
	}
	OnPanic()
	crash.Rehearse()
}

// misplaced dumps a panic that OnPanic can't recover because a deferred function has
// called it.
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

// Dump writes a dump of the running program and returns its path. The top frame
// is the caller's. With [Monitor] the program stands still only while its memory is
// copied.
//
// The path is as it was given with Path, PathFunc or Directory, and absolute without
// these. If the dump couldn't be written where these options, or Create, say, but is
// elsewhere, Dump returns both its path and an error that says why. So do DumpPanic and
// DumpProcess.
func Dump(opts ...Option) (path string, err error) {
	var mark byte
	was := unsafely.StackAddr(&mark)
	return dumping.Dump(apply(opts), &mark, was)
}

// DumpPanic writes a dump of a panic that has just been recovered, and returns its path.
// It is for the hooks in which a framework hands over what recover returned, v:
//
//	r.Use(gin.CustomRecovery(func(c *gin.Context, v any) {
//		path, err := coredumpy.DumpPanic(v)
//		...
//	}))
//
// The command "coredumpy help frameworks" shows the hooks of other frameworks.
//
// If DumpPanic is called while the deferred function that has recovered is still running,
// by that function or by what it calls, the dump is that of the panic: with its message,
// and with the function that panicked as the top frame. If it is called later, the dump
// has what is left of the goroutine.
//
// The dump counts for the limits MaxPanics, MaxPanicsPerSite and MaxPanicsPerMinute in
// [Configuration]. If one is reached there is no dump, and the error says so, as it does
// if the panic is excluded, or is http.ErrAbortHandler.
//
// With [Monitor] other goroutines go on while the dump is made, except while memory is
// copied.
func DumpPanic(v any, opts ...Option) (path string, err error) {
	var mark byte
	was := unsafely.StackAddr(&mark)
	value := v
	signal := crash.SignalStack(v) // before the thread gets another signal
	return crash.Recovered(&value, signal, apply(opts), &mark, was)
}

// DumpTo writes a dump of the running program to w, compressed. The top frame
// is the caller's. Options that say where a dump goes have no effect.
func DumpTo(w io.Writer, opts ...Option) error {
	var mark byte
	was := unsafely.StackAddr(&mark)
	return dumping.DumpTo(w, apply(opts), &mark, was)
}

// DumpProcess writes a dump of another running Go program and returns its path.
// It works on Linux only, and needs the permissions that a debugger needs. The
// program is stopped while its memory is copied, at most [Config].MaxBytes of it,
// and goes on as if nothing had happened. It need not use this package, but must
// have debug information. Var and Skip have no effect.
func DumpProcess(pid int, opts ...Option) (path string, err error) {
	// Here, so that only programs that call DumpProcess link the readers of other systems' executables.
	anyExecutable.Do(func() { target.ReadBuildInfo = buildinfo.ReadFile })
	return dumping.Process(pid, apply(opts))
}

var anyExecutable sync.Once

// Monitor has another process, the watcher, watch this one until it ends, and dump it when
// it crashes: on a panic that nothing recovers, in any goroutine, and on what no Go code
// can see, such as concurrent map writes, a deadlock, a stack overflow, or SIGQUIT. Call
// it first in main:
//
//	func main() {
//		if err := coredumpy.Monitor(); err != nil {
//			log.Print(err)
//		}
//		...
//	}
//
// Path, Directory, Description and Depth are for the dump of the crash, and Config counts
// as it is when Monitor is called. Functions can't be handed to another process: PathFunc,
// Create, Exclude, Var and Skip are errors, Config.Notify isn't called, and with a
// Config.EnvironFilter of the program's own all values of the environment are hidden.
//
// By itself the watcher sees no panic that is recovered: use OnPanic. For OnPanic,
// OnFailure, DumpPanic, Dump and DumpTo the watcher makes the dump, from a copy of this
// process's memory. This process stands still only while that is copied, and doesn't have
// to go on with one processor until the dump is made. The dump holds the same and goes to
// the same place as without Monitor, and all options and limits hold. A panic that
// OnPanic, OnFailure or DumpPanic has dumped isn't dumped again. Under the command
// coredumpy run, which sees all crashes itself, Monitor does nothing.
//
// The watcher runs the same executable, up to an init function of this package; init
// functions of packages that are initialised earlier run in it, too. It ends with the
// program. A crash takes longer, by as much as the dump takes: at most Config.Timeout and
// 10 seconds. The dump of a crash is made from the crash report, and has no variables, if
// there is no debug information, the watcher may not look into this process, or a debugger
// traces it.
//
// The program must not close descriptors that it hasn't opened, nor set another crash
// output ([runtime/debug.SetCrashOutput]) later. If it is process 1, as in a container, or
// a subreaper, it has a child that ends only with it.
//
// Monitor works on Linux, on amd64 and arm64, needs the /proc of its PID namespace, and
// returns an error in programs that have more rights than their user or have set a crash
// output. After an error nothing is watched. The command "coredumpy help monitor" says what
// the watcher does, when this process makes a dump itself, and what happens in programs
// that give up rights.
func Monitor(opts ...Option) error {
	if err := watcher.Start(apply(opts)); err != nil {
		return fmt.Errorf("coredumpy: Monitor: %w", err)
	}
	return nil
}

// TB is the part of [testing.TB] that OnFailure needs; package testing isn't
// linked into programs that use this package.
type TB interface {
	Name() string
	Failed() bool
}

// OnFailure is to be deferred in a test or benchmark, by itself:
//
//	defer coredumpy.OnFailure(t)
//
// If the test has failed by then it writes a dump and prints its path: with the
// failing frames still on the stack after Fatal, FailNow or a panic, with the
// test function itself on top after Error. Functions that have called t.Helper aren't on
// top, unless the runtime panicked in them, as for a nil pointer. Without an option
// that says where, and with the test flag -artifacts (Go 1.26), the dump goes to
// t.ArtifactDir(). A panic goes on. Otherwise OnFailure waits, as OnPanic does at the end
// of main: the test may have waited for a goroutine that panics.
//
// go test leaves debug information out unless it is given
// -ldflags='-w=0 -s=0'; the dump says so, and so does a line after its path.
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
// If a goroutine panics while its test ends, TestMain waits until the dump is written and
// the panic has ended the process, at most for Config.Timeout. Without this the tests
// might pass meanwhile. Where [Monitor] works, it dumps what else ends the tests: a
// panic without OnPanic, or a fatal error. Tests that fail are dumped by OnFailure, which
// each of them defers, or by coredumpy test, which sees them all.
func TestMain(m interface{ Run() int }) {
	_ = Monitor() // the tests don't need it
	status := m.Run()
	crash.Settle(Config.Timeout)
	os.Exit(status)
}
