package target

import (
	"errors"
	"fmt"
	"math/bits"
	"strings"

	"coredumpy/internal/debuginfo"
)

// Frame is one call on a stack, with what is needed to find its variables. Calls that were
// inlined are frames of their own, with the registers and memory of the frame they were
// inlined in.
type Frame struct {
	Place
	PC        uint64
	Package   string
	Inlined   bool
	Optimized bool
	Bare      bool // the package was compiled without debug information

	Call *debuginfo.Call
	Regs *Registers
	CFA  uint64
	G    *Goroutine
	Last bool // the call in the frame doesn't return

	Stopped  bool // it isn't in a call
	Returned bool // its deferred calls run, and it continues to its end
}

// numReg is above the numbers of all registers that are kept.
const numReg = 34

// Registers holds the known registers of a frame, by DWARF number. After a call only one
// is known, the stack pointer.
type Registers struct {
	known uint64          // a bit for each
	one   uint64          // its value, if only one is known
	all   *[numReg]uint64 // nil if only one is known

	// Dead is set if the collector doesn't scan them, as after a panic.
	Dead bool
	// Fault is set if they come from a signal that made the frame panic.
	Fault bool
}

// Known returns how many of them are known.
func (r *Registers) Known() int { return bits.OnesCount64(r.known) }

// Get returns the value of the n-th register, if it is known.
func (r *Registers) Get(n int) (uint64, bool) {
	switch {
	case n < 0 || n >= numReg || r.known&(1<<n) == 0:
		return 0, false
	case r.all == nil:
		return r.one, true
	}
	return r.all[n], true
}

func (r *Registers) set(n int, v uint64) {
	if r.all == nil {
		if r.known&^(1<<n) == 0 {
			r.known, r.one = 1<<n, v
			return
		}
		r.all = new([numReg]uint64)
		r.all[bits.TrailingZeros64(r.known)] = r.one
	}
	r.all[n] = v
	r.known |= 1 << n
}

// clone returns a copy of r.
func (r *Registers) clone() *Registers {
	c := *r
	if c.all != nil {
		all := *c.all
		c.all = &all
	}
	return &c
}

// site is what is known about a pc, the same in every goroutine.
type site struct {
	fn    *debuginfo.Func
	calls []debuginfo.Call
	row   debuginfo.Row
	ok    bool // row is valid
}

// noReturn reports whether a function of the runtime never returns to its caller, so that
// nothing in the caller is live.
func noReturn(name string) bool {
	name, ok := strings.CutPrefix(name, "runtime.")
	return ok && (name == "gopanic" || name == "sigpanic" || name == "Goexit" ||
		strings.HasPrefix(name, "panic") || strings.HasPrefix(name, "goPanic"))
}

// site returns the site at the run-time address pc.
func (p *Process) site(pc uint64) *site {
	if s := p.sites[pc]; s != nil {
		return s
	}
	s := &site{}
	static := pc - p.Slide
	if fn, ok := p.Info.Func(static); ok {
		s.fn = fn
		s.calls = fn.Calls(static)
		if len(s.calls) > 0 && s.calls[0].Bare && p.inlined != nil {
			s.calls = p.inlined(pc, s.calls[0])
		}
	}
	s.row, s.ok = p.Info.Unwind(static)
	p.sites[pc] = s
	return s
}

// A stack ends at these functions.
var outermost = map[string]bool{
	"runtime.goexit": true, "runtime.mstart": true, "runtime.rt0_go": true, "runtime.mcall": true,
}

// The program didn't call these functions: a signal or a preemption made it seem so. The
// frame below them stopped exactly at its pc, not after a call.
var injected = map[string]bool{
	"runtime.sigpanic": true, "runtime.asyncPreempt": true, "runtime.sigpanic0": true, "runtime.debugCallV2": true,
}

// Outermost reports whether a stack ends at the function called name.
func Outermost(name string) bool { return outermost[name] }

