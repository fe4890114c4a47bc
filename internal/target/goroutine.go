package target

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"coredumpy/internal/clock"
	"coredumpy/internal/unsafely"
)

// Goroutine is a goroutine as [Process.Goroutines] found it in memory. Its record in the dump
// file, which has what people read, is made from it in package capture; so are those of
// [Frame] and [Place].
type Goroutine struct {
	ID        int64
	Status    string // as in a traceback
	Wait      time.Duration
	Parent    int64
	CreatedBy Place
	Labels    []string
	System    bool // the runtime started it for itself

	addr   uint64 // of its runtime.g
	status uint64
	pc, sp uint64      // where it will continue
	regs   *Registers  // of the thread that it was running on; nil if it wasn't running, or if they aren't known
	state  []byte      // its runtime.g
	stack  int         // index in the process's copies; -1: none
	runs   bool        // it ran each time its stack was copied
	Phys   []PhysFrame // of the frames walked
}

// Place is a function and a line in a source file.
type Place struct {
	Func, File string
	Line       int
}

// stateLayout has the values of a goroutine's status and of a span's state
// (runtime/runtime2.go and mheap.go), as in Go 1.24 to 1.27.
type stateLayout struct {
	idle, runnable, running, syscall, waiting uint64
	dead, preempted                           uint64
	leaked                                    uint64 // since Go 1.26: it waits, and nothing can wake it
	deadExtra                                 uint64 // since Go 1.26
	scan                                      uint64 // a flag

	spanInUse, spanManual uint64 // heap objects; stacks
	specialSecret         uint64 // since Go 1.26: the kind of a record of secret memory
}

func newStateLayout() stateLayout {
	return stateLayout{
		idle: 0, runnable: 1, running: 2, syscall: 3, waiting: 4, dead: 6, preempted: 9,
		leaked: 10, deadExtra: 11, scan: 0x1000,
		spanInUse: 1, spanManual: 2, specialSecret: 10,
	}
}

func (l *stateLayout) constants() map[string]*uint64 {
	return map[string]*uint64{
		"runtime._Gidle":      &l.idle,
		"runtime._Grunnable":  &l.runnable,
		"runtime._Grunning":   &l.running,
		"runtime._Gsyscall":   &l.syscall,
		"runtime._Gwaiting":   &l.waiting,
		"runtime._Gdead":      &l.dead,
		"runtime._Gpreempted": &l.preempted,
		"runtime._Gleaked":    &l.leaked,
		"runtime._Gdeadextra": &l.deadExtra,
		"runtime._Gscan":      &l.scan,
		"runtime.mSpanInUse":  &l.spanInUse,
		"runtime.mSpanManual": &l.spanManual,

		"runtime._KindSpecialSecret": &l.specialSecret,
	}
}

// LastPanicOf returns the address of the last runtime._panic of a goroutine; 0 if there is
// none or it isn't known.
func (p *Process) LastPanicOf(g *Goroutine) uint64 { return g.field(p.gl.panics) }

// Deferring returns the stack pointer of the frame whose deferred calls the last panic of a
// goroutine runs; 0 if there is none or it isn't known.
func (p *Process) Deferring(g *Goroutine) uint64 {
	last := p.LastPanicOf(g)
	sp, err := p.Offset("runtime._panic", "sp")
	if last == 0 || err != nil {
		return 0
	}
	at, _ := p.ReadWord(last + sp)
	return at
}

// field returns a one-word field of the goroutine's runtime.g; 0 if it isn't there.
func (g *Goroutine) field(off int64) uint64 {
	if off < 0 {
		return 0
	}
	return le64(g.state[off:])
}

// mainGoroutine is the id of the goroutine that runs main, which no go
// statement started.
const mainGoroutine = 1

// maxGoroutines bounds how many goroutines a damaged process can make us read.
const maxGoroutines = 1 << 24

// maxStackCopy bounds how much of a stack is copied; the rest is read in place.
const maxStackCopy = 16 << 20

// maxStackCopies bounds how much is copied of all stacks; of further ones only
// minStackCopy is. The current goroutine's comes first.
const (
	maxStackCopies = 1 << 30
	minStackCopy   = 64 << 10
)

