package debuginfo

import (
	"bytes"
	"debug/dwarf"
	"encoding/binary"
	"fmt"
)

// Location returns the variable's location expression at the pc of its call. It returns
// nil and no error when the variable has no location there because the optimiser left
// none.
func (v *Variable) Location() (expr []byte, err error) { return v.LocationAt(v.pc) }

// LocationAt is [Variable.Location] for another pc of the call's function.
func (v *Variable) LocationAt(pc uint64) (expr []byte, err error) {
	if v.entry == nil {
		return nil, nil
	}
	defer recoverTo(&err)
	if expr, err = v.expression(pc); err == nil && v.maybeZero(expr) {
		expr, err = withoutRegister0(expr)
	}
	if err != nil {
		return nil, fmt.Errorf("location of %q: %w", v.Name, err)
	}
	if len(expr) == 0 {
		return nil, nil
	}
	return v.unit.resolveAddresses(expr)
}

// expression returns the location expression for pc as it is in the file.
func (v *Variable) expression(pc uint64) ([]byte, error) {
	if loc, ok := v.entry.Val(dwarf.AttrLocation).([]byte); ok {
		return loc, nil
	}
	off, ok, err := v.list()
	if err != nil || !ok {
		return nil, err
	}
	return v.unit.locationList(off, pc)
}

// list returns the offset of the variable's location list; it reports false if there is
// none.
func (v *Variable) list() (off uint64, ok bool, err error) {
	switch loc := v.entry.Val(dwarf.AttrLocation).(type) {
	case int64:
		return uint64(loc), true, nil
	case uint64: // an index into the offsets before the lists (DW_FORM_loclistx)
		off, err = v.unit.listOffset(loc)
		return off, err == nil, err
	}
	return 0, false, nil
}

// Listed reports whether the location depends on pc. In optimised code, variables that
// aren't kept in registers have one place for good.
func (v *Variable) Listed() bool {
	if v.entry == nil {
		return false
	}
	f := v.entry.AttrField(dwarf.AttrLocation)
	return f != nil && f.Class != dwarf.ClassExprLoc && f.Class != dwarf.ClassBlock
}

// maybeZero reports whether register 0 in expr may mean no register. Since Go 1.25 the
// compiler for arm64 also keeps variables in the zero register, which has no DWARF number
// (cmd/internal/obj/arm64, ARM64DWARFRegisters), and writes 0 for it. The two can be told
// apart only for a parameter that has been in register 0 since the call.
func (v *Variable) maybeZero(expr []byte) bool {
	if v.unit.file.GOARCH() != "arm64" || !v.unit.isGo || bytes.IndexByte(expr, opReg0) < 0 {
		return false
	}
	if v.start == 0 {
		return true
	}
	first, err := v.expression(v.start)
	return err != nil || len(first) == 0 || &first[0] != &expr[0]
}

// withoutRegister0 returns expr without the pieces in register 0.
func withoutRegister0(expr []byte) (out []byte, err error) {
	for c := (cursor{data: expr}); !c.end(); {
		start := c.pos
		o, err := readOperation(&c)
		if err != nil {
			return nil, err
		}
		if o.code != opReg0 {
			out = append(out, expr[start:c.pos]...)
		}
	}
	return out, nil
}

// locationList returns the expression for pc in the location list at off, nil if it has
// none.
func (u *unit) locationList(off, pc uint64) ([]byte, error) {
	data, err := u.lists()
	if err != nil {
		return nil, err
	}
	if u.version >= 5 {
		return findLocation5(data, off, u.low, pc, u.address)
	}
	return findLocation4(data, off, u.low, pc)
}

// lists returns the section that holds the unit's location lists.
func (u *unit) lists() ([]byte, error) {
	if u.version >= 5 {
		return u.file.section("loclists")
	}
	return u.file.section("loc")
}

// listOffset looks up an index in the table of offsets of .debug_loclists (DWARF 5,
// section 7.29).
func (u *unit) listOffset(index uint64) (off uint64, err error) {
	base, ok := u.entry.Val(dwarf.AttrLoclistsBase).(int64)
	if !ok {
		return 0, fmt.Errorf("location list %d in a unit without a base for them", index)
	}
	data, err := u.file.section("loclists")
	if err != nil {
		return 0, err
	}
	size := uint64(4)
	if u.is64 {
		size = 8
	}
	if index > uint64(len(data)) {
		return 0, fmt.Errorf("location list %d: %w", index, errTruncated)
	}
	c := cursorAt(data, uint64(base)+index*size)
	off = uint64(base) + c.offset(u.is64)
	if !c.ok() {
		return 0, fmt.Errorf("location list %d: %w", index, errTruncated)
	}
	return off, nil
}

