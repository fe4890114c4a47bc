#include "textflag.h"

// func InnermostPanic() uintptr
TEXT ·InnermostPanic(SB), NOSPLIT, $0-8
	MOVD 32(g), R0  // g._panic, see stack.go
	MOVD R0, ret+0(FP)
	RET

// func StackEnd() uintptr
TEXT ·StackEnd(SB), NOSPLIT, $0-8
	MOVD 8(g), R0  // g.stack.hi, see stack.go
	MOVD R0, ret+0(FP)
	RET

// func framePointer() uintptr
TEXT ·framePointer(SB), NOSPLIT, $0-8
	MOVD R29, ret+0(FP)
	RET
