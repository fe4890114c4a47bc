package target

import "coredumpy/internal/ptrace"

// The registers of a running goroutine are in a thread. In this process we can't get them;
// in another one we can while it is stopped.

// At says where a goroutine is when the runtime's tables don't: a signal came while it
// ran, and its thread runs the handler.
type At struct {
	G      uint64 // address of its runtime.g
	PC, SP uint64
	// Saved says that the goroutine waits on a system stack instead, and continues where
	// the runtime has saved it. It doesn't matter what its thread does then: it may handle
	// a signal that came on the system stack.
	Saved bool
}

// running finds where a goroutine is that is running on a thread, on the stack s. It
// reports whether that is known.
func (p *Process) running(g *Goroutine, l *gLayout, s *StackCopy) bool {
	a := archOf(p.Info.GOARCH())
	if p.At.G == g.addr && p.At.Saved {
		return true
	}
	if p.At.G == g.addr && s.Lo < p.At.SP && p.At.SP < s.Hi {
		g.pc, g.sp, g.regs = p.At.PC, p.At.SP, &Registers{}
		p.inContext(a.faultRegs, g.sp, g.pc, func(v uint64) uint64 { return v }, g.regs)
		return true
	}
	m := g.field(l.m)
	t := p.thread(m, l)
	if t == nil {
		return false
	}
	if s.Lo < t.SP && t.SP <= s.Hi {
		g.pc, g.sp, g.regs = t.PC, t.SP, &Registers{}
		for r, v := range t.Regs {
			if r < numReg {
				g.regs.set(r, v)
			}
		}
		return true
	}
	// The thread runs the runtime's own code on another stack, and the goroutine continues
	// where it was saved; but a signal handler saves it elsewhere.
	return !p.onSignalStack(t, m, l)
}

// thread returns the thread of the runtime.m at addr.
func (p *Process) thread(m uint64, l *gLayout) *ptrace.Thread {
	if m == 0 || len(p.Threads) == 0 {
		return nil
	}
	id, err := p.ReadWord(m + uint64(l.procid))
	if err != nil {
		return nil
	}
	for i := range p.Threads {
		if t := &p.Threads[i]; uint64(t.ProcID) == id && t.SP != 0 {
			return t
		}
	}
	return nil
}

// onSignalStack reports whether a thread runs a signal handler.
func (p *Process) onSignalStack(t *ptrace.Thread, m uint64, l *gLayout) bool {
	g, err := p.ReadWord(m + uint64(l.gsignal))
	if err != nil || g == 0 {
		return true
	}
	lo, err1 := p.ReadWord(g + uint64(l.lo))
	hi, err2 := p.ReadWord(g + uint64(l.hi))
	return err1 != nil || err2 != nil || lo <= t.SP && t.SP < hi
}
