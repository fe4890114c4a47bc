package ptrace

import "encoding/binary"

// word is the size of a register.
const word = 8

// prstatusSize is the size of struct user_regs_struct (asm/user_64.h).
const prstatusSize = 27 * word

// prstatusOrder holds the indexes of the registers in user_regs_struct by DWARF number
// (System V ABI, figure 3.36): rax, rdx, rcx, rbx, rsi, rdi, rbp, rsp, r8 to r15, and the
// return address, for which the pc stands.
var prstatusOrder = [...]int{10, 12, 11, 5, 13, 14, 4, 19, 9, 8, 7, 6, 3, 2, 1, 0, 16}

// prstatusPC is where the pc is in user_regs_struct.
const prstatusPC = 16 * word

// trapInstruction is int3. The processor stops after it.
var trapInstruction = []byte{0xcc}

const trapAdvance = 1

// The lower halves of xmm0 to xmm15, which hold floating-point variables.
const (
	fpregsSize = 512 // struct user_i387_struct (asm/user_64.h)
	firstXMM   = 160 // its xmm_space
	xmmSize    = 16
	xmmCount   = 16
)

// threadRegs sorts the kernel's registers of a thread by DWARF number. fp may be empty.
func threadRegs(gp, fp []byte) (regs []uint64, pc, sp uint64) {
	for _, i := range prstatusOrder {
		regs = append(regs, binary.LittleEndian.Uint64(gp[i*word:]))
	}
	if len(fp) >= fpregsSize {
		for i := range xmmCount {
			regs = append(regs, binary.LittleEndian.Uint64(fp[firstXMM+i*xmmSize:]))
		}
	}
	return regs, regs[16], regs[7]
}
