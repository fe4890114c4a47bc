package target

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"coredumpy/internal/caveat"
	"coredumpy/internal/gotypes"
	"coredumpy/internal/unsafely"
)

// counting is memory in which each byte is the low byte of its address, up to
// 1<<32.
type counting struct{}

func (counting) Read(p []byte, addr uint64) error {
	if addr+uint64(len(p)) > 1<<32 {
		return errors.New("no memory")
	}
	for i := range p {
		p[i] = byte(addr + uint64(i))
	}
	return nil
}

func filled(n int, b byte) []byte { return bytes.Repeat([]byte{b}, n) }

func TestLayers(t *testing.T) {
	m := &layered{
		base: counting{},
		stacks: []StackCopy{
			{Lo: 0x10000, SP: 0x10800, Hi: 0x11000, Data: filled(0x800, 0xaa)},
			{Lo: 0x20000, SP: 0x20000, Hi: 0x22000, Data: filled(0x1000, 0xbb)}, // copied in part
			{Lo: 0x30000, SP: 0x31000, Hi: 0x31000},                             // nothing in use
		},
		stale: []span{{lo: 0x10000, hi: 0x14000}, {lo: 0x20000, hi: 0x24000}, {lo: 0x30000, hi: 0x34000}},
	}
	made := m.compose([]byte("hello"))
	next := m.compose([]byte("world"))
	if !Synthetic(made) || next != made+word {
		t.Errorf("got synthetic addresses %#x and %#x, want the second a word after the first", made, next)
	}
	for _, tt := range []struct {
		addr uint64
		n    int
		want string // of the first byte, or of the error
	}{
		{0x1000, 4, "\x00"},
		{0xffff, 1, "\xff"},
		{0x10800, 8, "\xaa"},
		{0x10fff, 1, "\xaa"},
		{0x10ff8, 9, "too near the end of a stack"},
		{0x10000, 8, "in a part of a stack no longer in use"},
		{0x107ff, 1, "in a part of a stack no longer in use"},
		{0x11000, 8, "on a stack no longer in use"},
		{0x13fff, 1, "on a stack no longer in use"},
		{0x14000, 1, "\x00"},
		{0x20fff, 1, "\xbb"},
		{0x21001, 4, "\x01"}, // beyond the copy
		{0x20ff8, 16, "too near the end of a stack"},
		{0x30fff, 1, "in a part of a stack no longer in use"},
		{0x33000, 1, "on a stack no longer in use"},
		{0x40005, 1, "\x05"},
		{1 << 33, 1, "no memory"},
		{made, 5, "h"},
		{next, 1, "w"},
		{next + 4, 4, "d"},
		{next + 8, 1, "no memory"},
		{next, 1 << 20, "no memory"},
		{synthetic + 1<<39, 1, "no memory"},
		{synthetic - 1, 1, "no memory"},
		{lost, 8, "on a stack that has moved"},
		{lost + 1000, 0, "on a stack that has moved"},
	} {
		b := make([]byte, tt.n)
		err := m.Read(b, tt.addr)
		switch {
		case err == nil && string(b[:1]) != tt.want:
			t.Errorf("%#x: got % x, want %q", tt.addr, b[0], tt.want)
		case err != nil && !strings.Contains(err.Error(), tt.want):
			t.Errorf("%#x: got error %v, want %q", tt.addr, err, tt.want)
		}
	}
}

// A stack is found whatever was looked for before.
func TestStackAt(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for round := range 200 {
		var m layered
		at := uint64(0x1000)
		for range 1 + random.IntN(20) {
			lo := at + random.Uint64N(3)*0x100
			at = lo + 0x100 + random.Uint64N(3)*0x100
			m.setStacks(append(m.stacks, StackCopy{Lo: lo, SP: lo + 0x80, Hi: at}))
		}
		random.Shuffle(len(m.stacks), func(i, j int) { m.stacks[i], m.stacks[j] = m.stacks[j], m.stacks[i] })
		m.sortStacks()
		for range 100 {
			addr := 0xf00 + random.Uint64N(at-0xe00)
			i := slices.IndexFunc(m.stacks, func(s StackCopy) bool { return s.Lo <= addr && addr < s.Hi })
			var want *StackCopy
			if i >= 0 {
				want = &m.stacks[i]
			}
			got := m.stack(addr)
			if got != want {
				t.Fatalf("round %d: got stack %v at %#x, want %v of %v", round, got, addr, want, m.stacks)
			}
			if got == nil && random.IntN(20) == 0 { // a small one is found there
				addr &^= 0xff
				m.setStacks(append(m.stacks, StackCopy{Lo: addr, SP: addr + 0x80, Hi: addr + 0x100}))
				m.sortStacks()
			}
		}
	}
}

func TestComposeKeepsWords(t *testing.T) {
	m := &layered{base: counting{}}
	var addrs []uint64
	for n := range 40 {
		addrs = append(addrs, m.compose(filled(n, byte(n))))
	}
	for n, addr := range addrs {
		if addr%word != 0 {
			t.Errorf("got address %#x, want one of a word", addr)
		}
		got := make([]byte, n)
		if err := m.Read(got, addr); err != nil || !bytes.Equal(got, filled(n, byte(n))) {
			t.Errorf("got % x and error %v of %d bytes", got, err, n)
		}
	}
}

