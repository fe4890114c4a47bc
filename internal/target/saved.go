package target

import "fmt"

// Two functions of the runtime save the registers of the code they interrupt in their own
// frame: asyncPreempt (runtime/preempt_GOARCH.s) and, since Go 1.26, panicBounds
// (asm_GOARCH.s). They are assembly, and only their instructions show the order: a row of
// stores to the stack at the beginning.

// savedRegister is a register, by DWARF number, and its offset from the stack pointer.
type savedRegister struct {
	reg    int
	offset uint64
}

// We look for a row of at least minSaved stores in the first maxPrologue bytes.
const (
	minSaved    = 8
	maxPrologue = 512
)

// restore adds to regs the registers that the function has saved in its frame, whose stack
// pointer is sp.
func (p *Process) restore(function string, sp uint64, regs *Registers) {
	for _, s := range p.savedBy(function) {
		if v, err := p.ReadWord(sp + s.offset); err == nil {
			regs.set(s.reg, v)
		}
	}
}

// savedBy returns the registers that a function saves.
func (p *Process) savedBy(function string) []savedRegister {
	if found, ok := p.saved[function]; ok {
		return found
	}
	if p.saved == nil {
		p.saved = map[string][]savedRegister{}
	}
	found, err := p.readSaved(function)
	if err != nil && p.savedErr == nil {
		p.savedErr = fmt.Errorf("saved registers aren't known: %w", err)
	}
	p.saved[function] = found
	return found
}

func (p *Process) readSaved(function string) ([]savedRegister, error) {
	fn, ok := p.Info.FuncByName(function)
	if !ok {
		return nil, fmt.Errorf("no function %s", function)
	}
	code := make([]byte, min(fn.End-fn.Entry, maxPrologue))
	if err := p.Mem.Read(code, fn.Entry+p.Slide); err != nil {
		return nil, err
	}
	store, step := storeAMD64, 1
	if p.Info.GOARCH() == "arm64" {
		store, step = storeARM64, 4
	}
	if row := rowOfStores(code, store, step); row != nil {
		return row, nil
	}
	return nil, fmt.Errorf("%s not recognised: no row of stores", function)
}

// rowOfStores returns the first row of stores in code. Instructions begin at multiples of
// step. store decodes the instruction at the beginning of its argument: n is its length, 0
// if it isn't a store.
func rowOfStores(code []byte, store func([]byte) (stored []savedRegister, n int), step int) []savedRegister {
	for i := 0; i < len(code); i += step {
		var row []savedRegister
		for at := i; at < len(code); {
			stored, n := store(code[at:])
			if n == 0 {
				break
			}
			row, at = append(row, stored...), at+n
		}
		if len(row) >= minSaved && distinct(row) {
			return row
		}
	}
	return nil
}

// distinct reports whether each register is saved at an offset of its own.
func distinct(row []savedRegister) bool {
	regs, places := map[int]bool{}, map[uint64]bool{}
	for _, s := range row {
		if s.offset%word != 0 || regs[s.reg] || places[s.offset] {
			return false
		}
		regs[s.reg], places[s.offset] = true, true
	}
	return true
}

// storeAMD64 decodes MOVQ reg, offset(SP): REX.W 89 /r with a SIB byte that says SP
// and a displacement of 0, 8 or 32 bits (Intel's manual, volume 2, MOV and section
// 2.1.5).
func storeAMD64(code []byte) ([]savedRegister, int) {
	const rexW, rexR, movToMemory, base, sibSP = 0x48, 0x04, 0x89, 0x04, 0x24
	if len(code) < 4 || code[0]&^rexR != rexW || code[1] != movToMemory || code[2]&0x07 != base || code[3] != sibSP {
		return nil, 0
	}
	reg := int(code[2] >> 3 & 0x07)
	if code[0]&rexR != 0 {
		reg += 8
	}
	s := savedRegister{reg: dwarfAMD64[reg]}
	switch mode := code[2] >> 6; {
	case mode == 0:
		return []savedRegister{s}, 4
	case mode == 1 && len(code) >= 5 && code[4] < 0x80:
		s.offset = uint64(code[4])
		return []savedRegister{s}, 5
	case mode == 2 && len(code) >= 8 && code[7] < 0x80:
		s.offset = uint64(le32(code[4:]))
		return []savedRegister{s}, 8
	}
	return nil, 0
}

// dwarfAMD64 has the DWARF numbers of the processor's registers (System V ABI, AMD64
// supplement, figure 3.36).
var dwarfAMD64 = [16]int{0, 2, 1, 3, 7, 6, 4, 5, 8, 9, 10, 11, 12, 13, 14, 15}

// storeARM64 decodes STR and STP of 64 bits to SP and an offset (Arm's manual, C6.2:
// STP, signed offset; STR (immediate), unsigned offset).
func storeARM64(code []byte) ([]savedRegister, int) {
	const sp = 31
	if len(code) < 4 {
		return nil, 0
	}
	op := le32(code)
	first, base, second := int(op&31), op>>5&31, int(op>>10&31)
	switch {
	case base != sp:
	case op>>22 == 0xa9000000>>22 && op>>21&1 == 0: // the offset isn't negative
		off := uint64(op>>15&0x3f) * word
		return []savedRegister{{first, off}, {second, off + word}}, 4
	case op>>22 == 0xf9000000>>22:
		return []savedRegister{{first, uint64(op>>10&0xfff) * word}}, 4
	}
	return nil, 0
}