// maxOmitted bounds how many frames are counted: a stack of 1 GB, the runtime's limit, can
// have many millions.
const maxOmitted = 1 << 20

// stackWalk is a walk along a goroutine's stack, at one of its frames.
type stackWalk struct {
	p     *Process
	g     *Goroutine
	arch  *arch
	limit int

	pc     uint64 // where the frame continues
	lookup uint64 // an address in the frame's current call
	exact  bool   // it isn't in a call
	below  string // the function that it called
	regs   *Registers

	frames  []Frame
	omitted int

	faulted int  // the frame with the registers of a fault; 0 if none
	blind   bool // those registers aren't used
}

// Stack walks a goroutine's stack, innermost frame first. It leaves out and counts the
// frames beyond limit. The error says why it didn't reach the outermost frame.
func (p *Process) Stack(g *Goroutine, limit int) (frames []Frame, omitted int, err error) {
	switch {
	case g.runs:
		return nil, 0, errors.New("it ran whenever its stack was copied")
	case g.stack < 0:
		return nil, 0, errors.New("it was running on a thread of its own: its registers aren't known")
	}
	w := &stackWalk{p: p, g: g, arch: archOf(p.Info.GOARCH()), limit: limit}
	w.begin()
	for {
		done, err := w.step()
		if (done || err != nil) && w.mayHaveMoved() {
			w.blind = true
			w.begin()
			continue
		}
		if done || err != nil {
			p.depth = len(w.frames)
			return w.frames, w.omitted, err
		}
	}
}

// begin goes to the innermost frame.
func (w *stackWalk) begin() {
	p, g := w.p, w.g
	w.regs = &Registers{}
	if g.regs != nil {
		w.regs = g.regs.clone()
	}
	w.regs.set(w.arch.sp, g.sp)
	w.below, w.omitted = "", 0
	w.frames = make([]Frame, 0, min(p.depth, w.limit))
	g.Phys = make([]PhysFrame, 0, min(p.depth, w.limit))
	w.pc, w.lookup = g.pc, g.pc-1
	w.exact = g.regs != nil
	if w.exact {
		w.lookup = w.pc
	} else if s := p.site(g.pc); s.fn != nil && s.fn.Entry == g.pc-p.Slide {
		w.lookup = g.pc // it hasn't run yet
		if w.arch.lr >= 0 {
			w.regs.set(w.arch.lr, g.field(p.gl.lr))
		}
	}
}

// step adds a frame, and goes to its caller. done says that there is none.
func (w *stackWalk) step() (done bool, err error) {
	s := w.p.site(w.lookup)
	base, ok := w.regs.Get(s.row.CFAReg)
	if s.fn == nil || !s.ok || !ok {
		return false, fmt.Errorf("nothing known of the code at %#x: its callers are missing", w.pc)
	}
	cfa := base + uint64(s.row.CFAOffset)
	w.add(s, cfa)
	switch {
	case outermost[s.fn.Name]:
		return true, nil
	case w.omitted >= maxOmitted:
		return false, fmt.Errorf("more than %d frames: the others weren't counted", w.limit+maxOmitted)
	}
	pc, regs, ok := w.p.caller(w.arch, s, cfa, w.regs)
	if !ok {
		return false, fmt.Errorf("the caller of %s wasn't found", s.fn.Name)
	}
	if regs.Fault {
		regs = w.fault(regs)
	}
	w.pc, w.lookup, w.regs, w.below, w.exact = pc, pc-1, regs, s.fn.Name, false
	if injected[s.fn.Name] {
		w.lookup = pc
	}
	return false, nil
}