// Kinds of location list entries (DWARF 5, section 7.7.3).
const (
	lleEndOfList       = 0x00
	lleBaseAddressx    = 0x01
	lleStartxEndx      = 0x02
	lleStartxLength    = 0x03
	lleOffsetPair      = 0x04
	lleDefaultLocation = 0x05
	lleBaseAddress     = 0x06
	lleStartEnd        = 0x07
	lleStartLength     = 0x08
)

// findLocation5 returns the expression for pc in the list at off of a
// .debug_loclists section (DWARF 5, section 2.6.2). base is the unit's base
// address, address looks up .debug_addr.
func findLocation5(data []byte, off, base, pc uint64, address func(uint64) (uint64, error)) ([]byte, error) {
	r := listReader{c: cursorAt(data, off), base: base, address: address}
	var fallback []byte
	for {
		kind, err := r.entry()
		switch {
		case err != nil:
			return nil, fmt.Errorf("location list at %#x: %w", off, err)
		case kind == lleEndOfList:
			return fallback, nil
		case kind == lleDefaultLocation:
			fallback = r.expr
		case r.low <= pc && pc < r.high:
			return r.expr, nil
		}
	}
}

// A listReader reads the entries of a DWARF 5 location list.
type listReader struct {
	c       cursor
	base    uint64
	address func(uint64) (uint64, error)
	err     error

	low, high uint64 // range of the last entry, empty if it has none
	expr      []byte
}

// entry reads an entry and returns its kind.
func (r *listReader) entry() (kind uint8, err error) {
	kind = r.read()
	if r.err == nil && !r.c.ok() {
		r.err = errTruncated
	}
	return kind, r.err
}

func (r *listReader) read() uint8 {
	c := &r.c
	r.low, r.high, r.expr = 0, 0, nil
	kind := c.u8()
	switch kind {
	case lleEndOfList:
		return kind
	case lleBaseAddressx:
		r.base = r.indexed()
		return kind
	case lleBaseAddress:
		r.base = c.u64()
		return kind
	case lleDefaultLocation:
	case lleStartxEndx:
		r.low, r.high = r.indexed(), r.indexed()
	case lleStartxLength:
		r.low = r.indexed()
		r.high = r.low + c.uleb()
	case lleOffsetPair:
		r.low, r.high = r.base+c.uleb(), r.base+c.uleb()
	case lleStartEnd:
		r.low, r.high = c.u64(), c.u64()
	case lleStartLength:
		r.low = c.u64()
		r.high = r.low + c.uleb()
	default:
		r.err = fmt.Errorf("unknown entry kind %#x", kind)
		return kind
	}
	r.expr = c.bytes(c.uleb())
	return kind
}

// indexed reads the index of an address.
func (r *listReader) indexed() uint64 {
	addr, err := r.address(r.c.uleb())
	if err != nil && r.err == nil {
		r.err = err
	}
	return addr
}

// findLocation4 returns the expression for pc in the list at off of a
// .debug_loc section (DWARF 4, section 2.6.2).
func findLocation4(data []byte, off, base, pc uint64) ([]byte, error) {
	r := listReader4{c: cursorAt(data, off), base: base}
	for r.next() {
		if r.low <= pc && pc < r.high {
			return r.expr, nil
		}
	}
	if !r.c.ok() {
		return nil, fmt.Errorf("location list at %#x: %w", off, errTruncated)
	}
	return nil, nil
}

// A listReader4 reads the entries of a DWARF 4 location list.
type listReader4 struct {
	c    cursor
	base uint64

	low, high uint64 // range of the last entry
	expr      []byte
}

// next reads an entry. It returns false at the end of the list, or of what can be read.
func (r *listReader4) next() bool {
	for {
		low, high := r.c.u64(), r.c.u64()
		switch {
		case !r.c.ok(), low == 0 && high == 0:
			return false
		case low == ^uint64(0):
			r.base = high
			continue
		}
		r.low, r.high, r.expr = r.base+low, r.base+high, r.c.bytes(uint64(r.c.u16()))
		return r.c.ok()
	}
}

// resolveAddresses returns expr with indexes into the unit's part of .debug_addr replaced
// by the addresses, so that it means the same everywhere.
func (u *unit) resolveAddresses(expr []byte) ([]byte, error) {
	if bytes.IndexByte(expr, opAddrx) < 0 && bytes.IndexByte(expr, opConstx) < 0 {
		return expr, nil
	}
	var out []byte
	for c := (cursor{data: expr}); !c.end(); {
		start := c.pos
		o, err := readOperation(&c)
		if err != nil {
			return nil, err
		}
		if o.code != opAddrx && o.code != opConstx {
			out = append(out, expr[start:c.pos]...)
			continue
		}
		addr, err := u.address(o.u)
		if err != nil {
			return nil, err
		}
		code := byte(opAddr)
		if o.code == opConstx {
			code = opConst8u
		}
		out = binary.LittleEndian.AppendUint64(append(out, code), addr)
	}
	return out, nil
}
