package main

import (
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"coredumpy"
	"coredumpy/internal/capture"
	"coredumpy/internal/ci"
	"coredumpy/internal/corefile"
	"coredumpy/internal/destination"
	"coredumpy/internal/goshim"
	"coredumpy/internal/hook"
	"coredumpy/internal/printable"
	"coredumpy/internal/settings"
	"coredumpy/internal/target"
)

// A watcher gets the reports of programs that crash, and dumps them while they
// wait.
type watcher struct {
	stderr io.Writer
	name   string // of our command
	flags  *runFlags
	opts   []coredumpy.Option
	dir    string // of the socket
	l      *net.UnixListener
	child  atomic.Int64 // process id of the command, if nothing waits for it with wait4
	slots  chan struct{}
	busy   sync.WaitGroup

	interrupts atomic.Int64 // number of SIGINT

	mu      sync.Mutex          // also guards output
	locks   map[int]*sync.Mutex // by process id: one can't be stopped twice at a time
	waiting map[panicked]*untold
	dumps   int
	skipped int // dumps that -max forbade
	failed  map[failedTest]bool
	told    map[string]bool // lines of go commands in front
	kept    []string        // files that go commands may have left behind

	noted atomic.Bool // noteInlining has printed its line

	notices *goshim.Notices
	heard   atomic.Bool // a program has connected, or a go command in front was reached
	unheard error       // the error to print if not
}

// maxSocketPath is the length of a path that fits into sockaddr_un, unix(7), without a
// zero byte and the name of the socket.
const maxSocketPath = 100

// suits reports whether coredumpy run can use a directory: its sockets have an address,
// and it can be an entry of PATH, a value in JSON and an argument in -exec.
func suits(dir string) bool {
	return len(dir) <= maxSocketPath && utf8.ValidString(dir) && !strings.ContainsRune(dir, filepath.ListSeparator) &&
		!(strings.Contains(dir, "'") && strings.Contains(dir, `"`))
}

// makeDir makes the directory of a coredumpy run. Its name is absolute, because programs
// use it from other directories.
func makeDir() (dir string, err error) {
	for _, parent := range []string{os.TempDir(), "/tmp"} {
		if parent, err = filepath.Abs(parent); err != nil {
			return "", err
		}
		if dir, err = os.MkdirTemp(parent, "coredumpy-"); err != nil || suits(dir) {
			break
		}
		os.Remove(dir)
	}
	return dir, err
}

func newWatcher(stderr io.Writer, name string, f *runFlags, opts []coredumpy.Option) (*watcher, error) {
	dir, err := makeDir()
	if err != nil {
		return nil, fmt.Errorf("no directory for a socket: %w; set TMPDIR to a writable one", err)
	}
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(dir, "s"), Net: "unix"})
	if err != nil {
		os.RemoveAll(dir)
		return nil, err
	}
	w := &watcher{
		stderr: stderr, name: name, flags: f, opts: opts, dir: dir, l: l,
		slots: make(chan struct{}, runtime.GOMAXPROCS(0)),
		locks: map[int]*sync.Mutex{}, failed: map[failedTest]bool{}, told: map[string]bool{},
	}
	if w.notices, err = goshim.Listen(dir, w.notice); err != nil {
		l.Close()
		os.RemoveAll(dir)
		return nil, err
	}
	w.busy.Add(1)
	go w.accept()
	return w, nil
}

func (w *watcher) address() string { return w.l.Addr().String() }

func (w *watcher) accept() {
	defer w.busy.Done()
	for {
		c, err := w.l.AcceptUnix()
		if err != nil {
			return // closed
		}
		w.heard.Store(true)
		w.busy.Add(1)
		go func() {
			defer w.busy.Done()
			defer c.Close() // lets the process go on
			w.slots <- struct{}{}
			defer func() { <-w.slots }()
			w.handle(c)
		}()
	}
}

