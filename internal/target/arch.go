package target

import (
	"bytes"

	"coredumpy/internal/ptrace"
)

// arch describes how processors differ.
type arch struct {
	sp, lr int // DWARF numbers; lr -1: the return address is on the stack

	// faultRegs is the order of the general registers in the context of a signal on Linux.
	// The stack pointer and the pc follow them.
	faultRegs []int

	// faultEntry is the function that a fault seems to have called, once the runtime has
	// changed the context; callSize is how much stack a call takes.
	faultEntry string
	callSize   uint64
}

// The numbers are those of the System V ABI's DWARF mapping: 0 rax, 1 rdx,
// 2 rcx, 3 rbx, 4 rsi, 5 rdi, 6 rbp, 7 rsp, 8 to 15.
var amd64 = arch{
	sp: 7, lr: -1,
	faultRegs:  []int{8, 9, 10, 11, 12, 13, 14, 15, 5, 4, 6, 3, 1, 0, 2}, // runtime/defs_linux_amd64.go, sigcontext
	faultEntry: "runtime.sigpanic0",
	callSize:   word,
}

// DWARF numbers are register numbers; 31 is the stack pointer. r18 is the platform's, r27
// the assembler's, r28 is g.
var arm64 = arch{
	sp: 31, lr: 30,
	faultRegs: []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20,
		21, 22, 23, 24, 25, 26, 27, 28, 29, 30}, // runtime/defs_linux_arm64.go, sigcontext
	faultEntry: "runtime.sigpanic",
}

func archOf(goarch string) *arch {
	if goarch == "arm64" {
		return &arm64
	}
	return &amd64
}

// noOps are the instructions without effect that the assembler uses as padding, the longer
// ones first (cmd/internal/obj/x86, nop; cmd/internal/obj/arm64).
var noOps = map[string][]string{
	"amd64": {"\x66\x0f\x1f\x84\x00\x00\x00\x00\x00", "\x0f\x1f\x84\x00\x00\x00\x00\x00",
		"\x0f\x1f\x80\x00\x00\x00\x00",
		"\x66\x0f\x1f\x44\x00\x00", "\x0f\x1f\x44\x00\x00", "\x0f\x1f\x40\x00", "\x0f\x1f\x00", "\x66\x90", "\x90"},
	"arm64": {"\x1f\x20\x03\xd5"},
}

// SkipNoOps returns the address of the first instruction at or after pc that has an
// effect.
func (p *Process) SkipNoOps(pc uint64) uint64 {
	code := p.code32[:]
	if p.Mem.Read(code, pc) != nil {
		return pc
	}
	for again := true; again; {
		again = false
		for _, op := range noOps[p.Info.GOARCH()] {
			if rest, ok := bytes.CutPrefix(code, []byte(op)); ok {
				code, pc, again = rest, pc+uint64(len(op)), true
				break
			}
		}
	}
	return pc
}

// abiInternal holds the DWARF numbers of the registers of the first integer arguments
// (cmd/compile/abi-internal.md).
var abiInternal = map[string][]int{"amd64": {0, 3, 2, 5}, "arm64": {0, 1, 2, 3}}

// Argument returns the i-th integer argument of the function that the thread is about to
// begin.
func Argument(t *ptrace.Thread, goarch string, i int) uint64 {
	if r := abiInternal[goarch][i]; r < len(t.Regs) {
		return t.Regs[r]
	}
	return 0
}
