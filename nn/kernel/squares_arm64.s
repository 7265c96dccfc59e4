// Transposition for arm64, with NEON.

#include "textflag.h"

// func transposeSquares(rows, cols int, dst []float32, ds int, src []float32, ss int)
TEXT ·transposeSquares(SB), NOSPLIT, $0-80
	MOVD rows+0(FP), R0
	MOVD cols+8(FP), R1
	MOVD dst_base+16(FP), R2
	MOVD ds+40(FP), R3
	MOVD src_base+48(FP), R4
	MOVD ss+72(FP), R5
	LSL $2, R3
	LSL $2, R5

strip: // of four rows of dst
	MOVD R4, R6
	MOVD R2, R7
	MOVD R1, R8

square:
	FMOVQ (R6), F0
	ADD R5, R6
	FMOVQ (R6), F1
	ADD R5, R6
	FMOVQ (R6), F2
	ADD R5, R6
	FMOVQ (R6), F3
	ADD R5, R6

	// Pairs of elements, then pairs of pairs.
	VTRN1 V1.S4, V0.S4, V4.S4
	VTRN2 V1.S4, V0.S4, V5.S4
	VTRN1 V3.S4, V2.S4, V6.S4
	VTRN2 V3.S4, V2.S4, V7.S4
	VTRN1 V6.D2, V4.D2, V0.D2
	VTRN1 V7.D2, V5.D2, V1.D2
	VTRN2 V6.D2, V4.D2, V2.D2
	VTRN2 V7.D2, V5.D2, V3.D2

	MOVD R7, R9
	FMOVQ F0, (R9)
	ADD R3, R9
	FMOVQ F1, (R9)
	ADD R3, R9
	FMOVQ F2, (R9)
	ADD R3, R9
	FMOVQ F3, (R9)
	ADD $16, R7
	SUBS $4, R8
	BNE square

	ADD $16, R4
	ADD R3<<2, R2
	SUBS $4, R0
	BNE strip
	RET
