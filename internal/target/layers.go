package target

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"
	"sort"

	"coredumpy/internal/caveat"
	"coredumpy/internal/memory"
)

// synthetic is the first address that we give to bytes without one, such as a variable
// held in registers. No process has memory there: the address isn't canonical on amd64,
// and is beyond any user address on arm64.
const synthetic = 0xc0de_0000_0000_0000

// Synthetic reports whether addr was made up by this package.
func Synthetic(addr uint64) bool { return addr >= synthetic && addr < synthetic+1<<40 }

// StackCopy is a copy of the used part of a goroutine's stack, made at the beginning of a
// capture so that all frames are of one moment.
type StackCopy struct {
	Lo, SP, Hi uint64 // the stack is [lo, hi), in use is [sp, hi)
	Data       []byte // of [sp, hi)
}

// Range is the bytes from Lo on, before Hi.
type Range struct{ Lo, Hi uint64 }

// layered is a process's memory with the copies of stacks over it, and with synthetic
// addresses.
type layered struct {
	base   memory.Reader
	stacks []StackCopy // sorted by lo
	stale  []span      // memory that belongs to stacks, copied or not, sorted; see setStale
	apart  span        // the gap between two of them that the last read was in
	tidy   bool        // stacks are sorted and don't overlap
	beside Range       // if so, the gap between two of them in which we last looked for one
	copied uint64      // bytes of stacks
	system Range       // a thread's system stack that something else has used since
	made   []byte      // memory at synthetic
	gaps   []Range     // in made: bytes that aren't known
}

func (m *layered) Read(p []byte, addr uint64) error {
	if addr >= lost && addr < lost+1<<40 {
		return caveat.Reason{Kind: caveat.StackMoved}
	}
	if Synthetic(addr) {
		return m.readMade(p, addr)
	}
	if s := m.stack(addr); s != nil {
		return m.readStack(p, addr, s)
	}
	if m.system.Lo <= addr && addr < m.system.Hi {
		return caveat.Reason{Kind: caveat.FrameOfC, Addr: addr}
	}
	if m.onStack(addr) {
		return caveat.Reason{Kind: caveat.StackLeft, Addr: addr}
	}
	return m.base.Read(p, addr)
}

// readMade reads from a synthetic address.
func (m *layered) readMade(p []byte, addr uint64) error {
	off := addr - synthetic
	if off > uint64(len(m.made)) || uint64(len(p)) > uint64(len(m.made))-off {
		return caveat.Reason{Kind: caveat.NoMemory, Addr: addr}
	}
	if m.gap(addr, uint64(len(p))) {
		return caveat.Reason{Kind: caveat.OptimizedOut}
	}
	copy(p, m.made[off:])
	return nil
}

// readStack reads from the copy of the stack that addr is in.
func (m *layered) readStack(p []byte, addr uint64, s *StackCopy) error {
	if addr < s.SP {
		return caveat.Reason{Kind: caveat.StackPartLeft, Addr: addr}
	}
	off := addr - s.SP
	if off >= uint64(len(s.Data)) {
		return m.base.Read(p, addr) // beyond the copy
	}
	if uint64(len(p)) > uint64(len(s.Data))-off {
		return caveat.Reason{Kind: caveat.StackEnd, Addr: addr, N: int64(len(p))}
	}
	copy(p, s.Data[off:])
	return nil
}

// stack returns the copied stack that addr is in. As for onStack, most addresses are in
// the heap, many in a row between the same two stacks.
func (m *layered) stack(addr uint64) *StackCopy {
	if m.beside.Lo <= addr && addr < m.beside.Hi {
		return nil
	}
	n := len(m.stacks)
	if n == 0 || addr < m.stacks[0].Lo || addr >= m.stacks[n-1].Hi {
		return nil
	}
	i := sort.Search(n, func(i int) bool { return m.stacks[i].Hi > addr })
	if i < n && m.stacks[i].Lo <= addr {
		return &m.stacks[i]
	}
	if m.tidy {
		m.beside = Range{m.stacks[i-1].Hi, m.stacks[i].Lo} // addr is behind the first and before the last
	}
	return nil
}

// setStacks sets the copies of stacks, in any order.
func (m *layered) setStacks(stacks []StackCopy) {
	m.stacks, m.tidy, m.beside = stacks, false, Range{}
}

// sortStacks sorts the copies by address. The stacks of goroutines that ended or grew
// while others were copied may overlap.
func (m *layered) sortStacks() {
	slices.SortFunc(m.stacks, func(a, b StackCopy) int { return cmp.Compare(a.SP, b.SP) })
	m.tidy, m.beside = true, Range{}
	for i := 1; i < len(m.stacks); i++ {
		m.tidy = m.tidy && m.stacks[i-1].Hi <= m.stacks[i].Lo
	}
}

// setStale sets which memory belongs to stacks.
func (m *layered) setStale(spans []span) { m.stale, m.apart = spans, span{} }

// onStack reports whether addr belongs to a stack. Most reads are from the heap, many in a
// row between the same two stacks.
func (m *layered) onStack(addr uint64) bool {
	if m.apart.lo <= addr && addr < m.apart.hi {
		return false
	}
	i := sort.Search(len(m.stale), func(i int) bool { return m.stale[i].hi > addr })
	if i < len(m.stale) && m.stale[i].lo <= addr {
		return true
	}
	m.apart = span{hi: math.MaxUint64}
	if i > 0 {
		m.apart.lo = m.stale[i-1].hi
	}
	if i < len(m.stale) {
		m.apart.hi = m.stale[i].lo
	}
	return false
}

// gap reports whether any of n bytes at addr isn't known.
func (m *layered) gap(addr, n uint64) bool {
	i := sort.Search(len(m.gaps), func(i int) bool { return m.gaps[i].Hi > addr })
	return i < len(m.gaps) && m.gaps[i].Lo < addr+n
}

// compose gives bytes an address. Those in gaps aren't known.
func (m *layered) compose(b []byte, gaps ...Range) uint64 {
	addr := synthetic + uint64(len(m.made))
	for _, g := range gaps {
		m.gaps = append(m.gaps, Range{addr + g.Lo, addr + g.Hi})
	}
	m.made = append(m.made, b...)
	for len(m.made)%word != 0 {
		m.made = append(m.made, 0)
	}
	return addr
}

// Interface gives the two words of an empty interface an address.
func (p *Process) Interface(words [2]uint64) uint64 {
	b := binary.LittleEndian.AppendUint64(make([]byte, 0, 2*word), words[0])
	return p.layers.compose(binary.LittleEndian.AppendUint64(b, words[1]))
}

// Compose gives a value without an address one. The bytes in gaps, counted from the
// value's beginning, aren't known.
func (p *Process) Compose(b []byte, gaps ...Range) uint64 { return p.layers.compose(b, gaps...) }

// Gap reports whether any of n bytes at addr isn't known, as Compose was told.
func (p *Process) Gap(addr, n uint64) bool { return p.layers.gap(addr, n) }

// CopyOf returns the copy of a goroutine's stack; nil if there is none.
func (p *Process) CopyOf(g *Goroutine) *StackCopy {
	if g.stack < 0 {
		return nil
	}
	return &p.layers.stacks[g.stack]
}
