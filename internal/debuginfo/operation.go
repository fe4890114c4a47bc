package debuginfo

import "fmt"

// Operations of location expressions (DWARF 5, section 7.7.1). Those with a
// range of codes carry a number in the code: DW_OP_lit3, DW_OP_reg7.
const (
	opAddr          = 0x03
	opDeref         = 0x06
	opConst1u       = 0x08
	opConst1s       = 0x09
	opConst2u       = 0x0a
	opConst2s       = 0x0b
	opConst4u       = 0x0c
	opConst4s       = 0x0d
	opConst8u       = 0x0e
	opConst8s       = 0x0f
	opConstu        = 0x10
	opConsts        = 0x11
	opDup           = 0x12
	opDrop          = 0x13
	opOver          = 0x14
	opPick          = 0x15
	opSwap          = 0x16
	opRot           = 0x17
	opAbs           = 0x19
	opAnd           = 0x1a
	opDiv           = 0x1b
	opMinus         = 0x1c
	opMod           = 0x1d
	opMul           = 0x1e
	opNeg           = 0x1f
	opNot           = 0x20
	opOr            = 0x21
	opPlus          = 0x22
	opPlusUconst    = 0x23
	opShl           = 0x24
	opShr           = 0x25
	opShra          = 0x26
	opXor           = 0x27
	opBra           = 0x28
	opEq            = 0x29
	opGe            = 0x2a
	opGt            = 0x2b
	opLe            = 0x2c
	opLt            = 0x2d
	opNe            = 0x2e
	opSkip          = 0x2f
	opLit0          = 0x30
	opLit31         = 0x4f
	opReg0          = 0x50
	opReg31         = 0x6f
	opBreg0         = 0x70
	opBreg31        = 0x8f
	opRegx          = 0x90
	opFbreg         = 0x91
	opBregx         = 0x92
	opPiece         = 0x93
	opDerefSize     = 0x94
	opNop           = 0x96
	opCallFrameCFA  = 0x9c
	opImplicitValue = 0x9e
	opStackValue    = 0x9f
	opAddrx         = 0xa1
	opConstx        = 0xa2
)

// operationNames names the unsupported operations of the standard and of GNU's C
// compiler, for the error that says so.
var operationNames = map[byte]string{
	0x18: "DW_OP_xderef",
	0x95: "DW_OP_xderef_size",
	0x97: "DW_OP_push_object_address",
	0x98: "DW_OP_call2",
	0x99: "DW_OP_call4",
	0x9a: "DW_OP_call_ref",
	0x9b: "DW_OP_form_tls_address",
	0x9d: "DW_OP_bit_piece",
	0xa0: "DW_OP_implicit_pointer",
	0xa3: "DW_OP_entry_value",
	0xa4: "DW_OP_const_type",
	0xa5: "DW_OP_regval_type",
	0xa6: "DW_OP_deref_type",
	0xa7: "DW_OP_xderef_type",
	0xa8: "DW_OP_convert",
	0xa9: "DW_OP_reinterpret",
	0xe0: "DW_OP_GNU_push_tls_address",
	0xf0: "DW_OP_GNU_uninit",
	0xf2: "DW_OP_GNU_implicit_pointer",
	0xf3: "DW_OP_GNU_entry_value",
	0xf4: "DW_OP_GNU_const_type",
	0xf5: "DW_OP_GNU_regval_type",
	0xf6: "DW_OP_GNU_deref_type",
	0xf7: "DW_OP_GNU_convert",
	0xf9: "DW_OP_GNU_reinterpret",
	0xfa: "DW_OP_GNU_parameter_ref",
	0xfb: "DW_OP_GNU_addr_index",
	0xfc: "DW_OP_GNU_const_index",
	0xfd: "DW_OP_GNU_variable_value",
}

// An operation is one step of an expression.
type operation struct {
	code  byte
	u     uint64 // unsigned or only operand; the register of DW_OP_bregx
	s     int64  // signed operand
	block []byte // contents of DW_OP_implicit_value
}

// readOperation reads the operation at c. For an unknown one it returns an error that
// names it: where the next one starts can't be known.
func readOperation(c *cursor) (operation, error) {
	o := operation{code: c.u8()}
	switch code := o.code; {
	case code == opAddr, code == opConst8u, code == opConst8s:
		o.u = c.u64()
	case code == opConst1u, code == opPick, code == opDerefSize:
		o.u = uint64(c.u8())
	case code == opConst1s:
		o.u = uint64(int8(c.u8()))
	case code == opConst2u:
		o.u = uint64(c.u16())
	case code == opConst2s:
		o.u = uint64(int16(c.u16()))
	case code == opBra, code == opSkip:
		o.s = int64(int16(c.u16()))
	case code == opConst4u:
		o.u = uint64(c.u32())
	case code == opConst4s:
		o.u = uint64(int32(c.u32()))
	case code == opConsts:
		o.u = uint64(c.sleb())
	case code == opConstu, code == opPlusUconst, code == opRegx, code == opPiece, code == opAddrx, code == opConstx:
		o.u = c.uleb()
	case code == opFbreg:
		o.s = c.sleb()
	case code == opBregx:
		o.u, o.s = c.uleb(), c.sleb()
	case opBreg0 <= code && code <= opBreg31:
		o.u, o.s = uint64(code-opBreg0), c.sleb()
	case opReg0 <= code && code <= opReg31:
		o.u = uint64(code - opReg0)
	case opLit0 <= code && code <= opLit31:
		o.u = uint64(code - opLit0)
	case code == opImplicitValue:
		o.block = c.bytes(c.uleb())
	case code == opDeref, opDup <= code && code <= opXor && code != 0x18, opEq <= code && code <= opNe,
		code == opNop, code == opCallFrameCFA, code == opStackValue:
		// no operand
	default:
		if name := operationNames[code]; name != "" {
			return o, fmt.Errorf("unsupported operation %s", name)
		}
		return o, fmt.Errorf("unknown operation %#x", code)
	}
	if !c.ok() {
		return o, fmt.Errorf("operation %#x: %w", o.code, errTruncated)
	}
	return o, nil
}
