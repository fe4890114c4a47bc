package debuginfo

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// testRegs are registers whose value is 0x100 times their number, except 9,
// which is unknown, and memory whose bytes are the low bytes of their address,
// up to 0x8000.
var testRegs = Regs{
	CFA:   0x1000,
	Slide: 0x10000,
	Reg:   func(n int) (uint64, bool) { return uint64(n) * 0x100, n != 9 },
	Mem: func(addr uint64, buf []byte) error {
		for i := range buf {
			if addr+uint64(i) >= 0x8000 {
				return errors.New("unreadable")
			}
			buf[i] = byte(addr + uint64(i))
		}
		return nil
	},
}

// write writes pieces in a short form.
func write(pieces []Piece) string {
	var out []string
	for _, p := range pieces {
		text := ""
		switch p.Kind {
		case InMemory:
			text = fmt.Sprintf("mem %#x", p.Addr)
		case InRegister:
			text = fmt.Sprint("reg ", p.Reg)
		case Immediate:
			text = fmt.Sprintf("value %#x", p.Value)
			if p.Bytes != nil {
				text += fmt.Sprintf(" bytes %x", p.Bytes)
			}
		default:
			text = p.Kind.String()
		}
		if p.Size >= 0 {
			text += fmt.Sprint(" size ", p.Size)
		}
		out = append(out, text)
	}
	return strings.Join(out, ", ")
}

// expr makes an expression of bytes, given as int, and words, as uint64.
func expr(parts ...any) []byte {
	var b []byte
	for _, p := range parts {
		switch p := p.(type) {
		case int:
			b = append(b, byte(p))
		case uint64:
			b = binary.LittleEndian.AppendUint64(b, p)
		}
	}
	return b
}

// value makes an expression whose result is the value, not the address.
func value(parts ...any) []byte { return append(expr(parts...), opStackValue) }

