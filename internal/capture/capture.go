// Package capture takes a dump: it reads a process, walks what its goroutines
// refer to, and writes the file's records. It decides when to be quiet, what to
// leave out, and in which order to go; the packages below it find and encode
// everything.
package capture

import (
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"time"

	"coredumpy/internal/cause"
	"coredumpy/internal/caveat"
	"coredumpy/internal/clock"
	"coredumpy/internal/corefile"
	"coredumpy/internal/debuginfo"
	"coredumpy/internal/secrets"
	"coredumpy/internal/target"
	"coredumpy/internal/variables"
	"coredumpy/internal/walk"
)

// Request says what to capture.
type Request struct {
	Head      corefile.Head // what the caller knows
	Goroutine int64         // id of the current goroutine
	Trace     string        // its traceback
	Panic     *any          `json:"-"` // the value passed to panic, nil if there is none
	Test      *any          `json:"-"` // what OnFailure was given, nil if nothing
	Signal    []byte        // from target.SignalStack, if the panic is a fault
	Callers   []uintptr     // return addresses of the calls in it, the innermost ones
	Move      target.Move   // of the current goroutine's stack
	Given     []Given
	Package   string // import path of the package that the program called
	Entry     string // the function of it that the program called; "" for another process. The top frame is below it
	Skip      int    // frames below that to leave out
	Limits    Limits
	Redact    Redactor `json:"-"`
	// SecretName reports whether to hide the value of a name: of a variable, a field,
	// a map key or a header.
	SecretName func(name string) bool `json:"-"`
	// ShowsText reports whether text may be shown in a type, a field or a variable; nil if
	// all may.
	ShowsText func(pkg, name string) bool `json:"-"`
	// HideText returns ShowsText for a process that hides its text itself, but what these
	// names name.
	HideText func(shown []string) func(pkg, name string) bool `json:"-"`
	Shown    secrets.Shown                                    // rules that are turned off

	// RedactorFor returns Redact for another process, given the current environment of
	// that process.
	RedactorFor func(environ []string) Redactor `json:"-"`

	// There is set if another process requests a dump of itself: Panic, Test and the
	// values of Given are there.
	There *There
}

// Given is a variable that the program passed.
type Given struct {
	Name  string
	Value *any   `json:"-"`
	Addr  uint64 // of Value, in another process
}

// Limits bound a capture.
type Limits struct {
	walk.Limits
	Timeout       time.Duration
	AllGoroutines bool
	Goroutines    int // of other goroutines
	Frames        int // of one goroutine
	Globals       int
	Source        int64 // bytes of source text in total
	WholeSources  bool  // also of source files that aren't the program's own
}

// Dump is what was captured. It refers to nothing of the process.
type Dump struct {
	head       corefile.Head
	message    cause.Message // of the panic value, if there is one
	open       bool          // a method of the panic value may return another message
	strict     strict
	written    corefile.Head // the head as it was written
	goroutines []*corefile.Goroutine
	globals    []*corefile.Variable
	constants  []*corefile.Variable
	walker     *walk.Walker
	redact     Redactor
	paths      map[string]string // see path
	sources    []*sourceFile
	sourceRoom int64  // bytes that they may take
	sourceRead bool   // see readSources
	hint       string // see Hint
	release    func() // see Release
	made       *made  // set if another process has made the dump: it isn't here
}

// Release ends what must last until the dump is written: it resumes another process that
// waits for it, and lets the garbage collector of this one run where it couldn't even
// begin. It must be called.
func (d *Dump) Release() {
	if d.release != nil {
		d.release()
		d.release = nil
	}
}

// Own captures this process. It must run on its own goroutine while the current
// goroutine of the request is blocked: a stack that grows while it is read leaves
// dangling pointers behind.
func Own(req *Request) (d *Dump) {
	debug.SetPanicOnFault(true) // ends with this goroutine
	q := hush()
	defer func() {
		if q.stop || d == nil {
			q.restore()
		}
	}()

	start := clock.Now()
	p := target.Self()
	defer p.Close()
	p.Signal, p.Move = req.Signal, req.Move
	q.alone()
	p.Working = q.turn.keep

	req.Limits.Deadline = start.Add(req.Limits.Timeout)
	c := &capturer{
		req: req, p: p, finder: variables.New(p), self: ownID(), quiet: q, reasons: map[caveat.Reason][]byte{},
		Dump: &Dump{head: req.Head, redact: req.Redact, strict: req.strict(true)},
	}
	c.release = func() {
		q.restore()
		p.Keep()
	}
	c.ownMessage()
	c.newWalker()
	c.goroutinesAndVariables()
	c.objects()
	c.moved()
	q.busy()
	c.finish(start)
	return c.Dump
}

