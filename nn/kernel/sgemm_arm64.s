// Micro-kernels of matrix products for arm64, with NEON.

#include "textflag.h"
#include "neon_arm64.h"

// The tile is up to six rows high and one to four vectors of four floats
// wide: V0-V3 sum the first row, V4-V7 the second, and so on to V23. V24-V27
// hold a row of B, or of C, and V28 an element of A. An element of A is loaded alone and
// multiplied by lane, since on many CPUs a load that fills a vector with it costs one vector
// operation more.

#define ROWS R0
#define COLS R1
#define DEPTH R2
#define P R3
#define ACS R4
#define B R5
#define BS R6
#define A0 R7
#define A1 R8
#define A2 R9
#define A3 R10
#define A4 R11
#define A5 R12
#define ENTRY R13
#define C R14
#define CS R15

#define ALPHA 29
#define BETA 30

// In the names below the digit is the number of vectors. The row of sums
// begins with the register of number d; f0-f3 are the names of its registers.

#define LOAD1(from) FMOVQ (from), F24
#define LOAD2(from) FLDPQ (from), (F24, F25)
#define LOAD3(from) LOAD2(from); FMOVQ 32(from), F26
#define LOAD4(from) LOAD2(from); FLDPQ 32(from), (F26, F27)

#define STORE1(f0, f1, f2, f3) FMOVQ f0, (C)
#define STORE2(f0, f1, f2, f3) FSTPQ (f0, f1), (C)
#define STORE3(f0, f1, f2, f3) STORE2(f0, f1, f2, f3); FMOVQ f2, 32(C)
#define STORE4(f0, f1, f2, f3) STORE2(f0, f1, f2, f3); FSTPQ (f2, f3), 32(C)

// SCALE multiplies a row of sums by alpha.
#define SCALE1(d) FMULBY(d, d, ALPHA)
#define SCALE2(d) SCALE1(d); FMULBY(d+1, d+1, ALPHA)
#define SCALE3(d) SCALE2(d); FMULBY(d+2, d+2, ALPHA)
#define SCALE4(d) SCALE3(d); FMULBY(d+3, d+3, ALPHA)

// FUSE adds what was loaded, times lane 0 of V[m], to a row of sums.
#define FUSE1(d, m) FMLABY(d, 24, m)
#define FUSE2(d, m) FUSE1(d, m); FMLABY(d+1, 25, m)
#define FUSE3(d, m) FUSE2(d, m); FMLABY(d+2, 26, m)
#define FUSE4(d, m) FUSE3(d, m); FMLABY(d+3, 27, m)

// STEP adds an element of A times the row of B to a row of sums. It is 4 +
// COLS bytes of code: one load, and one product a vector.
#define STEP1(a, d) FMOVS (a)(P<<2), F28; FUSE1(d, 28)
#define STEP2(a, d) FMOVS (a)(P<<2), F28; FUSE2(d, 28)
#define STEP3(a, d) FMOVS (a)(P<<2), F28; FUSE3(d, 28)
#define STEP4(a, d) FMOVS (a)(P<<2), F28; FUSE4(d, 28)

// SET and ADD finish a row of C, with beta 0 and with another beta.
#define SET1(d, f0, f1, f2, f3) SCALE1(d); STORE1(f0, f1, f2, f3)
#define SET2(d, f0, f1, f2, f3) SCALE2(d); STORE2(f0, f1, f2, f3)
#define SET3(d, f0, f1, f2, f3) SCALE3(d); STORE3(f0, f1, f2, f3)
#define SET4(d, f0, f1, f2, f3) SCALE4(d); STORE4(f0, f1, f2, f3)
#define ADD1(d, f0, f1, f2, f3) LOAD1(C); SCALE1(d); FUSE1(d, BETA); STORE1(f0, f1, f2, f3)
#define ADD2(d, f0, f1, f2, f3) LOAD2(C); SCALE2(d); FUSE2(d, BETA); STORE2(f0, f1, f2, f3)
#define ADD3(d, f0, f1, f2, f3) LOAD3(C); SCALE3(d); FUSE3(d, BETA); STORE3(f0, f1, f2, f3)
#define ADD4(d, f0, f1, f2, f3) LOAD4(C); SCALE4(d); FUSE4(d, BETA); STORE4(f0, f1, f2, f3)