// add adds the frame at s, and the frames of the calls inlined into it.
func (w *stackWalk) add(s *site, cfa uint64) {
	preempted := w.below == "runtime.asyncPreempt"
	if sp, _ := w.regs.Get(w.arch.sp); len(w.frames) < w.limit {
		w.g.Phys = append(w.g.Phys, PhysFrame{
			PC: w.pc, SP: sp, CFA: cfa, Panicked: noReturn(w.below), Conservative: w.exact || preempted,
		})
	}
	for i := range s.calls {
		if len(w.frames) == w.limit {
			w.omitted++
			continue
		}
		c := &s.calls[i]
		w.frames = append(w.frames, Frame{
			Place: Place{c.Name, c.File, c.Line}, PC: w.pc, Package: c.Package,
			Inlined: c.Inlined, Optimized: c.Optimized, Bare: c.Bare,
			Call: c, Regs: w.regs, CFA: cfa, G: w.g, Last: w.exact || noReturn(w.below),
			Stopped: w.below == "" || preempted, Returned: w.below == "runtime.deferreturn",
		})
	}
}

// caller returns pc and registers of the caller of the frame at s.
func (p *Process) caller(a *arch, s *site, cfa uint64, regs *Registers) (uint64, *Registers, bool) {
	pc, err := uint64(0), error(nil)
	if off, ok := s.row.Saved[s.row.RAReg]; ok {
		pc, err = p.ReadWord(cfa + uint64(off))
	} else if a.lr < 0 {
		pc, err = p.ReadWord(cfa - word)
	} else if lr, ok := regs.Get(a.lr); ok {
		pc = lr
	} else {
		return 0, nil, false
	}
	if err != nil || pc == 0 {
		return 0, nil, false
	}
	next := &Registers{}
	next.set(a.sp, cfa)
	switch sp, _ := regs.Get(a.sp); s.fn.Name {
	case "runtime.asyncPreempt":
		p.restore(s.fn.Name, sp, next)
	case "runtime.panicBounds":
		p.restore(s.fn.Name, sp, next)
		next.Dead = true
	case "runtime.sigpanic":
		if entry, ok := p.Info.FuncByName(a.faultEntry); ok {
			next.Fault = p.faulted(a.faultRegs, cfa-a.callSize, entry.Entry+p.Slide, next)
			next.Dead = true
		}
	}
	if a.lr >= 0 && injected[s.fn.Name] {
		// The signal handler pushed the link register of the function it
		// interrupted (runtime/signal_arm64.go, preparePanic and pushCall).
		lr, err := p.ReadWord(cfa)
		if err != nil {
			return 0, nil, false
		}
		next.set(a.lr, lr)
		next.set(a.sp, cfa+16)
	}
	return pc, next, true
}

// IsRuntime reports whether the frame belongs to the runtime itself, whose
// variables are of no use to the program's author.
func (f *Frame) IsRuntime() bool {
	return f.Package == "runtime" || strings.HasPrefix(f.Package, "internal/runtime/")
}

// PhysFrame is a frame as the collector sees it, without inlined calls.
type PhysFrame struct {
	PC, SP, CFA  uint64
	Panicked     bool // it doesn't continue from pc
	Conservative bool // it was preempted at pc: all of its words are live
}

// FrameBounds returns the end of a frame's variables and the beginning of its arguments
// (runtime/traceback.go, unwinder.resolveInternal).
func (p *Process) FrameBounds(f *PhysFrame) (varp, argp uint64) {
	varp, argp = f.CFA, f.CFA
	if p.Info.GOARCH() == "arm64" {
		argp += argsAboveCFAArm64
	} else {
		varp -= word // the return address
	}
	if varp > f.SP {
		varp -= word // the saved frame pointer
	}
	return varp, argp
}

// FuncAt returns the function at the run-time address pc; nil if it isn't known.
func (p *Process) FuncAt(pc uint64) *debuginfo.Func { return p.site(pc).fn }

// FrameSize returns the distance from the stack pointer to the call-frame address at pc,
// and the name of the function there.
func (p *Process) FrameSize(pc uint64) (function string, size uint64, ok bool) {
	s := p.site(pc)
	if s.fn == nil || !s.ok {
		return "", 0, false
	}
	return s.fn.Name, uint64(s.row.CFAOffset), true
}
