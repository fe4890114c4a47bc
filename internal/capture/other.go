package capture

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"coredumpy/internal/cause"
	"coredumpy/internal/caveat"
	"coredumpy/internal/clock"
	"coredumpy/internal/corefile"
	"coredumpy/internal/memory"
	"coredumpy/internal/ptrace"
	"coredumpy/internal/target"
	"coredumpy/internal/variables"
)

// Event is what happened in another process, as its runtime reports it, see
// package hook. Addresses are those of the process.
type Event struct {
	Reason    string // why there is a dump: corefile.ForPanic and others
	Message   string // what isn't in the process: the name of a signal, an exit status
	Goroutine int64  // 0 if the event is of none
	Panic     bool   // Value is the panic value
	Value     [2]uint64
	Test      [2]uint64 // address and length of the test's name
	Text      [2]uint64 // of the text of a fatal error or of a test failure
	At        target.At // where the goroutine is, if a signal came while it ran
	Signal    [2]uint64 // the signal stack of the thread, from and to
	Child     bool      // the process is one of ours, which nobody waits for before it has ended

	Recovered bool // it is about to be recovered
	// Asked is set if the process has asked for a dump; what happened is read from it.
	Asked *Asked

	// Hit is set if the process is traced and stopped at the beginning of Function, one
	// of cause.Functions. What happened is read from it.
	Hit        *ptrace.Hit
	Function   string
	SignalName func(int) string
	Again      int             // see cause.Crash
	Panics     []cause.PanicID // the panics that the goroutine is in, the last one first

	// Dying is set if the process is blocked in writing its crash report. What happened
	// is read from it.
	Dying *Dying

	// GiveUp reports whether to stop waiting: the dump then has what was read so far.
	// nil: never.
	GiveUp func() bool

	// Hint is what Dump.Hint returns, set once the dump is written.
	Hint string

	// Teller is set by the code that makes the dump, if a method of the panic value may
	// return another message.
	Teller *Teller

	// Wanted decides by message and test whether to make a dump; nil: always.
	Wanted func(message, test string) bool
}

// Dying is what is known of a process that writes its crash report.
type Dying struct {
	Report  string          // its beginning
	Writer  int             // the thread that writes, in the process's own PID namespace; 0 if not known
	Settled []cause.PanicID // those that OnPanic has dumped
	Printed [2]uint64       // see cause.Crash
}

// ErrUnwanted is returned for an event that isn't wanted.
var ErrUnwanted = errors.New("not wanted")

// maxSignalStack is how much of a signal stack is read, from its upper end.
const maxSignalStack = 16 << 10

// stopLimit bounds how long stopping a process may take.
const stopLimit = 10 * time.Second

// Process captures another process, which is stopped until the dump is released. If
// event is nil, nothing has happened to the process, and it resumes as soon as what can
// change has been copied.
func Process(req *Request, pid int, event *Event) (d *Dump, err error) {
	mem, err := memory.OpenRemote(pid)
	if err != nil {
		return nil, err
	}
	defer mem.Close()
	if event == nil {
		// Copy returns such an error as well.
		_ = mem.Prepare(req.Limits.Bytes)
	}
	since := clock.Now()
	stopped, err := halt(pid, event)
	if err != nil {
		return nil, err
	}
	defer func() {
		if d == nil {
			stopped.Release()
		}
	}()
	incomplete := ""
	if event == nil {
		if _, err := mem.Copy(req.Limits.Bytes); err != nil {
			incomplete = "not all of its memory was copied while it was stopped, " +
				"the rest may have changed: " + err.Error()
		}
		if err := stopped.Release(); err != nil {
			return nil, err
		}
		req.Head.Paused = clock.Now().Sub(since).Round(time.Microsecond).String()
	} else if err := mem.Refresh(); err != nil {
		return nil, err
	}
	if d, err = other(req, pid, mem, stopped.Threads, event); err != nil {
		return nil, err
	}
	d.release = func() { stopped.Release() }
	for _, note := range []string{stopped.Note, incomplete} {
		if note != "" {
			d.head.Notes = append(d.head.Notes, note)
		}
	}
	return d, nil
}

// halt stops a process, unless the event has stopped it.
func halt(pid int, event *Event) (*ptrace.Stopped, error) {
	switch {
	case event != nil && event.Hit != nil:
		return &ptrace.Stopped{Threads: event.Hit.Threads, Note: event.Hit.Note}, nil
	case event != nil && event.Child:
		return ptrace.StopChild(pid, stopLimit)
	}
	return ptrace.Stop(pid, stopLimit)
}

