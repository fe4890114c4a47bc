package target

import (
	"cmp"
	"debug/dwarf"
	"fmt"
	"slices"

	"coredumpy/internal/caveat"
	"coredumpy/internal/gotypes"
)

// The runtime keeps a table of spans: runs of pages that hold objects of one size, or
// stacks. The field names are those of Go 1.24 to 1.27 (runtime/mheap.go); their offsets
// come from debug information.

// maxSpans bounds the table of spans; that is enough for 8 TiB of heap.
const maxSpans = 1 << 30

// maxSpan bounds the size of a span: memory that is changing may say anything.
const maxSpan = 1 << 40

// pageSize is the runtime's, not the machine's.
const pageSize = 8 << 10

// span is a run of pages.
type span struct {
	lo, hi    uint64
	size      uint64 // of an object or a stack
	free      uint64 // objects before this index are allocated
	allocBits uint64 // address of a bit for each object: whether it is allocated
}

// arenaSize is the minimum size of the pieces of address space that the runtime reserves
// for its spans (heapArenaBytes in runtime/malloc.go) and uses for nothing else.
const arenaSize = 64 << 20

// spanTable holds the spans, sorted by address.
type spanTable struct {
	heap, stacks []span
	arenas       map[uint64]bool // numbers of the arenas that have or had spans
	secret       map[uint64]bool // addresses of secret objects, see [Process.SecretMemory]
}

func find(spans []span, addr uint64) *span {
	if len(spans) == 0 || addr < spans[0].lo || addr >= spans[len(spans)-1].hi {
		return nil
	}
	i, _ := slices.BinarySearchFunc(spans, addr, func(s span, addr uint64) int {
		if s.hi <= addr {
			return -1
		}
		return 1
	})
	if s := &spans[i]; s.lo <= addr {
		return s
	}
	return nil
}

// spanLayout holds the offsets of the fields of runtime.mspan that we read.
type spanLayout struct {
	start, pages, state, elem, free, bits int64
}

// spanLayout finds the fields of the struct type at typ in the debug information.
func (p *Process) spanLayout(typ dwarf.Offset) (l spanLayout, err error) {
	for _, f := range []struct {
		off  *int64
		name string
	}{
		{&l.start, "startAddr"}, {&l.pages, "npages"}, {&l.state, "state"},
		{&l.elem, "elemsize"}, {&l.free, "freeindex"}, {&l.bits, "allocBits"},
	} {
		if *f.off, err = gotypes.FieldOffset(p.Info, "runtime.mspan", typ, [2]string{f.name}); err != nil {
			return l, err
		}
	}
	return l, nil
}

// readSpans reads runtime.mheap_.allspans.
func (p *Process) readSpans() (*spanTable, error) {
	addr, heap, err := p.Global("runtime.mheap_")
	if err != nil {
		return nil, err
	}
	all, ok := p.Info.StructField(heap, "allspans")
	if !ok {
		return nil, fmt.Errorf("runtime.mheap not recognised: no field allspans")
	}
	typ, err := p.ElementOf(all.Type, 2) // []*mspan, *mspan
	if err != nil {
		return nil, err
	}
	l, err := p.spanLayout(typ)
	if err != nil {
		return nil, err
	}
	var h [2 * word]byte
	if err := p.layers.base.Read(h[:], addr+uint64(all.Offset)); err != nil {
		return nil, err
	}
	n := le64(h[word:])
	if n > maxSpans {
		return nil, fmt.Errorf("runtime.mheap_.allspans has %d spans", n)
	}
	ptrs := make([]byte, n*word)
	if err := p.layers.base.Read(ptrs, le64(h[:])); err != nil {
		return nil, err
	}
	t := &spanTable{arenas: map[uint64]bool{}}
	size, special := max(l.start, l.pages, l.state, l.elem, l.free, l.bits), p.specialLayout(typ)
	if special != nil {
		size = max(size, special.specials)
	}
	raw := make([]byte, size+word)
	for ; len(ptrs) > 0; ptrs = ptrs[word:] {
		if p.layers.base.Read(raw, le64(ptrs)) != nil {
			continue
		}
		if s := t.add(&l, raw, &p.states); s != nil && special != nil {
			p.addSecrets(t, special, s, le64(raw[special.specials:]))
		}
	}
	byAddr := func(a, b span) int { return cmp.Compare(a.lo, b.lo) }
	slices.SortFunc(t.heap, byAddr)
	slices.SortFunc(t.stacks, byAddr)
	return t, nil
}

