#include "textflag.h"

// func innermostPanic() uintptr
TEXT ·innermostPanic(SB), NOSPLIT, $0-8
	MOVD 32(g), R0  // g._panic, see panicking.go
	MOVD R0, ret+0(FP)
	RET

// func stackEnd() uintptr
TEXT ·stackEnd(SB), NOSPLIT, $0-8
	MOVD 8(g), R0  // g.stack.hi, see panicking.go
	MOVD R0, ret+0(FP)
	RET

// func framePointer() uintptr
TEXT ·framePointer(SB), NOSPLIT, $0-8
	MOVD R29, ret+0(FP)
	RET