var evalTests = []struct {
	name string
	expr []byte
	want string // the pieces, or the error after "error: "
}{
	{"optimised out", nil, ""},
	{"addr", expr(opAddr, uint64(0x400000)), "mem 0x410000"},
	{"cfa", expr(opCallFrameCFA), "mem 0x1000"},
	{"fbreg", expr(opFbreg, 0x58), "mem 0xfd8"},
	{"fbreg far", expr(opFbreg, 0x80, 0x7f), "mem 0xf80"},
	{"breg", expr(opBreg0+7, 0x10), "mem 0x710"},
	{"bregx", expr(opBregx, 7, 0x10), "mem 0x710"},
	{"reg", expr(opReg0 + 3), "reg 3"},
	{"regx", expr(opRegx, 33), "reg 33"},
	{"indirect", expr(opFbreg, 0, opDeref), "mem 0x706050403020100"},
	{"indirect 2", expr(opLit0+16, opDerefSize, 2), "mem 0x1110"},
	{"go string in registers", expr(opReg0, opPiece, 8, opReg0+3, opPiece, 8), "reg 0 size 8, reg 3 size 8"},
	{"go string half gone", expr(opPiece, 8, opFbreg, 0x18, opPiece, 8), "missing size 8, mem 0x1018 size 8"},
	{"implicit", expr(opImplicitValue, 3, 1, 2, 3), "value 0x30201 bytes 010203"},
	{"implicit long", expr(opImplicitValue, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9),
		"value 0x807060504030201 bytes 010203040506070809"},
	{"implicit piece", expr(opImplicitValue, 1, 7, opPiece, 1), "value 0x7 bytes 07 size 1"},
	{"stack value", value(opLit0 + 5), "value 0x5"},
	{"const1u", value(opConst1u, 0xff), "value 0xff"},
	{"const1s", value(opConst1s, 0xff), "value 0xffffffffffffffff"},
	{"const2u", value(opConst2u, 0xff, 0xff), "value 0xffff"},
	{"const2s", value(opConst2s, 0xfe, 0xff), "value 0xfffffffffffffffe"},
	{"const4u", value(opConst4u, 1, 0, 0, 0x80), "value 0x80000001"},
	{"const4s", value(opConst4s, 0, 0, 0, 0x80), "value 0xffffffff80000000"},
	{"const8u", value(opConst8u, uint64(1<<63)), "value 0x8000000000000000"},
	{"constu", value(opConstu, 0x80, 1), "value 0x80"},
	{"consts", value(opConsts, 0x7f), "value 0xffffffffffffffff"},
	{"lit31", value(opLit31), "value 0x1f"},
	{"dup", value(opLit0+2, opDup, opMul), "value 0x4"},
	{"drop", value(opLit0+2, opLit0+3, opDrop), "value 0x2"},
	{"over", value(opLit0+2, opLit0+3, opOver), "value 0x2"},
	{"pick", value(opLit0+2, opLit0+3, opLit0+4, opPick, 2), "value 0x2"},
	{"swap", value(opLit0+2, opLit0+3, opSwap, opMinus), "value 0x1"},
	{"rot", value(opLit0+2, opLit0+3, opLit0+4, opRot, opDrop), "value 0x2"},
	{"rot all", value(opLit0+2, opLit0+3, opLit0+4, opRot, opMinus, opMinus), "value 0x5"},
	{"abs", value(opConst1s, 0xfb, opAbs), "value 0x5"},
	{"neg", value(opLit0+1, opNeg), "value 0xffffffffffffffff"},
	{"not", value(opLit0, opNot), "value 0xffffffffffffffff"},
	{"and", value(opLit0+6, opLit0+3, opAnd), "value 0x2"},
	{"or", value(opLit0+6, opLit0+3, opOr), "value 0x7"},
	{"xor", value(opLit0+6, opLit0+3, opXor), "value 0x5"},
	{"plus", value(opLit0+6, opLit0+3, opPlus), "value 0x9"},
	{"plus_uconst", value(opLit0+6, opPlusUconst, 0x80, 1), "value 0x86"},
	{"minus", value(opLit0+6, opLit0+3, opMinus), "value 0x3"},
	{"div", value(opConst1s, 0xfa, opLit0+3, opDiv), "value 0xfffffffffffffffe"},
	{"mod", value(opLit0+7, opLit0+3, opMod), "value 0x1"},
	{"shl", value(opLit0+1, opLit0+4, opShl), "value 0x10"},
	{"shl far", value(opLit0+1, opConst1u, 200, opShl), "value 0x0"},
	{"shr", value(opConst1s, 0xff, opConst1u, 60, opShr), "value 0xf"},
	{"shra", value(opConst1s, 0xf0, opLit0+2, opShra), "value 0xfffffffffffffffc"},
	{"eq", value(opLit0+2, opLit0+2, opEq), "value 0x1"},
	{"ne", value(opLit0+2, opLit0+2, opNe), "value 0x0"},
	{"lt", value(opConst1s, 0xff, opLit0+2, opLt), "value 0x1"},
	{"le", value(opLit0+2, opLit0+2, opLe), "value 0x1"},
	{"gt", value(opLit0+2, opConst1s, 0xff, opGt), "value 0x1"},
	{"ge", value(opConst1s, 0xff, opLit0+2, opGe), "value 0x0"},
	{"nop", value(opLit0+2, opNop), "value 0x2"},
	{"skip", value(opLit0+2, opSkip, 1, 0, opDrop), "value 0x2"},
	{"branch", value(opLit0+2, opLit0+1, opBra, 1, 0, opDrop), "value 0x2"},
	{"no branch", value(opLit0+2, opLit0+3, opLit0, opBra, 1, 0, opDrop), "value 0x2"},

	{"stack empty", expr(opPlus), "error: stack is empty"},
	{"drop nothing", expr(opDrop), "error: stack is empty"},
	{"pick too deep", expr(opLit0, opPick, 1), "error: stack is empty"},
	{"nothing left", expr(opLit0, opDrop), "missing"},
	{"endless", expr(opSkip, 0xfd, 0xff), "error: too many steps"},
	{"overflow", expr(opLit0, opSkip, 0xfc, 0xff), "error: stack overflow"},
	{"jump out", expr(opSkip, 0, 1), "error: jump to 259 outside"},
	{"jump before", expr(opSkip, 0, 0x80), "error: jump to -32765 outside"},
	{"div by zero", expr(opLit0, opLit0, opDiv), "error: division by zero"},
	{"mod by zero", expr(opLit0, opLit0, opMod), "error: division by zero"},
	{"smallest div -1", value(opConst8s, uint64(1<<63), opConst1s, 0xff, opDiv), "value 0x8000000000000000"},
	{"unknown register", expr(opBreg0+9, 0), "error: value of register 9 is unknown"},
	{"no such register", expr(opRegx, 0xff, 0xff, 3), "error: no register 65535"},
	{"no such register's value", expr(opBregx, 0xff, 0xff, 3, 0), "error: value of register 65535"},
	{"unreadable", expr(opConst2u, 0xff, 0x7f, opDeref), "error: dereference 0x7fff: unreadable"},
	{"odd dereference", expr(opLit0, opDerefSize, 9), "error: dereference of 9 bytes"},
	{"truncated", expr(opAddr, 1, 2), "error: operation 0x3: truncated"},
	{"truncated number", expr(opConstu, 0x80), "error: operation 0x10: truncated"},
	{"truncated bytes", expr(opImplicitValue, 200, 1), "error: operation 0x9e: truncated"},
	{"unknown", expr(0xe5), "error: unknown operation 0xe5"},
	{"unsupported", expr(0xa3, 1, 0x50), "error: unsupported operation DW_OP_entry_value"},
	{"index", expr(opAddrx, 1), "error: index into .debug_addr outside a unit"},
	{"after a register", expr(opReg0, opLit0), "error: operation 0x30 after the end of a location"},
	{"rest after pieces", expr(opReg0, opPiece, 8, opReg0), "error: last piece has no size"},
	{"huge piece", expr(opReg0, opPiece, 0xff, 0xff, 0xff, 0xff, 0x7f), "error: piece 0 of 34359738367 bytes"},
}

