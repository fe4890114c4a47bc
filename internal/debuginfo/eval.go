package debuginfo

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Regs is what a location expression may refer to: the state of a frame.
type Regs struct {
	CFA   uint64                              // call-frame address, which is Go's frame base as well
	Slide uint64                              // added to addresses of the file
	Reg   func(n int) (uint64, bool)          // by DWARF number; false when its value is unknown
	Mem   func(addr uint64, buf []byte) error // reads memory; may be nil
}

// A PieceKind says where a piece of a variable is.
type PieceKind uint8

const (
	InMemory   PieceKind = iota // at Addr
	InRegister                  // in register Reg, from its low end
	Immediate                   // nowhere: its value is Value or Bytes
	Missing                     // nowhere: optimised out
)

func (k PieceKind) String() string {
	switch k {
	case InMemory:
		return "memory"
	case InRegister:
		return "register"
	case Immediate:
		return "immediate"
	}
	return "missing"
}

// A Piece is where a part of a variable is, or all of it.
type Piece struct {
	Kind  PieceKind
	Addr  uint64 // InMemory, slide included
	Reg   int    // InRegister, DWARF number
	Size  int64  // bytes; -1 for the whole variable
	Value uint64 // Immediate, little-endian
	Bytes []byte // Immediate, when given as bytes (Value holds the first 8)
}

// Limits for expressions that loop or grow. Compilers stay far below them.
const (
	maxSteps  = 10000
	maxStack  = 1000
	maxPieces = 1000
)

// Eval runs a location expression and returns where the variable is: in one piece, in
// several that make up the variable in this order, or in none when it is optimised out.
// It returns an error for an operation that is unknown, needs a register or memory that
// can't be read, or makes no sense.
//
// DW_OP_fbreg is relative to the CFA, as Go's frame base always is.
func (f *File) Eval(expr []byte, regs Regs) ([]Piece, error) {
	m := &f.machine
	*m = machine{regs: regs, c: cursor{data: expr}, stack: m.stack[:0]}
	if err := m.run(); err != nil {
		return nil, fmt.Errorf("evaluate location %#x: %w", expr, err)
	}
	return m.pieces, nil
}

// A machine runs one expression.
type machine struct {
	regs   Regs
	c      cursor
	stack  []uint64
	loc    Piece // the location that an operation named; otherwise the top of the stack is an address
	named  bool  // loc is set
	pieces []Piece
	err    error
}

var (
	errStackEmpty = errors.New("stack is empty")
	errStackFull  = errors.New("stack overflow")
	errEndless    = errors.New("too many steps")
)

func (m *machine) run() error {
	for step := 0; !m.c.end(); step++ {
		if step >= maxSteps {
			return errEndless
		}
		o, err := readOperation(&m.c)
		if err != nil {
			return err
		}
		if m.named && o.code != opPiece {
			return fmt.Errorf("operation %#x after the end of a location", o.code)
		}
		if err := m.step(o); err != nil {
			return err
		}
		if m.err != nil {
			return m.err
		}
	}
	if len(m.pieces) > 0 {
		if m.named || len(m.stack) > 0 {
			return errors.New("last piece has no size")
		}
		return nil
	}
	if len(m.c.data) > 0 {
		m.pieces = append(m.pieces, m.location(-1))
	}
	return m.err
}

// location returns the location described so far and starts a new one.
func (m *machine) location(size int64) Piece {
	p := Piece{Kind: InMemory}
	switch {
	case m.named:
		p = m.loc
	case len(m.stack) == 0:
		p.Kind = Missing
	default:
		p.Addr = m.pop()
	}
	p.Size = size
	m.named, m.stack = false, m.stack[:0]
	return p
}

// name sets the location.
func (m *machine) name(p Piece) { m.loc, m.named = p, true }

func (m *machine) push(v uint64) {
	if len(m.stack) >= maxStack {
		m.err = errStackFull
		return
	}
	m.stack = append(m.stack, v)
}

func (m *machine) pop() uint64 {
	if len(m.stack) == 0 {
		m.err = errStackEmpty
		return 0
	}
	v := m.stack[len(m.stack)-1]
	m.stack = m.stack[:len(m.stack)-1]
	return v
}

// pick pushes a copy of the n-th value from the top.
func (m *machine) pick(n uint64) {
	if n >= uint64(len(m.stack)) {
		m.err = errStackEmpty
		return
	}
	m.push(m.stack[len(m.stack)-1-int(n)])
}

