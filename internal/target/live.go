package target

import (
	"slices"
	"strings"
)

// A variable that the program won't use any more isn't kept by the collector:
// what it points to may have been freed, and the memory used for something
// else. Debuggers show that as the variable's value. Here the runtime's own
// maps of live words decide whether a variable can be vouched for.

// liveSet tells which words of a goroutine's stack the collector looks at.
type liveSet struct {
	stack   *stackCopy
	words   []liveness // from stack.sp
	objects []liveObject
	// vague has the frames of which all words count, pointers or not.
	vague []span
}

// liveness tells whether the program will use a word.
type liveness uint8

const (
	dead liveness = iota
	// lately: a panic is why it won't be used any more, and hardly anything has
	// happened since. It was live at the call before, as the code goes, which need
	// not be the one that ran before.
	lately
	live
)

type liveObject struct {
	lo, hi uint64
	live   liveness
}

// live computes the live words of a goroutine. It returns nil if they can't be
// told.
func (p *Process) live(g *Goroutine) *liveSet {
	if g.stack < 0 {
		return nil
	}
	s := &p.layers.stacks[g.stack]
	l := &liveSet{stack: s, words: make([]liveness, (s.hi-s.sp+word-1)/word)}
	for i := range g.phys {
		f := &g.phys[i]
		if f.conservative {
			l.vague = append(l.vague, span{lo: f.sp, hi: f.cfa})
			l.mark(live, f.sp, bitmap{n: int(f.cfa-f.sp) / word})
			continue
		}
		m, err := p.cachedMaps(f)
		if err != nil {
			return nil
		}
		varp, argp := p.frameBounds(f)
		as := live
		if f.panicked && p.deferredRan(g, i) {
			as = dead
		} else if f.panicked {
			as = lately
		}
		l.mark(as, varp-uint64(m.locals.n)*word, m.locals)
		l.mark(as, argp, m.args)
		for _, o := range m.objects {
			lo := argp + uint64(o.off)
			if o.off < 0 {
				lo = varp + uint64(o.off)
			}
			l.objects = append(l.objects, liveObject{lo: lo, hi: lo + uint64(o.size)})
		}
	}
	p.reach(l)
	return l
}

// deferredRan reports whether deferred calls may have run since the panic in a
// frame: such as take any time, and collect garbage. The frame whose deferred call
// has recovered counts as one without others.
func (p *Process) deferredRan(g *Goroutine, panicked int) bool {
	running := p.recovering(g)
	for _, f := range g.phys[panicked:] {
		if f.sp == running {
			return false
		}
		s := p.site(f.pc - 1)
		if s.fn == nil || strings.HasPrefix(s.fn.Name, "runtime.") || strings.HasPrefix(s.fn.Name, "testing.") {
			continue
		}
		if p.defers(f.pc) {
			return true
		}
	}
	return false
}

// recovering returns the stack pointer of the frame of which a deferred call runs
// that has recovered from a panic; 0 if there is none.
func (p *Process) recovering(g *Goroutine) uint64 {
	addr := g.field(p.gl.panics)
	if addr == 0 {
		return 0
	}
	typ, ok := p.Info.TypeByName("runtime._panic")
	if !ok {
		return 0
	}
	sp, ok1 := p.Info.StructField(typ, "sp")
	recovered, ok2 := p.Info.StructField(typ, "recovered")
	if !ok1 || !ok2 {
		return 0
	}
	var b [1]byte
	if p.Mem.Read(b[:], addr+uint64(recovered.Offset)) != nil || b[0] == 0 {
		return 0
	}
	at, _ := p.ReadWord(addr + uint64(sp.Offset))
	return at
}

// resumption is where a frame goes on, which its maps depend on.
type resumption struct {
	pc       uint64
	panicked bool
}

func (p *Process) cachedMaps(f *physFrame) (*stackMaps, error) {
	k := resumption{f.pc, f.panicked}
	if m := p.maps[k]; m != nil {
		return m, nil
	}
	m, err := p.stackMaps(f.pc, f.panicked)
	if err == nil {
		p.maps[k] = m
	}
	return m, err
}

// mark marks those of the words at addr that which tells, or all if it has no
// bits.
func (l *liveSet) mark(as liveness, addr uint64, which bitmap) {
	for i := range which.n {
		if w := (addr - l.stack.sp) / word; w < uint64(len(l.words)) && (which.b == nil || which.has(i)) {
			l.words[w] = max(l.words[w], as)
		}
		addr += word
	}
}

// reach marks the stack objects that live words point to, directly or through
// other objects. All words of an object count as pointers.
func (p *Process) reach(l *liveSet) {
	if len(l.objects) == 0 {
		return
	}
	for changed := true; changed; {
		changed = false
		for w, as := range l.words {
			if as == dead || (w+1)*word > len(l.stack.data) {
				continue // beyond what is copied
			}
			to := p.relocate(l.stack, le64(l.stack.data[w*word:]))
			if to < l.stack.lo || to >= l.stack.hi {
				continue
			}
			for i := range l.objects {
				if o := &l.objects[i]; o.live < as && o.lo <= to && to < o.hi {
					o.live, changed = as, true
					l.mark(as, o.lo, bitmap{n: int(o.hi-o.lo+word-1) / word})
				}
			}
		}
	}
}

// word tells of the word at addr. Memory that isn't on the stack is somebody
// else's to keep.
func (l *liveSet) word(addr uint64) liveness {
	if addr < l.stack.lo || addr >= l.stack.hi {
		return live
	}
	if w := (addr - l.stack.sp) / word; addr >= l.stack.sp && w < uint64(len(l.words)) {
		return l.words[w]
	}
	return dead
}

// pointer reports whether the word at addr certainly holds a pointer.
func (l *liveSet) pointer(addr uint64) bool {
	return l.stack.sp <= addr && addr < l.stack.hi && l.word(addr) != dead &&
		!slices.ContainsFunc(l.vague, func(s span) bool { return s.lo <= addr && addr < s.hi })
}

// part tells of the pointers in a variable of type t, of which the n bytes from
// off on are at addr: as the worst of them.
func (l *liveSet) part(p *Process, t *Type, addr uint64, off, n int64) liveness {
	worst := live
	for _, at := range t.pointerWords() {
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