// Goroutines reads all goroutines and copies their stacks, so that later reads are of this
// moment. The goroutine with the id first is copied first. Goroutines beyond limit are
// left out and counted.
func (p *Process) Goroutines(first int64, limit int) (gs []*Goroutine, omitted int, err error) {
	l, err := p.gLayout()
	if err == nil {
		gs, err = p.allGoroutines(l)
	}
	if err != nil {
		return nil, 0, fmt.Errorf("goroutines: %w", err)
	}
	slices.SortFunc(gs, func(a, b *Goroutine) int {
		if (a.ID == first) != (b.ID == first) {
			if a.ID == first {
				return -1
			}
			return 1
		}
		return cmp.Compare(a.ID, b.ID)
	})
	if limit > 0 && len(gs) > limit {
		gs, omitted = gs[:limit], len(gs)-limit
	}
	gs = slices.DeleteFunc(gs, func(g *Goroutine) bool {
		p.Working()
		return !p.copyStack(g, l)
	})
	p.sortStacks(gs)
	if p.spans, err = p.readSpans(); err != nil {
		p.gErrs = append(p.gErrs, fmt.Errorf("which memory is in use isn't known: %w", err))
	} else {
		p.layers.setStale(p.spans.stacks)
	}
	p.describe(gs, l)
	return gs, omitted, nil
}

// allGoroutines reads the runtime.g of each goroutine in runtime.allgs that hasn't ended.
func (p *Process) allGoroutines(l *gLayout) (gs []*Goroutine, err error) {
	all, err := p.ReadPair(l.allgs)
	if err != nil {
		return nil, err
	}
	n := all[1]
	if n > maxGoroutines {
		return nil, fmt.Errorf("%d of them", n)
	}
	ptrs := make([]byte, n*word)
	if err := p.Mem.Read(ptrs, all[0]); err != nil {
		return nil, err
	}
	states := make([]byte, int64(n)*l.size)
	for i := range n {
		if i%64 == 0 {
			p.Working()
		}
		addr := le64(ptrs[i*word:])
		state := states[int64(i)*l.size:][:l.size:l.size]
		if p.Mem.Read(state, addr) != nil {
			continue
		}
		g := &Goroutine{addr: addr, state: state, stack: -1}
		if p.identify(g, l); !g.gone(&p.states) {
			gs = append(gs, g)
		}
	}
	return gs, nil
}

// maxCopies bounds how often the stack of a goroutine that keeps running is copied. With
// one P a goroutine runs once in a time slice, so the second copy is good.
const maxCopies = 10

// copyStack finds where the goroutine will continue, and copies its stack. If it has run
// in between, the copy doesn't fit that place, so both are done again. It reports whether
// the goroutine is still there.
func (p *Process) copyStack(g *Goroutine, l *gLayout) bool {
	id := g.ID
	for range maxCopies {
		p.copyOnce(g, l)
		if !p.Moved(g) {
			return true
		}
		p.uncopy(g)
		if p.layers.base.Read(g.state, g.addr) != nil {
			return false
		}
		if p.identify(g, l); g.ID != id || g.gone(&p.states) {
			return false
		}
	}
	g.runs = true
	return true
}

// identify reads the goroutine's id and state from its runtime.g.
func (p *Process) identify(g *Goroutine, l *gLayout) {
	g.status = uint64(le32(g.state[l.status:])) &^ p.states.scan
	g.ID = int64(le64(g.state[l.goid:]))
}

// gone reports whether the goroutine has ended, or hasn't been started yet.
func (g *Goroutine) gone(st *stateLayout) bool {
	return g.status == st.idle || g.status == st.dead || g.status == st.deadExtra
}

// copyOnce does what copyStack does, for a goroutine that isn't running.
func (p *Process) copyOnce(g *Goroutine, l *gLayout) {
	g.pc, g.sp = le64(g.state[l.pc:]), le64(g.state[l.sp:])
	switch sp := g.field(l.syscallsp); {
	case sp != 0:
		g.pc, g.sp = g.field(l.syscallpc), sp
	case g.status == p.states.syscall && min(l.syscallsp, l.syscallpc) < 0:
		return // what is saved may belong to the runtime's own calls
	}
	s := StackCopy{Lo: le64(g.state[l.lo:]), Hi: le64(g.state[l.hi:])}
	if g.status == p.states.running && !p.running(g, l, &s) {
		return
	}
	if s.SP = g.sp; s.Lo >= s.SP || s.SP > s.Hi {
		return
	}
	room := max(maxStackCopies, p.layers.copied+minStackCopy) - p.layers.copied
	s.Data = make([]byte, min(s.Hi-s.SP, maxStackCopy, room))
	p.layers.copied += uint64(len(s.Data))
	if p.layers.base.Read(s.Data, s.SP) != nil {
		return
	}
	g.stack = len(p.layers.stacks)
	p.layers.setStacks(append(p.layers.stacks, s))
}

