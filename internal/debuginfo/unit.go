package debuginfo

import (
	"cmp"
	"debug/dwarf"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"
)

// A unit is a compilation unit: a Go package, or the assembly of a package, or
// a C file.
type unit struct {
	file      *File
	entry     *dwarf.Entry
	off       dwarf.Offset // of the first entry
	end       dwarf.Offset // past the last entry
	version   int          // DWARF version
	is64      bool         // 64-bit DWARF format
	abbrev    uint64       // offset of the abbreviations
	name      string       // Go: the import path
	isGo      bool
	optimized bool
	bare      bool   // built with -dwarf=false
	low       uint64 // base address of ranges and location lists
	addrBase  uint64 // offset of the unit's part of .debug_addr

	index *unitIndex // of top-level entries; nil until needed
	lines *lineTable // nil until needed
}

// A unitRange says that a range of addresses belongs to a unit.
type unitRange struct {
	low, high uint64
	unit      *unit
}

// langGo is DW_LANG_Go (DWARF 5, section 7.12).
const langGo = 0x16

// loadUnits lists the units and the addresses that each covers, from one entry each.
func (f *File) loadUnits() error {
	info := f.sections["info"]
	c := cursor{data: info}
	for !c.end() {
		u := &unit{file: f}
		if err := u.parseHeader(&c); err != nil {
			return err
		}
		if u.off == u.end {
			continue
		}
		e, err := f.entry(u.off)
		if err != nil {
			return err
		}
		if e.Tag != dwarf.TagCompileUnit {
			continue
		}
		u.parseEntry(e)
		f.units = append(f.units, u)
		for _, r := range f.ranges(e) {
			if r[0] < r[1] {
				f.pcs = append(f.pcs, unitRange{r[0], r[1], u})
			}
		}
	}
	slices.SortFunc(f.pcs, func(a, b unitRange) int { return cmp.Compare(a.low, b.low) })
	return nil
}

// Unit types (DWARF 5, section 7.5.1). Units of the other types have a longer header, and
// nothing that is looked up here.
const (
	unitCompile = 1
	unitPartial = 3
)

// parseHeader reads a unit header (DWARF 5, section 7.5.1.1) and moves c past
// the unit.
func (u *unit) parseHeader(c *cursor) error {
	start := c.pos
	n, is64 := c.length()
	u.is64 = is64
	if n > uint64(len(c.data)-c.pos) {
		return fmt.Errorf("unit at %#x claims %d bytes: %w", start, n, errTruncated)
	}
	end := c.pos + int(n)
	if n == 0 {
		u.off, u.end = dwarf.Offset(end), dwarf.Offset(end)
		return nil
	}
	u.version = int(c.u16())
	kind := uint8(unitCompile)
	addrSize := uint8(0)
	if u.version >= 5 {
		kind, addrSize = c.u8(), c.u8()
		u.abbrev = c.offset(is64)
	} else {
		u.abbrev = c.offset(is64)
		addrSize = c.u8()
	}
	if !c.ok() || c.pos > end {
		return fmt.Errorf("unit at %#x: %w", start, errTruncated)
	}
	if u.version < 2 || u.version > 5 {
		return fmt.Errorf("unit at %#x: unsupported DWARF version %d", start, u.version)
	}
	if addrSize != 8 {
		return fmt.Errorf("unit at %#x: unsupported address size %d", start, addrSize)
	}
	u.off, u.end = dwarf.Offset(c.pos), dwarf.Offset(end)
	if kind != unitCompile && kind != unitPartial {
		u.off = u.end
	}
	c.pos = end
	return nil
}

func (u *unit) parseEntry(e *dwarf.Entry) {
	u.entry = e
	u.name, _ = e.Val(dwarf.AttrName).(string)
	lang, _ := e.Val(dwarf.AttrLanguage).(int64)
	u.isGo = lang == langGo
	producer, _ := e.Val(dwarf.AttrProducer).(string)
	flags := producerFlags(producer)
	u.optimized = u.isGo && !slices.Contains(flags, "-N")
	u.bare = u.isGo && slices.Contains(flags, "-dwarf=false")
	u.low, _ = e.Val(dwarf.AttrLowpc).(uint64)
	base, ok := e.Val(dwarf.AttrAddrBase).(int64)
	if !ok {
		base = addrHeaderSize
	}
	u.addrBase = uint64(base)
}

// producerFlags returns the compiler's flags in DW_AT_producer, "Go cmd/compile go1.26.0;
// -N -l regabi". It doesn't hold flags that have their default value
// (cmd/compile/internal/dwarfgen.RecordFlags).
func producerFlags(producer string) []string {
	_, flags, _ := strings.Cut(producer, ";")
	return strings.Fields(flags)
}

// unitFor returns the unit whose code includes pc.
func (f *File) unitFor(pc uint64) *unit {
	if f.DWARFError() != nil {
		return nil
	}
	i := sort.Search(len(f.pcs), func(i int) bool { return f.pcs[i].low > pc })
	if i == 0 || pc >= f.pcs[i-1].high {
		return nil
	}
	return f.pcs[i-1].unit
}

// unitOf returns the unit that the entry at off is in.
func (f *File) unitOf(off dwarf.Offset) *unit {
	if f.DWARFError() != nil {
		return nil
	}
	i := sort.Search(len(f.units), func(i int) bool { return f.units[i].end > off })
	if i == len(f.units) || off < f.units[i].off {
		return nil
	}
	return f.units[i]
}

// Packages returns the import paths of the Go packages in the program, in no particular
// order.
func (f *File) Packages() []string {
	if f.DWARFError() != nil {
		return nil
	}
	var paths []string
	for _, u := range f.units {
		if u.isGo && (len(paths) == 0 || paths[len(paths)-1] != u.name) {
			paths = append(paths, u.name)
		}
	}
	return paths
}

// packageUnits returns the units of a Go package: its Go code, and its assembly
// if it has any.
func (f *File) packageUnits(pkg string) []*unit {
	if f.DWARFError() != nil {
		return nil
	}
	var units []*unit
	for _, u := range f.units {
		if u.isGo && u.name == pkg {
			units = append(units, u)
		}
	}
	return units
}

// addrHeaderSize is the size of the header of .debug_addr in the 32-bit DWARF
// format (DWARF 5, section 7.27), and so the base of its first part.
const addrHeaderSize = 8

var errNoAddress = errors.New("index outside .debug_addr")

// address returns the address at an index in the unit's part of .debug_addr.
func (u *unit) address(index uint64) (uint64, error) {
	data, err := u.file.section("addr")
	if err != nil {
		return 0, err
	}
	if index > uint64(len(data))/8 || u.addrBase > uint64(len(data)) {
		return 0, errNoAddress
	}
	c := cursorAt(data, u.addrBase+index*8)
	addr := c.u64()
	if !c.ok() {
		return 0, errNoAddress
	}
	return addr, nil
}
