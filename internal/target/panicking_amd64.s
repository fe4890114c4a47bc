#include "textflag.h"

// func innermostPanic() uintptr
TEXT ·innermostPanic(SB), NOSPLIT, $0-8
	MOVQ (TLS), AX   // g
	MOVQ 32(AX), AX  // g._panic, see panicking.go
	MOVQ AX, ret+0(FP)
	RET

// func stackEnd() uintptr
TEXT ·stackEnd(SB), NOSPLIT, $0-8
	MOVQ (TLS), AX  // g
	MOVQ 8(AX), AX  // g.stack.hi, see panicking.go
	MOVQ AX, ret+0(FP)
	RET

// func framePointer() uintptr
TEXT ·framePointer(SB), NOSPLIT, $0-8
	MOVQ BP, ret+0(FP)
	RET