// newWalker makes the walker that follows what the variables refer to.
func (c *capturer) newWalker() {
	redact := c.req.Redact
	c.walker = walk.New(c.p, c.req.Limits.Limits, walk.Rules{
		SecretName: c.req.SecretName, ShowsText: c.req.ShowsText,
		Learn: redact.Learn, LearnUncommon: redact.LearnUncommon, LearnMarked: redact.LearnMarked,
		LearnPublic: redact.LearnPublic, Shown: c.req.Shown,
	})
}

// capturer is a capture in progress.
type capturer struct {
	*Dump
	req       *Request
	p         *target.Process
	finder    *variables.Finder   // for p
	self      int64               // id of the capture's own goroutine, or of the one that waits for it; else 0
	quiet     *quiet              // nil in another process
	read      []*target.Goroutine // parallel to goroutines
	packages  map[string]bool
	stale     []staleVariable
	cycles    uint32 // of the collector, before the walk
	reasons   map[caveat.Reason][]byte
	event     *Event             // of another process
	stack     *stack             // of the current goroutine of the request
	inlined   []inlinedFunc      // see inlinedSources
	inlinedIn map[[2]string]bool // pairs of a function on a stack and one that is inlined in it
	failed    error              // why a process that has asked for its dump must make it itself
}

func (d *Dump) note(format string, args ...any) {
	if s := fmt.Sprintf(format, args...); !slices.Contains(d.head.Notes, s) {
		d.head.Notes = append(d.head.Notes, s)
	}
}

// noteFull notes that the redactor knows only some of the secrets.
func (d *Dump) noteFull() {
	d.note("more secret values than are kept: " +
		"the rest are hidden where they are, but not looked for in other texts")
}

func (d *Dump) cut(limit string, n int) {
	i := slices.IndexFunc(d.head.Cut, func(cut corefile.Cut) bool { return cut.Limit == limit })
	switch {
	case n == 0:
	case i < 0:
		d.head.Cut = append(d.head.Cut, corefile.Cut{Limit: limit, Count: n})
	default:
		d.head.Cut[i].Count += n
	}
}

// goroutinesAndVariables captures all stacks first, then all variables on them.
func (c *capturer) goroutinesAndVariables() {
	defer func() {
		for _, err := range c.p.Unreadable() {
			c.note("%v", err)
		}
	}()
	if c.p.Info == nil {
		c.note("no local variables: %v%s", c.p.InfoErr, c.remedy())
		c.quiet.allow()
		c.fromTraceback()
		return
	}
	gs, omitted, err := c.p.Goroutines(c.req.Goroutine, c.limit()+1) // one may be the capture's own
	if err == nil && c.self != 0 && (len(gs) == 0 || gs[0].ID != c.req.Goroutine) {
		err = fmt.Errorf("goroutine %d isn't among the %d found: runtime.g not recognised", c.req.Goroutine, len(gs))
	}
	c.cycles = c.p.Collections()
	c.quiet.allow()
	if err != nil && c.req.There != nil {
		c.failed = err
		return
	}
	if err != nil {
		c.note("no local variables: %v", err)
		c.withoutStacks(err)
		return
	}
	read := len(gs)
	gs = slices.DeleteFunc(gs, func(g *target.Goroutine) bool { return g.ID == c.self })
	if len(gs) == read && omitted > 0 {
		omitted-- // the capture's own is one of those
	}
	if n := len(gs) - c.limit(); n > 0 {
		gs, omitted = gs[:c.limit()], omitted+n
	}
	if c.req.Limits.AllGoroutines {
		c.cut("goroutines", omitted)
	}
	c.packages = map[string]bool{}
	for _, g := range gs {
		if !c.helps(g.CreatedBy.Func) {
			c.goroutine(g)
		}
	}
	c.packageVariables()
}

