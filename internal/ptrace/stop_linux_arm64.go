package ptrace

import "encoding/binary"

// word is the size of a register.
const word = 8

// prstatusSize is the size of struct user_pt_regs (asm/ptrace.h): x0 to x30, sp, pc,
// pstate. DWARF numbers them in the same order (DWARF for the Arm 64-bit Architecture,
// section 4.1).
const prstatusSize = 34 * word

// prstatusPC is where the pc is in user_pt_regs.
const prstatusPC = 32 * word

// trapInstruction is brk #0. The processor stops before it.
var trapInstruction = []byte{0x00, 0x00, 0x20, 0xd4}

const trapAdvance = 0

// fpregsSize is 0: DWARF numbers floating-point registers from 64 on, beyond those that
// frames keep.
const fpregsSize = 0

// threadRegs returns the registers of a thread by DWARF number.
func threadRegs(gp, _ []byte) (regs []uint64, pc, sp uint64) {
	for i := range 33 {
		regs = append(regs, binary.LittleEndian.Uint64(gp[i*word:]))
	}
	return regs, regs[32], regs[31]
}