// close waits for dumps under way, and prints what was left out.
func (w *watcher) close() {
	w.l.Close()
	w.busy.Wait()
	w.notices.Close()
	w.tellAll()
	goshim.Remove(w.dir)
	w.tellKept()
	if w.unheard != nil && !w.heard.Load() {
		w.printf("coredumpy %s: %s\n", w.name, printable.Line(w.unheard.Error()))
	}
	if w.skipped > 0 {
		skipped := plural(w.skipped, "more failure was", "more failures were")
		w.printf("coredumpy %s: %s not dumped: -max %d\n", w.name, skipped, w.flags.max)
	}
}

// notice handles a notice of a go command in front.
func (w *watcher) notice(k goshim.Kind, text string) {
	w.heard.Store(true)
	switch k {
	case goshim.Kept:
		w.keeps(text)
	case goshim.Line:
		line := printable.Line(strings.TrimSuffix(text, "\n"))
		w.mu.Lock()
		told := w.told[line]
		w.told[line] = true
		w.mu.Unlock()
		if !told {
			w.printf("%s\n", line)
		}
	}
}

func plural(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}

// handle dumps the process that has connected.
func (w *watcher) handle(c *net.UnixConn) {
	e, err := hook.ReadEvent(c)
	if err != nil {
		if w.flags.verbose {
			w.printf("coredumpy %s: %s\n", w.name, printable.Line(err.Error()))
		}
		return
	}
	lock := w.lock(e.PID)
	lock.Lock()
	defer lock.Unlock()
	if e.Kind == hook.Said {
		w.said(panicked{e.PID, e.Goroutine, e.Value}, func() (*capture.Said, error) {
			return capture.SaidIn(e.PID, e.Text.Addr, e.Text.Len)
		})
		return
	}
	var failed failure
	event := w.event(e, &failed)
	made, settled := w.dump(e.PID, e.Kind.String(), event)
	var answer [1]byte
	if settled {
		answer[0] |= hook.Done
	}
	if made.path != "" && event.Teller != nil {
		w.wait(panicked{e.PID, e.Goroutine, event.Value}, made, event.Teller)
		answer[0] |= hook.SayOn
	} else {
		w.tell(made)
	}
	w.noteInlining(e.PID, failed.test, failed.text)
	if answer[0] != 0 {
		_, _ = c.Write(answer[:]) // an error means that it has ended meanwhile
	}
}

// failure is a test that has failed, and its text.
type failure struct{ test, text string }

// event returns what is known about an event in a process. If it is the failure of a test,
// failed is set once it has been read.
func (w *watcher) event(e *hook.Event, failed *failure) *capture.Event {
	event := &capture.Event{
		Reason: e.Kind.String(), Goroutine: e.Goroutine, Value: e.Value,
		Panic:     e.Kind == hook.Panic || e.Kind == hook.TestPanic || e.Kind == hook.Recovered,
		Recovered: e.Kind == hook.Recovered,
		Test:      [2]uint64{e.Name.Addr, e.Name.Len}, Text: [2]uint64{e.Text.Addr, e.Text.Len}, Signal: e.SignalStack,
		Child: int64(e.PID) == w.child.Load(), Wanted: w.wanted,
	}
	if e.Kind != hook.Signal && e.G == e.CurG {
		event.At = target.At{G: e.G, Saved: true} // the hook reports from the system stack
	}
	switch e.Kind {
	case hook.Throw:
		event.Reason = corefile.ForFatalError
	case hook.TestPanic:
		event.Reason = corefile.ForPanic
	case hook.Signal:
		event.Message = signalName(e.Signal)
		event.At = target.At{G: e.CurG, PC: e.PC, SP: e.SP}
	case hook.Exit:
		event.Message = fmt.Sprintf("exit status %d", e.ExitCode)
	case hook.TestFailure:
		event.Wanted = func(message, test string) bool {
			w.fails(e.PID, test)
			*failed = failure{test, message}
			return w.wanted(message, test)
		}
	case hook.Asked:
		event.Asked = &capture.Asked{Texts: event.Test, Values: event.Text, Numbers: uint64(e.ExitCode)}
		event.Test, event.Text = [2]uint64{}, [2]uint64{}
		event.Wanted = w.wantedAsked(e.PID, event)
	}
	return event
}

// made is a dump that was made, and the lines to print about it.
type made struct{ path, lines string }

