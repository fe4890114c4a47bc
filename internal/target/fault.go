package target

// When a goroutine faults, say on a nil pointer, the kernel saves its registers
// on the thread's signal stack, and the runtime makes it seem as if the
// faulting instruction had called sigpanic. What follows overwrites the
// registers, but not that copy, until the thread gets its next signal. So it is
// put aside at once, see [SignalStack]. If it has the stack pointer and the pc
// that the runtime set, it is the one of this fault.

// faulted adds the registers of a goroutine that faulted to regs: sp and pc are
// those with which sigpanic began. It reports whether they were found.
func (p *Process) faulted(order []int, sp, pc uint64, regs *registers) bool {
	s := p.layers.stack(sp)
	if s == nil {
		return false
	}
	// The stack may have moved since.
	return p.inContext(order, sp, pc, func(sp uint64) uint64 { return p.relocate(s, sp) }, regs)
}

// inContext adds the registers in the context of a signal that came when the stack
// pointer and the pc were these. It reports whether they were found.
func (p *Process) inContext(order []int, sp, pc uint64, follow func(sp uint64) uint64, regs *registers) bool {
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
