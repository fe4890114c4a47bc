package debuginfo

import (
	"cmp"
	"maps"
	"slices"
	"sort"
)

// A Row says how to find the caller's frame from a pc. It is a row of the table that
// call-frame information describes (DWARF 5, section 6.4).
type Row struct {
	CFAReg    int   // the call-frame address is this register, Go's stack pointer,
	CFAOffset int64 // plus this
	RAReg     int   // the column of the return address

	// Saved holds the offsets from the CFA at which registers are saved; don't change it.
	// The return address is one of them. When Saved doesn't hold RAReg, the return
	// address is at CFA-8 on amd64 and still in the link register on arm64.
	Saved map[int]int64
	// Outermost says that there is no caller.
	Outermost bool
}

// Unwind returns the row for pc, a link-time address, from .debug_frame.
func (f *File) Unwind(pc uint64) (row Row, ok bool) {
	if f.frames == nil {
		f.frames = &frameTable{}
		if data, err := f.section("frame"); err == nil {
			f.frames = parseFrames(data)
		}
	}
	return f.frames.row(pc)
}

// A frameTable is a parsed .debug_frame section.
type frameTable struct {
	fdes []frameEntry // by low
}

// A frameEntry describes the frames of one function (an FDE).
type frameEntry struct {
	low, high uint64
	common    *frameCommon
	program   []byte
}

// A frameCommon is what many functions share (a CIE).
type frameCommon struct {
	codeAlign uint64
	dataAlign int64
	program   []byte
	initial   Row // after program
	ok        bool
}

// row runs the instructions of the function at pc.
func (t *frameTable) row(pc uint64) (Row, bool) {
	i := sort.Search(len(t.fdes), func(i int) bool { return t.fdes[i].low > pc })
	if i == 0 || pc >= t.fdes[i-1].high {
		return Row{}, false
	}
	fde := &t.fdes[i-1]
	if !fde.common.ok {
		return Row{}, false
	}
	p := frameProgram{common: fde.common, row: fde.common.initial, shared: true}
	if !p.run(fde.program, fde.low, pc) {
		return Row{}, false
	}
	return p.row, true
}

// cieID in the place of an FDE's offset of its CIE marks a CIE (DWARF 5,
// section 7.24).
const (
	cieID32 = 0xffffffff
	cieID64 = 0xffffffffffffffff
)

// parseFrames lists the functions of a .debug_frame section. It ends where the section
// can no longer be understood, and leaves out what it doesn't understand.
func parseFrames(data []byte) *frameTable {
	t := &frameTable{}
	commons := map[uint64]*frameCommon{}
	for c := (cursor{data: data}); !c.end(); {
		start := uint64(c.pos)
		n, is64 := c.length()
		body := c.bytes(n)
		if !c.ok() {
			break
		}
		b := cursor{data: body}
		id := b.offset(is64)
		if !b.ok() {
			continue
		}
		if id == cieID32 && !is64 || id == cieID64 {
			commons[start] = parseCommon(&b)
			continue
		}
		fde := frameEntry{low: b.u64(), high: b.u64()}
		fde.high += fde.low
		if !b.ok() || fde.low >= fde.high {
			continue
		}
		fde.program = body[b.pos:]
		// An FDE may come before its CIE; in practice none does.
		if fde.common = commons[id]; fde.common != nil {
			t.fdes = append(t.fdes, fde)
		}
	}
	slices.SortFunc(t.fdes, func(a, b frameEntry) int { return cmp.Compare(a.low, b.low) })
	return t
}

// parseCommon reads a CIE after its id (DWARF 5, section 6.4.1). Its ok is false when it
// is of an unknown kind: with an augmentation, for C++.
func parseCommon(c *cursor) *frameCommon {
	f := &frameCommon{}
	version := c.u8()
	augmentation := c.cstring()
	if version >= 4 {
		if c.u8() != 8 || c.u8() != 0 { // address_size, segment_selector_size
			return f
		}
	}
	f.codeAlign, f.dataAlign = c.uleb(), c.sleb()
	ra := uint64(0)
	if version == 1 {
		ra = uint64(c.u8())
	} else {
		ra = c.uleb()
	}
	if !c.ok() || len(augmentation) > 0 || ra > maxRegister {
		return f
	}
	f.program = c.data[c.pos:]
	p := frameProgram{common: f, row: Row{CFAReg: -1, RAReg: int(ra), Saved: map[int]int64{}}}
	f.ok = p.run(f.program, 0, 0)
	f.initial = p.row
	return f
}

// A frameProgram runs call-frame instructions.
type frameProgram struct {
	common *frameCommon
	row    Row
	shared bool // row.Saved belongs to somebody else: copy before writing
	saved  []Row
}

// save notes that a register is saved at an offset.
func (p *frameProgram) save(reg uint64, offset int64) {
	if reg > maxRegister {
		return
	}
	if reg == uint64(p.row.RAReg) {
		p.row.Outermost = false
	}
	if old, ok := p.row.Saved[int(reg)]; ok && old == offset {
		return
	}
	p.own()
	p.row.Saved[int(reg)] = offset
}

func (p *frameProgram) forget(reg uint64) {
	if reg > maxRegister {
		return
	}
	if _, ok := p.row.Saved[int(reg)]; ok {
		p.own()
		delete(p.row.Saved, int(reg))
	}
}

func (p *frameProgram) own() {
	if p.shared {
		p.row.Saved, p.shared = maps.Clone(p.row.Saved), false
	}
}

// restore gives a register the rule it had after the CIE's instructions.
func (p *frameProgram) restore(reg uint64) {
	if offset, ok := p.common.initial.Saved[int(min(reg, maxRegister+1))]; ok {
		p.save(reg, offset)
	} else {
		p.forget(reg)
	}
}