// withoutStacks captures what it can if goroutines can't be read.
func (c *capturer) withoutStacks(err error) {
	if c.self != 0 {
		c.fromTraceback()
		return
	}
	// The runtime's traceback would be of this process, not of the other one.
	rec := &corefile.Goroutine{ID: max(c.req.Goroutine, 1), Note: caveat.Reasons{caveat.Of(err)}}
	c.panicValues(rec, nil)
	c.goroutines, c.read = []*corefile.Goroutine{rec}, nil
	c.packages = map[string]bool{"main": true}
	c.packageVariables()
}

// remedy says how to get debug information.
func (c *capturer) remedy() string {
	switch {
	case !errors.Is(c.p.InfoErr, debuginfo.ErrNoDWARF):
		return ""
	case c.req.Head.Test != "":
		return "; go test keeps it with -ldflags='-w=0 -s=0'"
	}
	return "; go build without -s and -w has it, a file beside the executable can have it (coredumpy help builds), " +
		"go run keeps it with -ldflags='-w=0 -s=0' -gcflags=-dwarf=true"
}

// limit returns how many goroutines to read, 0 for all.
func (c *capturer) limit() int {
	if !c.req.Limits.AllGoroutines {
		return 1
	}
	return c.req.Limits.Goroutines + 1
}

// ownID returns the id of the calling goroutine.
func ownID() int64 {
	var buf [64]byte // enough for the first line
	id, _ := GoroutineID(string(buf[:runtime.Stack(buf[:], false)]))
	return id
}

// goroutine captures one goroutine and the variables in its frames.
func (c *capturer) goroutine(g *target.Goroutine) {
	rec := c.goroutineRecord(g)
	current, limit := g.ID == c.req.Goroutine, c.req.Limits.Frames
	if current {
		limit += maxAside + c.req.Skip
	}
	frames, omitted, err := c.p.Stack(g, limit)
	if err != nil {
		rec.Note = caveat.Reasons{caveat.Of(err)}
	}
	top, aside := 0, 0
	if current {
		frames, top, aside = c.currentFrames(g, rec, frames, err == nil)
		if n := len(frames) - c.req.Limits.Frames; n > 0 {
			frames, omitted = frames[:c.req.Limits.Frames], omitted+n
		}
	}
	rec.More = omitted
	c.cut("frames", omitted)
	// A finalizer that hangs is on a goroutine of the runtime.
	rec.System = g.System && !slices.ContainsFunc(frames, func(f target.Frame) bool { return !f.IsRuntime() })
	rec.Frames = make([]corefile.Frame, len(frames))
	ours := c.ours(frames, g.CreatedBy.Func)
	inSecret := c.inSecret(g, frames)
	for i := range frames {
		rec.Frames[i] = c.frame(&frames[i], ours[&frames[i]], i < inSecret)
	}
	if inSecret > 0 {
		rec.Trace = withoutArguments(rec.Trace)
	}
	if current {
		if err != nil && c.self != 0 {
			rec.Frames = append(rec.Frames, missed(rec.Frames, c.trimText(parseTraceback(c.req.Trace), aside))...)
		}
		c.panicValues(rec, frames)
		if c.event == nil && len(rec.Frames) > 0 {
			c.given(&rec.Frames[top])
		}
		c.top(rec, top)
	}
	c.goroutines = append(c.goroutines, rec)
	c.read = append(c.read, g)
}

// goroutineRecord returns the record of a goroutine without its frames.
func (c *capturer) goroutineRecord(g *target.Goroutine) *corefile.Goroutine {
	rec := &corefile.Goroutine{
		ID: g.ID, Status: g.Status, Wait: int64(g.Wait), Parent: g.Parent, Labels: g.Labels,
		WaitsFor: c.p.Blocked(g),
	}
	if g.CreatedBy.Func != "" {
		rec.CreatedBy = &corefile.Place{Func: g.CreatedBy.Func, File: g.CreatedBy.File, Line: g.CreatedBy.Line}
	}
	for i := 0; i+1 < len(rec.Labels); i += 2 {
		if c.walker.Named(rec.Labels[i], rec.Labels[i+1]) {
			rec.Labels[i+1] = c.redact.Mask(rec.Labels[i+1], secrets.ByName)
		}
	}
	return rec
}

