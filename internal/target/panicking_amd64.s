#include "textflag.h"

// func innermostPanic() uintptr
TEXT ·innermostPanic(SB), NOSPLIT, $0-8
	MOVQ (TLS), AX   // g
	MOVQ 32(AX), AX  // g._panic, see panicking.go
	MOVQ AX, ret+0(FP)
	RET

// func framePointer() uintptr
TEXT ·framePointer(SB), NOSPLIT, $0-8
	MOVQ BP, ret+0(FP)
	RET
