package variables

import (
	"encoding/binary"
	"slices"

	"coredumpy/internal/gotypes"
	"coredumpy/internal/target"
)

// The collector doesn't keep what a variable points to that the program won't use any
// more: it may have been freed, and its memory reused. Debuggers show that memory as the
// variable's value. We ask the runtime's own maps of live words which variables are still
// used; finder.go decides by them.

// liveSet says which words of a goroutine's stack the collector scans.
type liveSet struct {
	stack   *target.StackCopy
	words   []liveness // from stack.sp
	objects []liveObject
	// vague holds the frames in which all words count, pointers or not.
	vague []target.Range
}

// liveness says whether the program will use a word.
type liveness uint8

const (
	dead liveness = iota
	// lately: because of a panic the program won't use it any more, but hardly anything
	// has happened since. It was live at the call that precedes this one in the code,
	// which need not be the one that ran before.
	lately
	live
)

type liveObject struct {
	lo, hi uint64
	live   liveness
}

// live computes the live words of a goroutine, nil if they aren't known.
func (f *Finder) live(g *target.Goroutine) *liveSet {
	s := f.p.CopyOf(g)
	if s == nil {
		return nil
	}
	l := &liveSet{stack: s, words: make([]liveness, (s.Hi-s.SP+gotypes.Word-1)/gotypes.Word)}
	for i := range g.Phys {
		frame := &g.Phys[i]
		if frame.Conservative {
			l.vague = append(l.vague, target.Range{Lo: frame.SP, Hi: frame.CFA})
			l.mark(live, frame.SP, target.Bitmap{N: int(frame.CFA-frame.SP) / gotypes.Word})
			continue
		}
		m, err := f.cachedMaps(frame)
		if err != nil {
			return nil
		}
		varp, argp := f.p.FrameBounds(frame)
		as := live
		if frame.Panicked && deferredRan(f.p, g, i) {
			as = dead
		} else if frame.Panicked {
			as = lately
		}
		l.mark(as, varp-uint64(m.Locals.N)*gotypes.Word, m.Locals)
		l.mark(as, argp, m.Args)
		for _, o := range m.Objects {
			lo := argp + uint64(o.Off)
			if o.Off < 0 {
				lo = varp + uint64(o.Off)
			}
			l.objects = append(l.objects, liveObject{lo: lo, hi: lo + uint64(o.Size)})
		}
	}
	l.reach(f.p)
	return l
}

// deferredRan reports whether deferred calls may have run since the panic in a frame. They
// may have run for any time, and garbage may have been collected. The search ends at the
// frame whose deferred call has recovered.
func deferredRan(p *target.Process, g *target.Goroutine, panicked int) bool {
	running := recovering(p, g)
	for _, f := range g.Phys[panicked:] {
		if f.SP == running {
			return false
		}
		if p.Defers(f.PC) {
			return true
		}
	}
	return false
}

// recovering returns the stack pointer of the frame whose deferred call has recovered from
// a panic and is still running; 0 if there is none.
func recovering(p *target.Process, g *target.Goroutine) uint64 {
	addr := p.LastPanicOf(g)
	recovered, err := p.Offset("runtime._panic", "recovered")
	if addr == 0 || err != nil {
		return 0
	}
	var yes [1]byte
	if p.Mem.Read(yes[:], addr+recovered) != nil || yes[0] == 0 {
		return 0
	}
	return p.Deferring(g)
}

// resumption is where a frame continues; its maps depend on that.
type resumption struct {
	pc       uint64
	panicked bool
}

func (f *Finder) cachedMaps(frame *target.PhysFrame) (*target.StackMaps, error) {
	k := resumption{frame.PC, frame.Panicked}
	if m := f.maps[k]; m != nil {
		return m, nil
	}
	m, err := f.p.StackMaps(frame.PC, frame.Panicked)
	if err == nil {
		f.maps[k] = m
	}
	return m, err
}

// mark marks the words at addr that are in the bitmap.
func (l *liveSet) mark(as liveness, addr uint64, which target.Bitmap) {
	for i := range which.N {
		if w := (addr - l.stack.SP) / gotypes.Word; w < uint64(len(l.words)) && (which.Has(i)) {
			l.words[w] = max(l.words[w], as)
		}
		addr += gotypes.Word
	}
}

// reach marks the stack objects that live words point to, directly or through
// other objects. All words of an object count as pointers.
func (l *liveSet) reach(p *target.Process) {
	if len(l.objects) == 0 {
		return
	}
	for changed := true; changed; {
		changed = false
		for w, as := range l.words {
			if as == dead || (w+1)*gotypes.Word > len(l.stack.Data) {
				continue // beyond the copy
			}
			to := p.Relocate(l.stack, binary.LittleEndian.Uint64(l.stack.Data[w*gotypes.Word:]))
			if l.stack.Lo <= to && to < l.stack.Hi && l.reachObjects(to, as) {
				changed = true
			}
		}
	}
}

// reachObjects marks the stack objects at an address, and reports whether one wasn't as live
// before.
func (l *liveSet) reachObjects(addr uint64, as liveness) (changed bool) {
	for i := range l.objects {
		if o := &l.objects[i]; o.live < as && o.lo <= addr && addr < o.hi {
			o.live, changed = as, true
			l.mark(as, o.lo, target.Bitmap{N: int(o.hi-o.lo+gotypes.Word-1) / gotypes.Word})
		}
	}
	return changed
}

// word returns the liveness of the word at addr. Something else keeps memory that isn't on
// this stack: it counts as live.
func (l *liveSet) word(addr uint64) liveness {
	if addr < l.stack.Lo || addr >= l.stack.Hi {
		return live
	}
	if w := (addr - l.stack.SP) / gotypes.Word; addr >= l.stack.SP && w < uint64(len(l.words)) {
		return l.words[w]
	}
	return dead
}

// pointer reports whether the word at addr certainly holds a pointer.
func (l *liveSet) pointer(addr uint64) bool {
	return l.stack.SP <= addr && addr < l.stack.Hi && l.word(addr) != dead &&
		!slices.ContainsFunc(l.vague, func(s target.Range) bool { return s.Lo <= addr && addr < s.Hi })
}

// part returns the liveness of a part of a variable of type t, n bytes from offset off,
// which are at addr: the worst of the pointers in it.
func (l *liveSet) part(p *target.Process, t *gotypes.Type, addr uint64, off, n int64) liveness {
	worst := live
	for _, at := range t.PointerWords() {
		if at < off || at >= off+n {
			continue
		}
		at += int64(addr) - off
		if v, err := p.ReadWord(uint64(at)); err == nil && v != 0 {
			worst = min(worst, l.word(uint64(at)))
		}
	}
	return worst
}