// EACH finishes row after row, until none is left.
#define EACH(FINISH) \
	FINISH(0, F0, F1, F2, F3); NEXT; \
	FINISH(4, F4, F5, F6, F7); NEXT; \
	FINISH(8, F8, F9, F10, F11); NEXT; \
	FINISH(12, F12, F13, F14, F15); NEXT; \
	FINISH(16, F16, F17, F18, F19); NEXT; \
	FINISH(20, F20, F21, F22, F23); RET

#define NEXT SUBS $1, ROWS; BEQ done; ADD CS, C

// TILE is the kernel of one width. Each turn of its loop jumps into the sequence of steps so
// that as many steps are left as the tile has rows; ENTRY holds the number of bytes to skip.
#define TILE(LOAD, STEP, SET, ADDED, loop, steps, set) \
	ADR steps, P; \
	ADD P, ENTRY; \
	MOVD ZR, P; \
loop: \
	LOAD(B); \
	JMP (ENTRY); \
steps: \
	STEP(A5, 20); \
	STEP(A4, 16); \
	STEP(A3, 12); \
	STEP(A2, 8); \
	STEP(A1, 4); \
	STEP(A0, 0); \
	ADD ACS, P; \
	ADD BS, B; \
	SUBS $1, DEPTH; \
	BNE loop; \
	FCMPS $(0.0), F30; \
	BEQ set; \
	EACH(ADDED) \
set: \
	EACH(SET)

#define ZERO(v0, v1, v2, v3) \
	VEOR v0.B16, v0.B16, v0.B16; \
	VEOR v1.B16, v1.B16, v1.B16; \
	VEOR v2.B16, v2.B16, v2.B16; \
	VEOR v3.B16, v3.B16, v3.B16

// func tileNEON(rows, cols, k int, a []float32, ars, acs int, b []float32, bs int, c []float32, cs int, alpha, beta float32)
TEXT ·tileNEON(SB), NOSPLIT, $0-136
	MOVD rows+0(FP), ROWS
	MOVD cols+8(FP), COLS
	MOVD k+16(FP), DEPTH
	MOVD a_base+24(FP), A0
	MOVD ars+48(FP), P
	MOVD acs+56(FP), ACS
	MOVD b_base+64(FP), B
	MOVD bs+88(FP), BS
	MOVD c_base+96(FP), C
	MOVD cs+120(FP), CS
	FMOVS alpha+128(FP), F29
	FMOVS beta+132(FP), F30
	LSL $2, BS
	LSL $2, CS

	// The pointers A1-A5 that lie beyond the last row are not read through.
	ADD P<<2, A0, A1
	ADD P<<2, A1, A2
	ADD P<<2, A2, A3
	ADD P<<2, A3, A4
	ADD P<<2, A4, A5

	// ENTRY = (6 - rows) (4 + cols)
	MOVD $6, ENTRY
	SUB ROWS, ENTRY
	ADD $4, COLS, P
	MUL P, ENTRY

	ZERO(V0, V1, V2, V3)
	ZERO(V4, V5, V6, V7)
	ZERO(V8, V9, V10, V11)
	ZERO(V12, V13, V14, V15)
	ZERO(V16, V17, V18, V19)
	ZERO(V20, V21, V22, V23)

	CMP $8, COLS
	BLT one
	BEQ two
	CMP $12, COLS
	BEQ three
	TILE(LOAD4, STEP4, SET4, ADD4, loop4, steps4, set4)
three:
	TILE(LOAD3, STEP3, SET3, ADD3, loop3, steps3, set3)
two:
	TILE(LOAD2, STEP2, SET2, ADD2, loop2, steps2, set2)
one:
	TILE(LOAD1, STEP1, SET1, ADD1, loop1, steps1, set1)
done:
	RET