// step runs an operation that names a location or reads the frame's state, and leaves the
// others to compute.
func (m *machine) step(o operation) error {
	switch code := o.code; {
	case code == opAddr:
		m.push(o.u + m.regs.Slide)
	case code == opAddrx, code == opConstx:
		return errors.New("index into .debug_addr outside a unit")
	case code == opFbreg:
		m.push(m.regs.CFA + uint64(o.s))
	case code == opCallFrameCFA:
		m.push(m.regs.CFA)
	case opBreg0 <= code && code <= opBreg31, code == opBregx:
		v, ok := m.register(o.u)
		if !ok {
			return fmt.Errorf("value of register %d is unknown", o.u)
		}
		m.push(v + uint64(o.s))
	case opReg0 <= code && code <= opReg31, code == opRegx:
		if o.u > maxRegister {
			return fmt.Errorf("no register %d", o.u)
		}
		m.name(Piece{Kind: InRegister, Reg: int(o.u)})
	case code == opImplicitValue:
		var first [8]byte
		copy(first[:], o.block)
		m.name(Piece{Kind: Immediate, Bytes: o.block, Value: binary.LittleEndian.Uint64(first[:])})
	case code == opStackValue:
		m.name(Piece{Kind: Immediate, Value: m.pop()})
	case code == opPiece:
		if o.u > maxSection || len(m.pieces) >= maxPieces {
			return fmt.Errorf("piece %d of %d bytes is out of bounds", len(m.pieces), o.u)
		}
		if m.pieces == nil {
			m.pieces = make([]Piece, 0, 3) // a slice's
		}
		m.pieces = append(m.pieces, m.location(int64(o.u)))
	case code == opDeref:
		return m.deref(8)
	case code == opDerefSize:
		return m.deref(o.u)
	default:
		return m.compute(o)
	}
	return nil
}

// maxRegister is above every DWARF register number of amd64 and arm64.
const maxRegister = 4095

func (m *machine) register(n uint64) (uint64, bool) {
	if n > maxRegister || m.regs.Reg == nil {
		return 0, false
	}
	return m.regs.Reg(int(n))
}

func (m *machine) deref(size uint64) error {
	if size < 1 || size > 8 {
		return fmt.Errorf("dereference of %d bytes", size)
	}
	if m.regs.Mem == nil {
		return errors.New("dereference without memory")
	}
	addr := m.pop()
	if m.err != nil {
		return m.err
	}
	var buf [8]byte
	if err := m.regs.Mem(addr, buf[:size]); err != nil {
		return fmt.Errorf("dereference %#x: %w", addr, err)
	}
	m.push(binary.LittleEndian.Uint64(buf[:]))
	return nil
}

// compute runs an operation that uses only the stack (DWARF 5, sections 2.5.1.1, 2.5.1.3
// to 2.5.1.5).
func (m *machine) compute(o operation) error {
	switch code := o.code; {
	case opConst1u <= code && code <= opConsts, opLit0 <= code && code <= opLit31:
		m.push(o.u)
	case code == opNop:
	case code == opDup:
		m.pick(0)
	case code == opOver:
		m.pick(1)
	case code == opPick:
		m.pick(o.u)
	case code == opDrop:
		m.pop()
	case code == opSwap:
		a, b := m.pop(), m.pop()
		m.push(a)
		m.push(b)
	case code == opRot:
		a, b, c := m.pop(), m.pop(), m.pop()
		m.push(a)
		m.push(c)
		m.push(b)
	case code == opAbs:
		v := int64(m.pop())
		m.push(uint64(max(v, -v)))
	case code == opNeg:
		m.push(-m.pop())
	case code == opNot:
		m.push(^m.pop())
	case code == opPlusUconst:
		m.push(m.pop() + o.u)
	case code == opSkip:
		return m.jump(o.s)
	case code == opBra:
		if m.pop() != 0 {
			return m.jump(o.s)
		}
	default:
		top := m.pop()
		second := m.pop()
		v, err := binaryOp(code, second, top)
		if err != nil {
			return err
		}
		m.push(v)
	}
	return nil
}

func (m *machine) jump(offset int64) error {
	to := int64(m.c.pos) + offset
	if to < 0 || to > int64(len(m.c.data)) {
		return fmt.Errorf("jump to %d outside the expression", to)
	}
	m.c.pos = int(to)
	return nil
}

func binaryOp(code byte, a, b uint64) (uint64, error) {
	is := func(v bool) uint64 {
		if v {
			return 1
		}
		return 0
	}
	switch code {
	case opAnd:
		return a & b, nil
	case opOr:
		return a | b, nil
	case opXor:
		return a ^ b, nil
	case opPlus:
		return a + b, nil
	case opMinus:
		return a - b, nil
	case opMul:
		return a * b, nil
	case opDiv:
		if b == 0 {
			return 0, errors.New("division by zero")
		}
		return uint64(int64(a) / int64(b)), nil
	case opMod:
		if b == 0 {
			return 0, errors.New("division by zero")
		}
		return a % b, nil
	case opShl:
		return a << b, nil
	case opShr:
		return a >> b, nil
	case opShra:
		return uint64(int64(a) >> b), nil
	case opEq:
		return is(a == b), nil
	case opNe:
		return is(a != b), nil
	case opGe:
		return is(int64(a) >= int64(b)), nil
	case opGt:
		return is(int64(a) > int64(b)), nil
	case opLe:
		return is(int64(a) <= int64(b)), nil
	case opLt:
		return is(int64(a) < int64(b)), nil
	}
	return 0, fmt.Errorf("unknown operation %#x", code)
}