// other captures a process that is stopped, or whose changeable memory has all been
// copied.
func other(req *Request, pid int, mem *memory.Remote, threads []ptrace.Thread, event *Event) (*Dump, error) {
	start := clock.Now()
	p, err := target.Other(pid, mem)
	if err != nil {
		return nil, err
	}
	defer p.Close()
	if p.Info == nil {
		return nil, fmt.Errorf("process %d: %w; "+
			"without it nothing of a running process can be read (built with -s or -w? see coredumpy help builds)",
			pid, p.InfoErr)
	}
	p.Threads = threads
	req.Limits.Deadline = start.Add(req.Limits.Timeout)
	req.heed(p)
	req.Redact = req.RedactorFor(p.Environ())
	c := &capturer{req: req, p: p, finder: variables.New(p), event: event, reasons: map[caveat.Reason][]byte{},
		Dump: &Dump{head: req.Head, redact: req.Redact, strict: req.strict(false)}}
	if event != nil {
		if err := c.learn(event); err != nil {
			return nil, err
		}
	}
	c.newWalker()
	if event != nil && event.GiveUp != nil {
		p.Working = func() {
			if event.GiveUp() {
				c.walker.Stop()
			}
		}
	}
	c.goroutinesAndVariables()
	if len(c.goroutines) == 0 {
		return nil, fmt.Errorf("process %d: no goroutine found", pid)
	}
	c.chooseCurrent()
	c.objects()
	c.finish(start)
	return c.Dump, nil
}

// learn reads what has happened. The error is ErrUnwanted if a dump of that isn't wanted.
func (c *capturer) learn(e *Event) (err error) {
	if e.Hit != nil {
		err = c.crashed(e) // it may find that the process has asked for a dump
	}
	if err == nil && e.Dying != nil {
		err = c.dying(e)
	}
	if err == nil && e.Asked != nil {
		err = c.asked(e)
	}
	if err != nil {
		return err
	}
	if c.happened(e); e.Wanted != nil && !e.Wanted(c.head.Message, c.head.Test) {
		return ErrUnwanted
	}
	return nil
}

// crashes copies why the process crashes.
func (e *Event) crashes(why *cause.Crash) {
	e.Goroutine, e.At, e.Signal = why.Goroutine, why.At, why.Stack
	e.Panic, e.Value, e.Panics, e.Again = why.Panic, why.Value, why.Panics, why.Again
	e.Text = why.Text
	switch {
	case why.Panic:
		e.Reason = corefile.ForPanic
	case why.Signal != 0:
		e.Reason = corefile.ForSignal
	default:
		e.Reason = corefile.ForFatalError
	}
}

// crashed reads what happened to a traced process.
func (c *capturer) crashed(e *Event) error {
	crash, err := cause.Crashed(c.p, e.Function, &e.Hit.Threads[0])
	if err != nil {
		return err
	}
	e.crashes(crash)
	switch {
	case crash.Asked != 0:
		e.Asked, err = c.tracedAsked(crash.Asked)
	case crash.Signal != 0:
		e.Message = e.SignalName(crash.Signal)
	}
	return err
}

// dying reads what happened to a process that writes its crash report.
func (c *capturer) dying(e *Event) error {
	crash, err := cause.Dying(c.p, e.Dying.Writer)
	if err != nil {
		return err
	}
	e.crashes(crash)
	e.Dying.Printed = crash.Printed
	if crash.Replaced {
		c.note("the panic value may be another one, with an Error or String method that returned this text: " +
			"what was given to panic isn't found")
	}
	settled := func(id cause.PanicID) bool {
		return id.Value == e.Value && slices.ContainsFunc(crash.Panics, id.SamePlace)
	}
	switch {
	case crash.Panic && slices.ContainsFunc(e.Dying.Settled, settled):
		return ErrUnwanted
	case crash.Signal != 0:
		if e.Message, _, _ = strings.Cut(e.Dying.Report, "\n"); e.Message == "" {
			e.Message = "a signal, which isn't known"
		}
	}
	return nil
}

