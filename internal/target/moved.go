package target

import (
	"encoding/binary"

	"coredumpy/internal/gotypes"
)

// When a stack grows, the runtime moves it, and adjusts only those pointers into it that
// the program will still use. A frame that panicked uses nothing any more, so a slice
// backed by an array on the stack may well point to where that array once was. Debuggers
// show what is there now. We correct such a pointer when we follow it: data on a moved
// stack keeps its distance from the upper end, and the table of spans says where the old
// stack ended. The copy of the stack stays as it was found: only when we follow a word do
// we know that it is a pointer.

// Move says that a word of a stack was at one address and is at another now. From it we
// recognise pointers into the old stack even if its memory is used for something else.
type Move struct{ Was, Is uint64 }

// follow returns where a pointer leads that has the value to and is stored at addr.
func (p *Process) follow(addr, to uint64) uint64 {
	if p.spans == nil || to == 0 {
		return to
	}
	if s := p.layers.stack(addr); s != nil {
		return p.Relocate(s, to)
	}
	return to
}

// Relocate returns where v, a pointer on the stack s, leads now that s has moved.
func (p *Process) Relocate(s *StackCopy, v uint64) uint64 {
	if p.spans == nil || s.Lo <= v && v < s.Hi {
		return v
	}
	if m := p.Move; m.Was != m.Is && s.Lo <= m.Is && m.Is < s.Hi {
		// Below the word that moved were calls that have returned since.
		if end := s.Hi - (m.Is - m.Was); m.Was <= v && v < end {
			return v + (m.Is - m.Was)
		}
	}
	old := find(p.spans.stacks, v)
	if old == nil {
		return v
	}
	p.guesses++
	if other := p.layers.stack(v); other != nil && v >= other.SP && old.size >= s.Hi-s.Lo {
		// Only the collector shrinks stacks. So this is a pointer of unsafe code into the
		// stack of another goroutine.
		return v
	}
	return s.moved(v, min(old.lo+((v-old.lo)/old.size+1)*old.size, old.hi))
}

// RelocatePointers corrects the pointers in a value of type t that is composed of parts of
// a goroutine's stack and of registers.
func (p *Process) RelocatePointers(g *Goroutine, t *gotypes.Type, value []byte) {
	s := p.CopyOf(g)
	if s == nil {
		return
	}
	for _, off := range t.PointerWords() {
		if off >= 0 && off+word <= int64(len(value)) {
			at := value[off : off+word]
			binary.LittleEndian.PutUint64(at, p.Relocate(s, le64(at)))
		}
	}
}

// Guesses counts the pointers into a stack's old place that we followed. They lead astray
// if the old stack was freed, and a stack of another size is there now.
func (p *Process) Guesses() int { return p.guesses }

// lost is where a pointer leads whose target on a stack is gone.
const lost = synthetic + 1<<40

// moved returns where v points now that the stack which ended at end has become s.
func (s *StackCopy) moved(v, end uint64) uint64 {
	if now := s.Hi - (end - v); now >= s.SP && now < s.Hi {
		return now
	}
	return lost
}
