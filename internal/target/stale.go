package target

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
)

// When a stack grows, the runtime moves it, and adjusts only those pointers into
// it that the program will still use. In a frame that panicked nothing will be
// used any more, so a slice backed by an array on the stack may well point to
// where that array once was. Debuggers show what is there now. Here such
// pointers are brought up to date in the copy of the stack: a moved stack keeps
// its distances from its upper end, and the runtime's table of spans tells
// where the old one ended.

// spanState of a span that holds stacks: mSpanManual (runtime/mheap.go).
const spanManual = 2

// maxSpans bounds the table of spans; it is enough for 8 TiB of heap.
const maxSpans = 1 << 30

// pageSize is the runtime's, not the machine's (internal/runtime/gc).
const pageSize = 8 << 10

// stackSpan is memory from which the runtime allocates stacks of one size.
type stackSpan struct {
	lo, hi uint64
	size   uint64 // of a stack
}

// stackSpans reads the spans that hold stacks, in the order of addresses.
func (p *Process) stackSpans() ([]stackSpan, error) {
	v, ok := p.Info.Global("runtime.mheap_")
	if !ok {
		return nil, fmt.Errorf("no variable runtime.mheap_")
	}
	addr, err := p.globalAddr(&v)
	if err != nil {
		return nil, err
	}
	all, ok := p.Info.StructField(v.Type, "allspans")
	if !ok {
		return nil, fmt.Errorf("runtime.mheap not recognised: no field allspans")
	}
	typ := all.Type
	for range 2 { // []*mspan, *mspan
		t, err := p.Info.Type(typ)
		if err != nil {
			return nil, err
		}
		typ = t.Elem
	}
	var start, pages, state, elem int64
	for _, f := range []struct {
		off  *int64
		name string
	}{{&start, "startAddr"}, {&pages, "npages"}, {&state, "state"}, {&elem, "elemsize"}} {
		if *f.off, err = fieldOffset(p.Info, typ, [2]string{f.name}); err != nil {
			return nil, err
		}
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
	var spans []stackSpan
	span := make([]byte, max(start, pages, state, elem)+word)
	for ; len(ptrs) > 0; ptrs = ptrs[word:] {
		if p.layers.base.Read(span, le64(ptrs)) != nil || span[state] != spanManual {
			continue
		}
		s := stackSpan{lo: le64(span[start:]), size: le64(span[elem:])}
		s.hi = s.lo + le64(span[pages:])*pageSize
		if s.size >= 1<<11 && s.size <= s.hi-s.lo {
			spans = append(spans, s)
		}
	}
	slices.SortFunc(spans, func(a, b stackSpan) int { return cmp.Compare(a.lo, b.lo) })
	return spans, nil
}

// repairStacks brings pointers into stacks that have moved up to date.
func (p *Process) repairStacks() error {
	spans, err := p.stackSpans()
	if err != nil || len(spans) == 0 {
		return err
	}
	lo, hi := spans[0].lo, spans[len(spans)-1].hi
	for i := range p.layers.stacks {
		s := &p.layers.stacks[i]
		for data := s.data; len(data) >= word; data = data[word:] {
			v := le64(data)
			if v < lo || v >= hi || s.lo <= v && v < s.hi {
				continue
			}
			j, _ := slices.BinarySearchFunc(spans, v, func(s stackSpan, v uint64) int {
				if s.hi <= v {
					return -1
				}
				return 1
			})
			if old := spans[j]; old.lo <= v {
				end := min(old.lo+((v-old.lo)/old.size+1)*old.size, old.hi)
				binary.LittleEndian.PutUint64(data, s.moved(v, end))
			}
		}
	}
	p.layers.spans = spans
	return nil
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