// uncopy drops the copy of the goroutine's stack, which must be the latest.
func (p *Process) uncopy(g *Goroutine) {
	g.regs = nil
	if g.stack < 0 {
		return
	}
	p.layers.copied -= uint64(len(p.layers.stacks[g.stack].Data))
	p.layers.setStacks(p.layers.stacks[:g.stack])
	g.stack = -1
}

// sortStacks sorts the copies of stacks.
func (p *Process) sortStacks(gs []*Goroutine) {
	p.layers.sortStacks()
	bySP := func(s StackCopy, sp uint64) int { return cmp.Compare(s.SP, sp) }
	for _, g := range gs {
		if g.stack >= 0 {
			g.stack, _ = slices.BinarySearchFunc(p.layers.stacks, g.sp, bySP)
		}
	}
}

// describe sets the fields that walking the stacks doesn't need.
func (p *Process) describe(gs []*Goroutine, l *gLayout) {
	now := p.now()
	reasons := p.waitReasons()
	for _, g := range gs {
		p.Working()
		var waits bool
		g.Status, waits = p.statusText(g, l, reasons)
		if since := int64(g.field(l.waitsince)); waits && since != 0 && now > since {
			g.Wait = time.Duration(now - since)
		}
		g.Parent = int64(g.field(l.parent))
		if pc := g.field(l.gopc); pc != 0 && g.ID != mainGoroutine {
			if s := p.site(pc - 1); len(s.calls) > 0 {
				// The go statement is in the innermost inlined call.
				c := &s.calls[0]
				g.CreatedBy = Place{c.Name, c.File, c.Line}
			}
		}
		g.System = p.system(g.field(l.startpc))
		g.Labels = p.labels(g.field(l.labels))
	}
}

// statusText returns the status of a goroutine in the words of a traceback, of one that waits
// the reason for that.
func (p *Process) statusText(g *Goroutine, l *gLayout, reasons []string) (text string, waits bool) {
	switch st := &p.states; g.status {
	case st.runnable:
		return "runnable", false
	case st.running:
		return "running", false
	case st.syscall:
		return "syscall", false
	case st.preempted:
		return "preempted", false
	case st.waiting, st.leaked:
		if r := uint8(g.field(l.waitreason)); int(r) < len(reasons) && reasons[r] != "" {
			return reasons[r], true
		}
		return "waiting", true
	}
	return fmt.Sprintf("status %d", g.status), false
}

// system reports whether a goroutine that starts at pc belongs to the runtime
// (runtime/traceback.go, isSystemGoroutine).
func (p *Process) system(pc uint64) bool {
	name, _, _ := p.Symbolize(pc)
	switch name {
	case "runtime.main", "runtime.handleAsyncEvent", "runtime.corostart": // the last one is iter.Pull's
		return false
	}
	return strings.HasPrefix(name, "runtime.")
}

// Moved reports whether the goroutine has run since it was read, so that the data it
// refers to may have changed.
func (p *Process) Moved(g *Goroutine) bool {
	now := slices.Grow(p.state[:0], len(g.state))[:len(g.state)]
	if p.state = now; p.gl == nil || p.layers.base.Read(now, g.addr) != nil {
		return true
	}
	then := Goroutine{state: now}
	for _, off := range []int64{p.gl.goid, p.gl.pc, p.gl.sp, p.gl.syscallsp} {
		if then.field(off) != g.field(off) {
			return true
		}
	}
	// The first collection while the goroutine waits sets this.
	if since := g.field(p.gl.waitsince); since != 0 && since != then.field(p.gl.waitsince) {
		return true
	}
	if seq := p.gl.seq; seq >= 0 && now[seq] != g.state[seq] {
		return true // it is back where it was
	}
	return uint64(le32(now[p.gl.status:]))&^p.states.scan != g.status
}

// waitReasons reads runtime.waitReasonStrings.
func (p *Process) waitReasons() []string {
	addr, typ, err := p.Global("runtime.waitReasonStrings")
	if err != nil {
		return nil
	}
	t, err := p.Info.Type(typ)
	if err != nil || t.Len <= 0 || t.Len > 1<<10 {
		return nil
	}
	reasons := make([]string, t.Len)
	for i := range reasons {
		reasons[i], _ = p.ReadString(addr+uint64(i)*2*word, 256)
	}
	return reasons
}

// started is about when the runtime set runtimeInitTime.
var started = clock.Now()

// now returns the time of the runtime's clock, 0 if it isn't known. Outside Linux it is
// too early by the time that the program took to initialise its packages.
func (p *Process) now() int64 {
	if t := unsafely.Monotonic(); t != 0 {
		return t
	}
	init, err := p.Value("runtime.runtimeInitTime")
	if err != nil {
		return 0
	}
	return int64(init) + int64(clock.Now().Sub(started))
}
