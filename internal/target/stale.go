package target

import (
	"encoding/binary"
	"slices"
)

// When a stack grows, the runtime moves it, and adjusts only those pointers into
// it that the program will still use. In a frame that panicked nothing will be
// used any more, so a slice backed by an array on the stack may well point to
// where that array once was. Debuggers show what is there now. Here such
// pointers are brought up to date in the copy of the stack: a moved stack keeps
// its distances from its upper end, and the table of spans tells where the old
// one ended.

// repairStacks brings pointers into stacks that have moved up to date.
func (p *Process) repairStacks() {
	spans := p.spans.stacks
	if len(spans) == 0 {
		return
	}
	lo, hi := spans[0].lo, spans[len(spans)-1].hi
	for i := range p.layers.stacks {
		s := &p.layers.stacks[i]
		for data := s.data; len(data) >= word; data = data[word:] {
			if v := le64(data); lo <= v && v < hi {
				if to := p.relocate(s, v); to != v {
					if s.asFound == nil {
						s.asFound = slices.Clone(s.data)
					}
					binary.LittleEndian.PutUint64(data, to)
				}
			}
		}
	}
	p.layers.stale = spans
}

// relocate returns where v, which is of the stack s, leads since s has moved.
func (p *Process) relocate(s *stackCopy, v uint64) uint64 {
	if p.spans == nil || s.lo <= v && v < s.hi {
		return v
	}
	old := find(p.spans.stacks, v)
	if old == nil {
		return v
	}
	return s.moved(v, min(old.lo+((v-old.lo)/old.size+1)*old.size, old.hi))
}

// lost is where pointers lead whose target on a stack is gone.
const lost = synthetic + 1<<40

// moved returns where v points to now that a stack which ended at end has
// become s.
func (s *stackCopy) moved(v, end uint64) uint64 {
	if now := s.hi - (end - v); now >= s.sp && now < s.hi {
		return now
	}
	return lost
}