// add adds the span that a runtime.mspan describes. It returns it if it is in the heap.
func (t *spanTable) add(l *spanLayout, mspan []byte, states *stateLayout) *span {
	s := span{
		lo: le64(mspan[l.start:]), size: le64(mspan[l.elem:]),
		free: uint64(le16(mspan[l.free:])), allocBits: le64(mspan[l.bits:]),
	}
	s.hi = s.lo + le64(mspan[l.pages:])*pageSize
	if s.hi <= s.lo || s.hi-s.lo > maxSpan {
		return nil
	}
	for i := s.lo / arenaSize; i <= (s.hi-1)/arenaSize; i++ {
		t.arenas[i] = true
	}
	if s.size == 0 || s.size > s.hi-s.lo {
		return nil
	}
	switch uint64(mspan[l.state]) {
	case states.spanInUse:
		t.heap = append(t.heap, s)
		return &s
	case states.spanManual:
		t.stacks = append(t.stacks, s)
	}
	return nil
}

// InHeap reports whether addr is in the heap.
func (p *Process) InHeap(addr uint64) bool { return p.spans != nil && find(p.spans.heap, addr) != nil }

// Allocated returns an error if size bytes at addr, which is in the heap, are not part of
// one object that was allocated when the capture began.
func (p *Process) Allocated(addr, size uint64) error {
	if p.spans == nil {
		return nil
	}
	s := find(p.spans.heap, addr)
	if s == nil {
		return nil
	}
	i := (addr - s.lo) / s.size
	if off := addr - s.lo - i*s.size; size > s.size-off {
		return caveat.Reason{Kind: caveat.ReusedBy, Addr: addr, N: int64(s.size)}
	}
	if i < s.free {
		return nil
	}
	var bits [1]byte
	if p.layers.base.Read(bits[:], s.allocBits+i/8) == nil && bits[0]&(1<<(i%8)) == 0 {
		return caveat.Reason{Kind: caveat.Freed}
	}
	return nil
}

// Fits reports whether size bytes at addr, which is in the heap, look like an allocation
// of their own: they begin where an object does, and no smaller one would have held them.
// A pointer into a stack whose memory has become heap since hardly ever leads to such a
// place.
func (p *Process) Fits(addr, size uint64) bool {
	s := find(p.spans.heap, addr)
	if s == nil {
		return false
	}
	off := (addr - s.lo) % s.size
	if s.size == tinySize && off+size <= tinySize {
		return true // small objects without pointers share one
	}
	if off == mallocHeader && size > minHeader {
		off = 0
	}
	return off == 0 && size <= s.size && s.size-size <= max(size/4, tinySize)
}

// These are from runtime/malloc.go and mbitmap.go.
const (
	tinySize     = 16
	mallocHeader = 8
	minHeader    = 512 // objects up to this size have no header
)

// Managed reports whether addr is in the address space of the runtime's heap and stacks.
// The collector doesn't manage other memory, such as the executable's, C's or a mapped
// file.
func (p *Process) Managed(addr uint64) bool {
	return p.spans != nil && p.spans.arenas[addr/arenaSize]
}

// SameStack reports whether two addresses are on the same stack.
func (p *Process) SameStack(a, b uint64) bool {
	s := p.layers.stack(a)
	return s != nil && s == p.layers.stack(b)
}

// Owns reports whether size bytes at addr can be data of the program: allocated in the
// heap, on a stack, or in unmanaged memory.
func (p *Process) Owns(addr, size uint64) bool {
	switch {
	case p.spans == nil:
		return true
	case find(p.spans.heap, addr) != nil:
		return p.Allocated(addr, max(size, 1)) == nil
	case p.Managed(addr):
		return p.layers.stack(addr) != nil
	}
	var b [1]byte
	end := addr + max(size, 1) - 1
	return end >= addr && p.layers.base.Read(b[:], addr) == nil && p.layers.base.Read(b[:], end) == nil
}

// Collected reports whether garbage has been collected, so that memory may have been
// reused. It needs debug information.
func (p *Process) Collected() bool { return p.collected() }

// Collections returns how often garbage has been collected; a number above 0 if that isn't
// known.
func (p *Process) Collections() uint32 {
	addr, typ, err := p.Global("runtime.memstats")
	if err != nil {
		return 1
	}
	f, ok := p.Info.StructField(typ, "numgc")
	if !ok {
		return 1
	}
	n, err := p.ReadUint32(addr + uint64(f.Offset))
	if err != nil {
		return 1
	}
	return n
}