// currentFrames removes the frames of the current goroutine that the dump doesn't show.
// whole says that the stack could be read to its end. It returns the index of the top
// frame in the rest, and how many [shown] has removed.
func (c *capturer) currentFrames(g *target.Goroutine, rec *corefile.Goroutine, frames []target.Frame, whole bool) (
	rest []target.Frame, top, aside int,
) {
	c.stack = c.stackOf(frames)
	if c.self == 0 { // another process, which has no frames of ours
		if c.event != nil && c.event.Panic &&
			slices.ContainsFunc(frames, func(f target.Frame) bool { return f.Func == "runtime.cgocallbackg1" }) {
			c.p.InC(g)
		}
		frames = c.trimOther(frames, whole)
	} else {
		rec.Status, rec.Wait, rec.WaitsFor = "running", 0, nil
		rec.Trace = trimTrace(c.req.Trace, c.req.Entry)
		frames = c.trim(frames, whole)
	}
	rest, top = shown(c, frames)
	return rest, top, len(frames) - len(rest)
}

// frame captures a frame, but not the variables of the runtime's frames, which help
// nobody and lead to all of its memory, nor of ours, which lead to another dump; nor their
// values if the frame runs in secret.
func (c *capturer) frame(f *target.Frame, ours, secret bool) corefile.Frame {
	c.p.Working()
	rec := corefile.Frame{
		Place: corefile.Place{Func: f.Func, File: f.File, Line: f.Line},
		PC:    f.PC, Package: f.Package, Inlined: f.Inlined, Optimized: f.Optimized,
	}
	if f.IsRuntime() || ours {
		return rec
	}
	c.packages[f.Package] = true
	if f.Bare {
		rec.Note.Kind = caveat.BarePackage
		return rec
	}
	vars := c.finder.Of(f)
	rec.Vars = make([]corefile.Variable, len(vars), len(vars)+len(c.req.Given)) // c.stale points into it
	for i := range vars {
		shown := c.shows(f.Package, f.Func+"."+vars[i].Name)
		if secret {
			rec.Vars[i] = c.secretVariable(&vars[i])
			continue
		}
		rec.Vars[i] = c.variable(&vars[i], shown)
		c.inlinedSources(f, rec.Vars[i].Doubts)
		if vars[i].Stale {
			c.stale = append(c.stale, staleVariable{&vars[i], &rec.Vars[i], shown})
		}
	}
	return rec
}

// staleVariable is a variable to walk after all others.
type staleVariable struct {
	v     *variables.Variable
	rec   *corefile.Variable
	shown bool // see Request.ShowsText
}

func (c *capturer) top(rec *corefile.Goroutine, top int) {
	c.head.Goroutine = rec.ID
	if len(rec.Frames) > 0 {
		place := rec.Frames[top].Place
		c.head.Top = &place
	}
}

// moved notes which goroutines have run during the capture. They may have changed what
// they share with others.
func (c *capturer) moved() {
	ran := 0
	for i, g := range c.read {
		rec := c.goroutines[i]
		if g.ID != c.req.Goroutine && len(rec.Frames) > 0 && c.p.Moved(g) {
			rec.Note = append(rec.Note, caveat.Reason{Kind: caveat.RanMeanwhile})
			if !rec.System {
				ran++
			}
		}
	}
	if ran > 0 {
		c.note("goroutines that ran while the dump was made, and are marked: %d; "+
			"what they share with others may have changed in between", ran)
	}
}

// finish sets the fields of the head that are known only at the end.
func (c *capturer) finish(start time.Time) {
	c.packageConstants()
	for limit, n := range c.walker.Cuts() {
		c.cut(limit, n)
	}
	for _, text := range []string{c.head.Message, c.head.Description} {
		c.req.Redact.LearnMarked([]byte(text))
		if len(text) > c.req.Limits.String || text == c.message.Text && c.message.More > 0 {
			c.cut("string", 1)
		}
	}
	if c.req.Redact.Full() {
		c.noteFull()
	}
	if problem := c.req.Redact.Problem(); problem != "" {
		c.note("%s%s", problem, environHidden)
	}
	c.sources = c.chooseSources()
	if c.lacking() {
		c.hint = c.flags()
	}
	c.head.Goroutines = len(c.goroutines)
	c.head.Objects = c.walker.Len()
	c.head.Duration = clock.Now().Sub(start).Round(time.Microsecond).String()
}