// Optimised code may keep only parts of a variable.
func TestGaps(t *testing.T) {
	m := &layered{base: counting{}}
	m.compose(filled(5, 2))
	partly := m.compose(filled(24, 1), Range{8, 16})
	for off, want := range map[uint64]string{0: "", 8: "optimized out", 16: ""} {
		var b [8]byte
		if err := m.Read(b[:], partly+off); fmt.Sprint(err) != want && (err != nil || want != "") {
			t.Errorf("got error %v at %d of a value of which 8 to 16 aren't known, want %q", err, off, want)
		}
	}
	optimized := error(caveat.Reason{Kind: caveat.OptimizedOut})
	if err := m.Read(make([]byte, 24), partly); err != optimized {
		t.Errorf("got error %v for the whole value, want %v", err, optimized)
	}
}

// A pointer into a stack's old place leads to where its target is now. Bytes that only
// look like such a pointer stay what they are.
func TestFollow(t *testing.T) {
	const (
		oldLo, oldSize = 0x100000, 0x1000 // two stacks of one span, the second was ours
		newLo, newHi   = 0x200000, 0x202000
	)
	word := func(v uint64) []byte {
		b := make([]byte, 8)
		binary.LittleEndian.PutUint64(b, v)
		return b
	}
	old := uint64(oldLo + oldSize) // the stack that was
	// Another old stack: the move of one word is known, and it is heap now.
	known := Move{Was: 0x600400, Is: newHi - 0x700}
	end := known.Was + 0x700
	pair, err := self(t).RuntimeType(unsafely.TypeAddr(reflect.TypeFor[struct {
		p unsafe.Pointer
		n uintptr
	}]()))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name    string
		v, want uint64
	}{
		{"top word of the old stack", old + oldSize - 8, newHi - 8},
		{"bottom of what is in use", old + oldSize - 0x800, newHi - 0x800},
		{"no longer in use", old + 8, lost},
		{"of the stack itself", newHi - 16, newHi - 16},
		{"the heap", 0x500000, 0x500000},
		{"between", 0x150000, 0x150000},
		{"nil", 0, 0},
		{"the word that is known", known.Was, known.Is},
		{"top word of the known stack", end - 8, newHi - 8},
		{"after the known stack", end, end},
		{"below the word that is known", known.Was - 8, known.Was - 8},
	} {
		p := &Process{
			Process: gotypes.New(nil),
			Move:    known,
			layers:  &layered{base: counting{}, stacks: []StackCopy{{Lo: newLo, SP: newHi - 0x800, Hi: newHi, Data: append(filled(0x7f8, 0), word(tt.v)...)}}},
			spans:   &spanTable{stacks: []span{{lo: oldLo, hi: oldLo + 4*oldSize, size: oldSize}, {lo: newLo, hi: newHi, size: newHi - newLo}}},
		}
		p.Mem, p.Follow = p.layers, p.follow
		if got, err := p.PointerAt(newHi - 8); got != tt.want || err != nil {
			t.Errorf("%s: got %#x and error %v, want %#x", tt.name, got, err, tt.want)
		}
		if got, err := p.ReadWord(newHi - 8); got != tt.v || err != nil {
			t.Errorf("%s: got %#x and error %v as a number, want %#x", tt.name, got, err, tt.v)
		}
		if got := p.Follow(0x500008, tt.v); got != tt.v {
			t.Errorf("%s: got %#x for a pointer in the heap, want %#x", tt.name, got, tt.v)
		}
		value := append(word(tt.v), word(tt.v)...)
		if p.RelocatePointers(&Goroutine{}, pair, value); le64(value) != tt.want || le64(value[8:]) != tt.v {
			t.Errorf("%s: got %#x and %#x of a pointer and a number in registers, want %#x and %#x", tt.name, le64(value), le64(value[8:]), tt.want, tt.v)
		}
	}
}

func TestFindSpan(t *testing.T) {
	spans := []span{{lo: 10, hi: 20}, {lo: 20, hi: 30}, {lo: 40, hi: 50}}
	for addr, want := range map[uint64]uint64{0: 0, 9: 0, 10: 10, 19: 10, 20: 20, 29: 20, 30: 0, 39: 0, 40: 40, 49: 40, 50: 0, 1 << 60: 0} {
		got := uint64(0)
		if s := find(spans, addr); s != nil {
			got = s.lo
		}
		if got != want {
			t.Errorf("got span at %d for %d, want %d", got, addr, want)
		}
	}
	if find(nil, 5) != nil {
		t.Error("got a span of none")
	}
}

// The gap found between two stacks says nothing about other gaps, nor about stacks found
// later.
func TestOnStack(t *testing.T) {
	m := &layered{}
	rng := rand.New(rand.NewPCG(1, 2))
	for range 100 {
		var spans []span
		for lo := uint64(0x1000); len(spans) < rng.IntN(5); lo += uint64(rng.IntN(50)) {
			spans = append(spans, span{lo: lo, hi: lo + 1 + uint64(rng.IntN(20))})
			lo = spans[len(spans)-1].hi
		}
		m.setStale(spans)
		for range 200 {
			addr := 0xff0 + uint64(rng.IntN(200))
			if got, want := m.onStack(addr), find(spans, addr) != nil; got != want {
				t.Fatalf("%#x in %x: got %t, want %t", addr, spans, got, want)
			}
		}
	}
	if m.onStack(0) || m.onStack(math.MaxUint64) {
		t.Error("got a stack at the ends of memory")
	}
}