// dump dumps a process after an event, whose name is what. The dump has no path if there is
// none. settled says that there is a dump, or none is wanted.
func (w *watcher) dump(pid int, what string, event *capture.Event) (m made, settled bool) {
	defer w.slow(event).Stop()
	path, err := coredumpy.DumpProcess(pid, append(w.opts[:len(w.opts):len(w.opts)], settings.Happened(event))...)
	if path != "" && err != nil { // it isn't where the flags say
		w.printf("coredumpy %s: %s: %s\n", w.name, what, printable.Line(strings.TrimPrefix(err.Error(), "coredumpy: ")))
		err = nil
	}
	switch {
	case errors.Is(err, capture.ErrUnwanted):
	case err != nil:
		w.printf("coredumpy %s: %s: %s\n", w.name, what, printable.Line(strings.TrimPrefix(err.Error(), "coredumpy: ")))
		return made{}, false
	default:
		path = destination.Absolute(path)
		return made{path, fmt.Sprintf("Your frame stack is dumped, open it with\ncoredumpy load %s\n%s",
			printable.Argument(path), forVariables(event))}, true
	}
	return made{}, true
}

// tell prints the lines about a dump, if there is one; for test also those that a CI system
// reads in a job's log. They go to standard error, too: standard output may be JSON.
func (w *watcher) tell(m made) {
	if m.path == "" {
		return
	}
	var annotation string
	if w.name == "test" {
		annotation = ci.Annotation(m.path, os.Getenv)
	}
	w.printf("%s%s", m.lines, annotation)
}

// forVariables returns a line that says how to get the variables that a dump lacks, ""
// if it has all. Programs that run itself builds have them, except with -O.
func forVariables(event *capture.Event) string {
	switch {
	case event.Hint == "":
		return ""
	case event.Hit == nil:
		return "for its variables, leave out -O\n"
	}
	return "for its variables, " + printable.Line(event.Hint) + "\n"
}

// patience is how long a dump may take before a line says so.
const patience = time.Second

// slow prints on a terminal that a dump takes long, unless the timer is stopped before.
// From then on an interrupt ends the dump; an earlier one may be what the dump is
// about.
func (w *watcher) slow(event *capture.Event) *time.Timer {
	var before atomic.Int64
	before.Store(math.MaxInt64)
	event.GiveUp = func() bool { return w.interrupts.Load() > before.Load() }
	return time.AfterFunc(patience, func() {
		before.Store(w.interrupts.Load())
		if isTerminal(w.stderr) {
			w.printf("coredumpy %s: the dump takes a while; Ctrl-C ends it with what it has by then\n", w.name)
		}
	})
}

func (w *watcher) lock(pid int) *sync.Mutex {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.locks[pid] == nil {
		w.locks[pid] = &sync.Mutex{}
	}
	return w.locks[pid]
}

// wanted decides whether to dump a failure.
func (w *watcher) wanted(message, test string) bool {
	if w.excluded(message) || test != "" && w.excluded(test) {
		return false
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.dumps >= w.flags.max {
		w.skipped++
		return false
	}
	w.dumps++
	return true
}

// excluded reports whether the user excludes dumps with this message or name.
func (w *watcher) excluded(text string) bool {
	return slices.ContainsFunc(w.flags.exclude, func(re *regexp.Regexp) bool { return re.MatchString(text) })
}

// failedTest is a test whose failure has been reported.
type failedTest struct {
	pid  int
	name string
}

// fails notes that a test has failed, and with it the tests around it.
func (w *watcher) fails(pid int, test string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range test {
		if test[i] == '/' {
			w.failed[failedTest{pid, test[:i]}] = true
		}
	}
	w.failed[failedTest{pid, test}] = true
}

// wantedAsked is wanted for a dump that a program asks for. The failure of a test may
// already have been dumped where it happened.
func (w *watcher) wantedAsked(pid int, event *capture.Event) func(message, test string) bool {
	return func(message, test string) bool {
		w.mu.Lock()
		key := failedTest{pid, test}
		told := !event.Panic && w.failed[key]
		delete(w.failed, key) // it may be run again
		w.mu.Unlock()
		return !told && w.wanted(message, test)
	}
}

func (w *watcher) printf(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	fmt.Fprintf(w.stderr, format, args...)
}