// happened copies what the event says.
func (c *capturer) happened(e *Event) {
	h := &c.head
	h.Reason, h.Message = e.Reason, e.Message
	if c.req.Goroutine = e.Goroutine; e.Goroutine == 0 {
		c.req.Goroutine = 1 // of a deadlock: main usually waits for the others
	}
	c.p.At = e.At
	if e.Test[1] > 0 {
		h.Test = c.p.Text(e.Test[0], e.Test[1])
	}
	text := strings.TrimSpace(c.p.Text(e.Text[0], e.Text[1]))
	switch {
	case e.Panic && e.Dying != nil && e.Dying.Printed[0] != 0:
		c.message = cause.Text(c.p, e.Dying.Printed)
		c.head.Message = c.message.Text
		c.hideMessage(e.Value)
		c.strict.message = c.strict.said // a method has returned it
	case e.Panic:
		c.panicText(e.Value)
	case text != "" && h.Test != "":
		h.Message = h.Test + ": " + text
	case h.Test != "":
		h.Message = h.Test + " failed"
	case text != "":
		h.Message = text
	}
	if lo, hi := e.Signal[0], e.Signal[1]; lo < hi && c.p.Signal == nil {
		b := make([]byte, min(hi-lo, maxSignalStack))
		if c.p.Mem.Read(b, hi-uint64(len(b))) == nil {
			c.p.Signal, c.p.Unwound = b, e.Panic
		}
	}
}

// chooseCurrent decides which goroutine the dump is about, and which of its frames to
// show first.
func (c *capturer) chooseCurrent() {
	current := c.goroutines[0] // the event's comes first, then the others by id
	if c.nobodys(current) {
		current = c.usersGoroutine(current)
	}
	if g := c.testGoroutine(current); g != nil {
		current = g
	}
	if c.event != nil && c.event.Goroutine == current.ID {
		current.Status, current.Wait, current.WaitsFor = "running", 0, nil
	}
	c.head.Goroutine = current.ID
	if i := c.topOf(current); i < len(current.Frames) {
		c.head.Top = &current.Frames[i].Place
		c.given(&current.Frames[i])
	}
}

// nobodys reports whether an event belongs to none of the program's goroutines, so that g
// is merely the first one.
func (c *capturer) nobodys(g *corefile.Goroutine) bool {
	if c.event == nil {
		return false
	}
	if c.event.Goroutine == 0 {
		return g.ID != 1 // main has called runtime.Goexit
	}
	// The runtime keeps a goroutine without frames for a thread that C has made.
	return len(g.Frames) == 0 || g.Frames[0].Func == "runtime.goexit"
}

// usersGoroutine returns the first goroutine with a function of the main module, or g if
// there is none.
func (c *capturer) usersGoroutine(g *corefile.Goroutine) *corefile.Goroutine {
	for _, other := range c.goroutines {
		if slices.ContainsFunc(other.Frames, c.users) {
			c.head.Notes = append(c.head.Notes,
				fmt.Sprintf("this was on none of the program's goroutines; %d is the first of them", other.ID))
			return other
		}
	}
	return g
}

// users reports whether a frame's function is the main module's and written there, not
// generated by cgo or the go command.
func (c *capturer) users(f corefile.Frame) bool {
	file := filepath.Base(f.File)
	pkg := f.Package
	if isTestFile(&f) {
		pkg = strings.TrimSuffix(pkg, "_test") // the test package of a module's root isn't below the module's path
	}
	return c.ofMainModule(pkg) && file != "_cgo_gotypes.go" && file != generated
}

// OtherHead returns what a dump says about another process.
func OtherHead(pid int, description string) corefile.Head {
	h := corefile.Head{
		Version: corefile.Version, Description: description, Time: clock.Now(),
		OS: "linux", PID: pid, Args: CommandLine(pid), Reason: corefile.ForAsked,
	}
	h.Host, _ = os.Hostname()
	h.Program, _ = os.Readlink(fmt.Sprintf("/proc/%d/exe", pid))
	h.Program = strings.TrimSuffix(h.Program, " (deleted)")
	h.Directory, _ = os.Readlink(fmt.Sprintf("/proc/%d/cwd", pid))
	info, err := target.ReadBuildInfo(fmt.Sprintf("/proc/%d/exe", pid))
	if err != nil {
		return h
	}
	h.GoVersion = info.GoVersion
	h.Build = build(info)
	for _, s := range info.Settings {
		if s.Key == "GOARCH" {
			h.Arch = s.Value
		}
	}
	return h
}

// CommandLine returns the arguments of another process.
func CommandLine(pid int) []string { return words(fmt.Sprintf("/proc/%d/cmdline", pid)) }

// Environ returns the environment that another process was started with.
func Environ(pid int) []string { return words(fmt.Sprintf("/proc/%d/environ", pid)) }

// OwnEnviron returns the environment that this process was started with. In /proc its PID
// may be another process's, see [procfs.CheckNamespace].
func OwnEnviron() []string { return words("/proc/self/environ") }

// words reads a file of words that each end with a zero byte, proc(5).
func words(path string) []string {
	b, err := os.ReadFile(path)
	if err != nil || len(b) == 0 {
		return nil
	}
	return strings.Split(strings.TrimSuffix(string(b), "\x00"), "\x00")
}
