package target

import (
	"cmp"
	"fmt"
)

// When a goroutine faults, say on a nil pointer, the kernel saves its registers on the
// thread's signal stack, and the runtime makes it look as if the faulting instruction had
// called sigpanic. The code that runs next overwrites the registers, but not that copy,
// until the thread gets its next signal. So we copy it at once, see [SignalStack]. If it
// has the stack pointer and the pc that the runtime set, it belongs to this fault.

// faulted adds the registers of a goroutine that faulted to regs: sp and pc are their
// values when sigpanic began. It reports whether they were found.
func (p *Process) faulted(order []int, sp, pc uint64, regs *Registers) bool {
	s := p.layers.stack(sp)
	if s == nil {
		return false
	}
	// The stack may have moved since.
	return p.inContext(order, sp, pc, func(sp uint64) uint64 { return p.Relocate(s, sp) }, regs)
}

// inContext adds the registers from the context of a signal that came at this stack
// pointer and pc. It reports whether they were found.
func (p *Process) inContext(order []int, sp, pc uint64, follow func(sp uint64) uint64, regs *Registers) bool {
	n := len(order) * word
	for off := n; n > 0 && off+2*word <= len(p.Signal); off += word {
		if follow(le64(p.Signal[off:])) != sp || le64(p.Signal[off+word:]) != pc {
			continue
		}
		for i, r := range order {
			regs.set(r, le64(p.Signal[off-n+i*word:]))
		}
		return true
	}
	return false
}

// fault notes that a frame has the registers of a fault, and returns those to use.
func (w *stackWalk) fault(regs *Registers) *Registers {
	if !w.blind {
		w.faulted = cmp.Or(w.faulted, len(w.g.Phys))
		return regs
	}
	few := &Registers{Dead: true}
	for _, r := range []int{w.arch.sp, w.arch.lr} {
		if v, ok := regs.Get(r); ok {
			few.set(r, v)
		}
	}
	return few
}

// mayHaveMoved reports whether the goroutine may have waited since it faulted, and be on another
// thread: that one's signal stack may have the registers of an earlier fault in the same place. It
// waits nowhere but in deferred calls; that it was preempted in the moment between isn't seen. If
// it dumps itself in one of those calls, those of the frames further in have run.
func (w *stackWalk) mayHaveMoved() bool {
	if w.faulted == 0 || w.blind {
		return false
	}
	until := uint64(0)
	if !w.p.Unwound {
		if until = w.p.Deferring(w.g); until == 0 {
			return false
		}
	}
	for _, f := range w.g.Phys[min(w.faulted, len(w.g.Phys)):] {
		if f.SP == until {
			return false
		}
		if w.p.Defers(f.PC) {
			return true
		}
	}
	return w.omitted > 0
}

// Interrupted returns where a signal interrupted the code, given the runtime.sigctxt at c.
func (p *Process) Interrupted(c uint64) (pc, sp uint64, err error) {
	if p.Info.GOARCH() != "amd64" {
		return 0, 0, fmt.Errorf("not known on %s", p.Info.GOARCH())
	}
	ctxt, err := p.ReadWord(c + word) // sigctxt: info, ctxt
	if err != nil {
		return 0, 0, err
	}
	offsets := contextOffsets[p.Info.GOARCH()]
	if sp, err = p.ReadWord(ctxt + offsets.sp); err != nil {
		return 0, 0, err
	}
	pc, err = p.ReadWord(ctxt + offsets.pc)
	return pc, sp, err
}

// InterruptedOn returns where the last signal came that was handled on the signal stack
// from s[0] to s[1]; 0 if that isn't known. The kernel has put a ucontext_t there. We
// recognise it because it names the stack: uc_stack, behind two words
// (asm-generic/ucontext.h).
func (p *Process) InterruptedOn(s [2]uint64) (pc, sp uint64) {
	offsets, ok := contextOffsets[p.Info.GOARCH()]
	if !ok || s[1] <= s[0] {
		return 0, 0
	}
	const stack = 2 * word
	for at := s[1] - 16*word; at > s[0]+stack; at -= word {
		lo, err := p.ReadWord(at)
		if err != nil {
			return 0, 0
		}
		if size, _ := p.ReadWord(at + 2*word); lo != s[0] || size != s[1]-s[0] {
			continue
		}
		sp, _ = p.ReadWord(at - stack + offsets.sp)
		pc, _ = p.ReadWord(at - stack + offsets.pc)
		return pc, sp
	}
	return 0, 0
}

// contextOffsets are the offsets of stack pointer and program counter in ucontext_t
// (runtime/defs_linux_amd64.go and defs_linux_arm64.go: ucontext, sigcontext).
var contextOffsets = map[string]struct{ sp, pc uint64 }{
	"amd64": {160, 168},
	"arm64": {432, 440},
}
