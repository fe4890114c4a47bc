package debuginfo

import "debug/dwarf"

// A scanner steps over the entries of a unit without decoding them. Go's linker writes no
// DW_AT_sibling, so finding the next function means stepping over everything inside this
// one. debug/dwarf allocates for every attribute on the way: for package runtime alone
// tens of megabytes, at a moment when the collector may be off.
type scanner struct {
	unit    *unit
	c       cursor
	end     int
	abbrevs abbrevTable
	depth   int // of the entry that next returns; the unit's own entry is 0
}

// A die is an entry at which a scanner stopped.
type die struct {
	off    dwarf.Offset
	depth  int
	abbrev *abbrev
	attrs  int // position of the attributes' values
}

// scan returns a scanner at an entry of the unit, which has the given depth.
func (u *unit) scan(off dwarf.Offset, depth int) scanner {
	return scanner{
		unit:    u,
		c:       cursorAt(u.file.sections["info"], uint64(off)),
		end:     int(u.end),
		abbrevs: u.file.abbrevTable(u.abbrev),
		depth:   depth,
	}
}

// next returns the next entry in the order of the file, parents before children. It
// returns false at the end of the unit or of what can be read.
func (s *scanner) next() (die, bool) {
	for !s.c.end() && s.c.pos < s.end {
		off := s.c.pos
		code := s.c.uleb()
		if code == 0 {
			s.depth--
			continue
		}
		a := s.abbrevs.lookup(code)
		if a == nil {
			return die{}, false
		}
		d := die{off: dwarf.Offset(off), depth: s.depth, abbrev: a, attrs: s.c.pos}
		for i := range a.attrs {
			skipForm(&s.c, a.attrs[i].form, s.unit.version, s.unit.is64)
		}
		if s.c.bad {
			return die{}, false
		}
		if a.children {
			s.depth++
		}
		return d, true
	}
	return die{}, false
}

// find returns a cursor at the value of an attribute and the value's form.
func (s *scanner) find(d die, attr dwarf.Attr) (cursor, attrForm, bool) {
	c := cursor{data: s.c.data, pos: d.attrs}
	for _, spec := range d.abbrev.attrs {
		if spec.attr == attr {
			return c, spec, true
		}
		skipForm(&c, spec.form, s.unit.version, s.unit.is64)
	}
	return cursor{}, attrForm{}, false
}

// number returns an attribute that is an address or a constant, and whether it
// is an address.
func (s *scanner) number(d die, attr dwarf.Attr) (v uint64, isAddr, ok bool) {
	c, spec, ok := s.find(d, attr)
	if !ok {
		return 0, false, false
	}
	index := func(i uint64) (uint64, bool, bool) {
		addr, err := s.unit.address(i)
		return addr, true, err == nil && c.ok()
	}
	switch spec.form {
	case formAddr:
		v, isAddr = c.u64(), true
	case formAddrx:
		return index(c.uleb())
	case formAddrx1:
		return index(uint64(c.u8()))
	case formAddrx2:
		return index(uint64(c.u16()))
	case formAddrx3:
		return index(uint64(c.u24()))
	case formAddrx4:
		return index(uint64(c.u32()))
	case formData1:
		v = uint64(c.u8())
	case formData2:
		v = uint64(c.u16())
	case formData4:
		v = uint64(c.u32())
	case formData8:
		v = c.u64()
	case formUdata:
		v = c.uleb()
	case formSdata:
		v = uint64(c.sleb())
	case formImplicitConst:
		v = uint64(spec.implicit)
	default:
		return 0, false, false
	}
	return v, isAddr, c.ok()
}

// name returns an entry's name. It is a part of the section, not a copy.
func (s *scanner) name(d die) []byte {
	c, spec, ok := s.find(d, dwarf.AttrName)
	if !ok {
		return nil
	}
	section := ""
	switch spec.form {
	case formString:
		return c.cstring()
	case formStrp:
		section = "str"
	case formLineStrp:
		section = "line_str"
	default:
		return nil
	}
	sc := cursorAt(s.unit.file.sections[section], c.offset(s.unit.is64))
	if !c.ok() {
		return nil
	}
	return sc.cstring()
}
