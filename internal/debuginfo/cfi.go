package debuginfo

import "maps"

// Call-frame instructions (DWARF 5, section 7.24). The first three carry an
// operand in their low 6 bits.
const (
	cfaAdvanceLoc = 0x40
	cfaOffset     = 0x80
	cfaRestore    = 0xc0

	cfaNop             = 0x00
	cfaSetLoc          = 0x01
	cfaAdvanceLoc1     = 0x02
	cfaAdvanceLoc2     = 0x03
	cfaAdvanceLoc4     = 0x04
	cfaOffsetExtended  = 0x05
	cfaRestoreExtended = 0x06
	cfaUndefined       = 0x07
	cfaSameValue       = 0x08
	cfaRegister        = 0x09
	cfaRememberState   = 0x0a
	cfaRestoreState    = 0x0b
	cfaDefCFA          = 0x0c
	cfaDefCFARegister  = 0x0d
	cfaDefCFAOffset    = 0x0e
	// 0x0f is DW_CFA_def_cfa_expression: not supported, Go has none.
	cfaExpression       = 0x10
	cfaOffsetExtendedSf = 0x11
	cfaDefCFASf         = 0x12
	cfaDefCFAOffsetSf   = 0x13
	cfaValOffset        = 0x14
	cfaValOffsetSf      = 0x15
	cfaValExpression    = 0x16
	cfaWindowSave       = 0x2d // arm64: DW_CFA_AARCH64_negate_ra_state
	cfaGNUArgsSize      = 0x2e
	cfaGNUNegOffset     = 0x2f
)

// maxRememberedRows bounds the stack of DW_CFA_remember_state.
const maxRememberedRows = 100

// run runs a program that starts at address loc up to the row for pc. It returns false
// when the row can't be found.
func (p *frameProgram) run(program []byte, loc, pc uint64) bool {
	c := cursor{data: program}
	for !c.end() {
		code := c.u8()
		low := uint64(code & 0x3f)
		var advance uint64
		switch code & 0xc0 {
		case cfaAdvanceLoc:
			advance = low
		case cfaOffset:
			p.save(low, p.data(int64(c.uleb())))
			continue
		case cfaRestore:
			p.restore(low)
			continue
		default:
			switch code {
			case cfaSetLoc:
				loc = c.u64()
			case cfaAdvanceLoc1:
				advance = uint64(c.u8())
			case cfaAdvanceLoc2:
				advance = uint64(c.u16())
			case cfaAdvanceLoc4:
				advance = uint64(c.u32())
			default:
				if !p.rule(code, &c) {
					return false
				}
				continue
			}
		}
		if !c.ok() {
			return false
		}
		if loc += advance * p.common.codeAlign; loc > pc {
			break
		}
	}
	return c.ok()
}

// data scales a factored offset.
func (p *frameProgram) data(n int64) int64 { return n * p.common.dataAlign }

// rule runs an instruction that changes the row. It returns false for an unknown one, and
// for one that defines the CFA in a way that a Row can't express.
func (p *frameProgram) rule(code byte, c *cursor) bool {
	row := &p.row
	switch code {
	case cfaNop, cfaWindowSave:
	case cfaGNUArgsSize:
		c.uleb()
	case cfaDefCFA:
		row.CFAReg, row.CFAOffset = register(c), int64(c.uleb())
	case cfaDefCFASf:
		row.CFAReg, row.CFAOffset = register(c), p.data(c.sleb())
	case cfaDefCFARegister:
		row.CFAReg = register(c)
	case cfaDefCFAOffset:
		row.CFAOffset = int64(c.uleb())
	case cfaDefCFAOffsetSf:
		row.CFAOffset = p.data(c.sleb())
	case cfaRememberState:
		if len(p.saved) >= maxRememberedRows {
			return false
		}
		remembered := *row
		remembered.Saved = maps.Clone(row.Saved)
		p.saved = append(p.saved, remembered)
	case cfaRestoreState:
		if len(p.saved) == 0 {
			return false
		}
		*row, p.shared = p.saved[len(p.saved)-1], false
		p.saved = p.saved[:len(p.saved)-1]
	default:
		return p.registerRule(code, c) && c.ok()
	}
	return c.ok()
}

// registerRule runs an instruction that says where a register is saved. For anything but
// an offset from the CFA it notes that there is none. It returns false for an unknown
// one.
func (p *frameProgram) registerRule(code byte, c *cursor) bool {
	reg := c.uleb()
	switch code {
	case cfaOffsetExtended:
		p.save(reg, p.data(int64(c.uleb())))
	case cfaOffsetExtendedSf:
		p.save(reg, p.data(c.sleb()))
	case cfaGNUNegOffset:
		p.save(reg, -p.data(int64(c.uleb())))
	case cfaRestoreExtended:
		p.restore(reg)
	case cfaUndefined:
		p.forget(reg)
		if reg == uint64(p.row.RAReg) {
			p.row.Outermost = true
		}
	case cfaSameValue:
		p.forget(reg)
	case cfaRegister, cfaValOffset:
		p.forget(reg)
		c.uleb()
	case cfaValOffsetSf:
		p.forget(reg)
		c.sleb()
	case cfaExpression, cfaValExpression:
		p.forget(reg)
		c.bytes(c.uleb())
	default: // DW_CFA_def_cfa_expression among them
		return false
	}
	return true
}

// register reads a register number, -1 for an impossible one.
func register(c *cursor) int {
	if n := c.uleb(); n <= maxRegister {
		return int(n)
	}
	return -1
}
