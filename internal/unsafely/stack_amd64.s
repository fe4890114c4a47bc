#include "textflag.h"

// func InnermostPanic() uintptr
TEXT ·InnermostPanic(SB), NOSPLIT, $0-8
	MOVQ (TLS), AX   // g
	MOVQ 32(AX), AX  // g._panic, see stack.go
	MOVQ AX, ret+0(FP)
	RET

// func StackEnd() uintptr
TEXT ·StackEnd(SB), NOSPLIT, $0-8
	MOVQ (TLS), AX  // g
	MOVQ 8(AX), AX  // g.stack.hi, see stack.go
	MOVQ AX, ret+0(FP)
	RET

// func framePointer() uintptr
TEXT ·framePointer(SB), NOSPLIT, $0-8
	MOVQ BP, ret+0(FP)
	RET
