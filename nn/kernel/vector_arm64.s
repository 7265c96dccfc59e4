// Element-wise functions for arm64, with NEON.

#include "textflag.h"
#include "neon_arm64.h"

// Element-wise functions take four elements at a time. They follow the portable functions
// step by step and fuse no multiplication with an addition, so that both give the same
// bytes.

// The numbers of the V registers: those that exp uses,
#define X 0
#define T 1
#define N 2
#define POLY 3
#define PRODUCT 4

// those that keep a gate, up and dact beside it,
#define GATE 5
#define UP 6
#define DACT 7

// and those of the constants, each in all four lanes.
#define LOW 16
#define HIGH 17
#define LOG2E 18
#define LN2HIGH 19
#define LN2LOW 20
#define MAGIC 21
#define P0 22
#define P1 23
#define P2 24
#define P3 25
#define P4 26
#define P5 27
#define ONE 28
#define SHIFT 29

#define CONSTANTS \
	MOVD $·expConstants(SB), R0; \
	VLD1R.P 4(R0), [V16.S4]; \
	VLD1R.P 4(R0), [V17.S4]; \
	VLD1R.P 4(R0), [V18.S4]; \
	VLD1R.P 4(R0), [V19.S4]; \
	VLD1R.P 4(R0), [V20.S4]; \
	VLD1R.P 4(R0), [V21.S4]; \
	VLD1R.P 4(R0), [V22.S4]; \
	VLD1R.P 4(R0), [V23.S4]; \
	VLD1R.P 4(R0), [V24.S4]; \
	VLD1R.P 4(R0), [V25.S4]; \
	VLD1R.P 4(R0), [V26.S4]; \
	VLD1R.P 4(R0), [V27.S4]; \
	VLD1R (R0), [V28.S4]

// EXP sets POLY to e^X and overwrites X, T, N and PRODUCT. Its last steps form powers of two
// by adding to the exponent field of 1, which takes the place of adding the bias and
// shifting.
#define EXP \
	FMAX(X, X, LOW); \
	FMIN(X, X, HIGH); \
	FMUL(T, X, LOG2E); \
	FADD(T, T, MAGIC); \
	FSUB(N, T, MAGIC); \
	FMUL(PRODUCT, N, LN2HIGH); \
	FSUB(X, X, PRODUCT); \
	FMUL(PRODUCT, N, LN2LOW); \
	FSUB(X, X, PRODUCT); \
	FMUL(POLY, P0, X); \
	FADD(POLY, POLY, P1); \
	FMUL(POLY, POLY, X); \
	FADD(POLY, POLY, P2); \
	FMUL(POLY, POLY, X); \
	FADD(POLY, POLY, P3); \
	FMUL(POLY, POLY, X); \
	FADD(POLY, POLY, P4); \
	FMUL(POLY, POLY, X); \
	FADD(POLY, POLY, P5); \
	FMUL(PRODUCT, X, X); \
	FMUL(POLY, POLY, PRODUCT); \
	FADD(POLY, POLY, X); \
	FADD(POLY, POLY, ONE); \
	INTSUB(T, T, MAGIC); \
	INTSHR(N, T, 1); \
	INTSUB(T, T, N); \
	SCALE(N); \
	SCALE(T)

#define SCALE(k) \
	INTSHL(k, k, 23); \
	INTADD(k, k, ONE); \
	FMUL(POLY, POLY, k)

// SIGMOID sets POLY to 1/(1+e⁻ˣ) of GATE.
#define SIGMOID \
	FNEG(X, GATE); \
	EXP; \
	FADD(POLY, POLY, ONE); \
	FDIV(POLY, ONE, POLY)

// func expNEON(n int, dst, src []float32, shift float32)
TEXT ·expNEON(SB), NOSPLIT, $0-60
	CONSTANTS
	MOVD n+0(FP), R0
	MOVD dst_base+8(FP), R1
	MOVD src_base+32(FP), R2
	FMOVS shift+56(FP), F29
	VDUP V29.S[0], V29.S4
loop:
	FMOVQ.P 16(R2), F0 // X
	FSUB(X, X, SHIFT)
	EXP
	FMOVQ.P F3, 16(R1) // POLY
	SUBS $4, R0
	BNE loop
	RET

// func swigluNEON(n int, act, gate, up []float32)
TEXT ·swigluNEON(SB), NOSPLIT, $0-80
	CONSTANTS
	MOVD n+0(FP), R0
	MOVD act_base+8(FP), R1
	MOVD gate_base+32(FP), R2
	MOVD up_base+56(FP), R3
loop:
	FMOVQ.P 16(R2), F5 // GATE
	FMOVQ.P 16(R3), F6 // UP
	SIGMOID
	FMUL(GATE, GATE, POLY)
	FMUL(GATE, GATE, UP)
	FMOVQ.P F5, 16(R1)
	SUBS $4, R0
	BNE loop
	RET

// func swigluBackwardNEON(n int, dgate, dup, dact, gate, up []float32)
TEXT ·swigluBackwardNEON(SB), NOSPLIT, $0-128
	CONSTANTS
	MOVD n+0(FP), R0
	MOVD dgate_base+8(FP), R1
	MOVD dup_base+32(FP), R2
	MOVD dact_base+56(FP), R3
	MOVD gate_base+80(FP), R4
	MOVD up_base+104(FP), R5
loop:
	FMOVQ.P 16(R4), F5 // GATE
	FMOVQ.P 16(R5), F6 // UP
	FMOVQ.P 16(R3), F7 // DACT
	SIGMOID
	FSUB(T, ONE, POLY)
	FMUL(T, GATE, T)
	FADD(T, T, ONE)      // the slope
	FMUL(GATE, DACT, GATE)
	FMUL(GATE, GATE, POLY)
	FMOVQ.P F5, 16(R2)   // dup
	FMUL(DACT, DACT, UP)
	FMUL(DACT, DACT, POLY)
	FMUL(DACT, DACT, T)
	FMOVQ.P F7, 16(R1)   // dgate
	SUBS $4, R0
	BNE loop
	RET