func TestEval(t *testing.T) {
	for _, tt := range evalTests {
		t.Run(tt.name, func(t *testing.T) {
			pieces, err := new(File).Eval(tt.expr, testRegs)
			if err != nil {
				if want, ok := strings.CutPrefix(tt.want, "error: "); !ok || !strings.Contains(err.Error(), want) ||
					pieces != nil {
					t.Errorf("got %v, error %q, want %q", pieces, err, tt.want)
				}
				return
			}
			if got := write(pieces); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestEvalWithoutRegisters(t *testing.T) {
	for _, expr := range [][]byte{{opBreg0, 0}, {opLit0, opDeref}} {
		if pieces, err := new(File).Eval(expr, Regs{}); err == nil {
			t.Errorf("Eval(%x): got %v, want an error", expr, pieces)
		}
	}
}

// locationLists5 are the lists of a .debug_loclists section: one as Go's compiler writes
// it, one with every other kind of entry, and malformed ones.
var locationLists5 = [][]byte{
	{lleBaseAddressx, 1, lleOffsetPair, 0, 8, 1, opReg0, lleOffsetPair, 8, 16, 0,
		lleOffsetPair, 16, 32, 2, opFbreg, 8, lleEndOfList},
	slices.Concat(
		[]byte{lleStartxEndx, 0, 1, 1, opReg0 + 1, lleStartxLength, 1, 4, 1, opReg0 + 2},
		[]byte{lleStartEnd}, addresses(0x3000, 0x3010), []byte{1, opReg0 + 3},
		[]byte{lleStartLength}, addresses(0x3010), []byte{16, 1, opReg0 + 4},
		[]byte{lleBaseAddress}, addresses(0x4000), []byte{lleOffsetPair, 0, 1, 1, opReg0 + 5},
		[]byte{lleDefaultLocation, 1, opReg0 + 6, lleEndOfList}),
	{lleOffsetPair, 0, 4, 1, opReg0 + 7, 0x77},
	{lleBaseAddressx, 9},
	{lleOffsetPair, 0, 4, 0x80},
}

// locations5 is the section, lists5 the offsets of its lists.
var locations5, lists5 = func() (data []byte, offsets []uint64) {
	for _, list := range locationLists5 {
		offsets = append(offsets, uint64(len(data)))
		data = append(data, list...)
	}
	return data, offsets
}()

func testAddress(i uint64) (uint64, error) {
	if i > 1 {
		return 0, errNoAddress
	}
	return 0x1000 + i*0x1000, nil
}

func TestFindLocation5(t *testing.T) {
	tests := []struct {
		list int
		pc   uint64
		want string // of the expression, or the error after "error: "
	}{
		{0, 0x1fff, ""}, {0, 0x2000, "50"}, {0, 0x2007, "50"}, {0, 0x2008, ""}, {0, 0x2010, "9108"}, {0, 0x2020, ""},
		{1, 0x1000, "51"}, {1, 0x2000, "52"}, {1, 0x2004, "56"}, {1, 0x3000, "53"}, {1, 0x3010, "54"},
		{1, 0x3020, "56"}, {1, 0x4000, "55"}, {1, 0x4001, "56"},
		{2, 0x500, "57"}, {2, 0x504, "error: unknown entry kind 0x77"},
		{3, 0x500, "error: index outside"},
		{4, 0x500, "error: truncated"},
	}
	for _, tt := range tests {
		expr, err := findLocation5(locations5, lists5[tt.list], 0x500, tt.pc, testAddress)
		got := fmt.Sprintf("%x", expr)
		if err != nil {
			got = "error: " + err.Error()
		}
		if want, isErr := strings.CutPrefix(tt.want, "error: "); got != tt.want &&
			!(isErr && err != nil && strings.Contains(got, want)) {
			t.Errorf("list %d at %#x: got %q, want %q", tt.list, tt.pc, got, tt.want)
		}
	}
	if _, err := findLocation5(locations5, 1<<40, 0, 0, testAddress); err == nil {
		t.Error("list outside the section: got no error")
	}
	if _, err := findLocation5(nil, 0, 0, 0, testAddress); err == nil {
		t.Error("no section: got no error")
	}
}

// locations4 is a .debug_loc section with a list, and another one at cutList4 that is
// truncated.
var locations4, cutList4 = func() (data []byte, cut uint64) {
	entry := func(low, high uint64, expr ...byte) {
		data = append(data, addresses(low, high)...)
		data = binary.LittleEndian.AppendUint16(data, uint16(len(expr)))
		data = append(data, expr...)
	}
	entry(0, 8, opReg0)
	entry(8, 16)
	data = append(data, addresses(^uint64(0), 0x2000)...)
	entry(0, 4, opFbreg, 8)
	data = append(data, addresses(0, 0)...)
	cut = uint64(len(data))
	entry(0, 4, opReg0)
	return data[:len(data)-1], cut
}()

func TestFindLocation4(t *testing.T) {
	tests := []struct {
		off, pc uint64
		want    string
	}{
		{0, 0x0fff, ""}, {0, 0x1000, "50"}, {0, 0x1008, ""}, {0, 0x2003, "9108"}, {0, 0x2004, ""},
		{cutList4, 0x1000, "error"}, {uint64(len(locations4)), 0x1000, "error"}, {1 << 40, 0, "error"},
	}
	for _, tt := range tests {
		expr, err := findLocation4(locations4, tt.off, 0x1000, tt.pc)
		got := fmt.Sprintf("%x", expr)
		if err != nil {
			got = "error"
		}
		if got != tt.want {
			t.Errorf("list %#x at %#x: got %q, %v, want %q", tt.off, tt.pc, got, err, tt.want)
		}
	}
}

// TestResolveAddresses checks that an index into .debug_addr becomes the address.
func TestResolveAddresses(t *testing.T) {
	f := &File{sections: map[string][]byte{"addr": addresses(0, 0x1111, 0x2222)}}
	u := &unit{file: f, addrBase: 8}
	tests := []struct{ name, expr, want string }{
		{"nothing to do", "\x91\x08", "\x91\x08"},
		{"addrx", "\xa1\x01", "\x03\x22\x22\x00\x00\x00\x00\x00\x00"},
		{"constx", "\xa2\x00\x9f", "\x0e\x11\x11\x00\x00\x00\x00\x00\x00\x9f"},
		{"operand that looks like one", "\x08\xa1\xa1\x00", "\x08\xa1\x03\x11\x11\x00\x00\x00\x00\x00\x00"},
		{"outside", "\xa1\x02", ""},
		{"far outside", "\xa1\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", ""},
		{"unknown", "\xe5\xa1\x00", ""},
	}
	for _, tt := range tests {
		got, err := u.resolveAddresses([]byte(tt.expr))
		if string(got) != tt.want || (err != nil) != (tt.want == "") {
			t.Errorf("%s: got %x, %v, want %x", tt.name, got, err, tt.want)
		}
	}
}

// FuzzEval checks that no expression and no location list makes the evaluator panic or
// hang, and that what it returns is within bounds.
func FuzzEval(f *testing.F) {
	f.Add([]byte{opReg0, opPiece, 8, opFbreg, 0x78, opPiece, 8}, locations5, uint64(0), uint64(0x2000))
	f.Add([]byte{opAddr, 0, 0, 0x40, 0, 0, 0, 0, 0, opDeref, opPlusUconst, 8}, locations5, lists5[1], uint64(0x3010))
	f.Add([]byte{opLit0 + 3, opDup, opLit0 + 1, opMinus, opDup, opBra, 0xfa, 0xff, opStackValue}, locations5,
		lists5[2], uint64(0))
	for i, tt := range evalTests {
		f.Add(tt.expr, locations5, lists5[i%len(lists5)], uint64(0x1000+i%4*0x1000))
	}
	for _, off := range []uint64{0, 1 << 40} {
		for pc := uint64(0x1000); pc <= 0x2004; pc += 0x202 {
			f.Add(expr(opConstx, 0, opAddrx, 1, opPlus), locations4, off, pc-0x1000)
		}
	}
	u := &unit{file: &File{sections: map[string][]byte{"addr": addresses(0, 0x1111, 0x2222)}}, addrBase: addrHeaderSize}
	f.Fuzz(func(t *testing.T, expr, lists []byte, off, pc uint64) {
		check := func(expr []byte) {
			pieces, err := new(File).Eval(expr, testRegs)
			if err != nil && pieces != nil {
				t.Errorf("Eval(%x): got pieces %v and error %v", expr, pieces, err)
			}
			for _, p := range pieces {
				if p.Kind > Missing || p.Reg < 0 || p.Reg > maxRegister || p.Size < -1 ||
					p.Size == -1 && len(pieces) > 1 {
					t.Errorf("Eval(%x): got %+v", expr, p)
				}
			}
		}
		check(expr)
		if resolved, err := u.resolveAddresses(expr); err == nil {
			check(resolved)
			if again, err := u.resolveAddresses(resolved); err != nil || !bytes.Equal(again, resolved) {
				t.Errorf("resolveAddresses(%x): got %x, and of that %x, %v", expr, resolved, again, err)
			}
		}
		if found, err := findLocation5(lists, off, 0, pc, testAddress); err == nil {
			check(found)
		}
		if found, err := findLocation4(lists, off, 0, pc); err == nil {
			check(found)
		}
	})
}
