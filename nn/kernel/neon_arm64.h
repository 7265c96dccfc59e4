// Vector instructions that Go's assembler lacks, and some that it has, each written as its
// encoded word. They take the numbers of V registers, the destination first, and work on
// four words per register; S[0] is the first.

#define FADD(d, n, m) WORD $(0x4e20d400 | (m)<<16 | (n)<<5 | (d)) // fadd Vd.4S, Vn.4S, Vm.4S
#define FSUB(d, n, m) WORD $(0x4ea0d400 | (m)<<16 | (n)<<5 | (d)) // fsub Vd.4S, Vn.4S, Vm.4S
#define FMUL(d, n, m) WORD $(0x6e20dc00 | (m)<<16 | (n)<<5 | (d)) // fmul Vd.4S, Vn.4S, Vm.4S
#define FDIV(d, n, m) WORD $(0x6e20fc00 | (m)<<16 | (n)<<5 | (d)) // fdiv Vd.4S, Vn.4S, Vm.4S
#define FMAX(d, n, m) WORD $(0x4e20f400 | (m)<<16 | (n)<<5 | (d)) // fmax Vd.4S, Vn.4S, Vm.4S; NaN if one is
#define FMIN(d, n, m) WORD $(0x4ea0f400 | (m)<<16 | (n)<<5 | (d)) // fmin Vd.4S, Vn.4S, Vm.4S; NaN if one is
#define FNEG(d, n)    WORD $(0x6ea0f800 | (n)<<5 | (d))           // fneg Vd.4S, Vn.4S

#define FMULBY(d, n, m) WORD $(0x4f809000 | (m)<<16 | (n)<<5 | (d)) // fmul Vd.4S, Vn.4S, Vm.S[0]
#define FMLABY(d, n, m) WORD $(0x4f801000 | (m)<<16 | (n)<<5 | (d)) // fmla Vd.4S, Vn.4S, Vm.S[0]; fused

#define INTADD(d, n, m) WORD $(0x4ea08400 | (m)<<16 | (n)<<5 | (d))      // add  Vd.4S, Vn.4S, Vm.4S
#define INTSUB(d, n, m) WORD $(0x6ea08400 | (m)<<16 | (n)<<5 | (d))      // sub  Vd.4S, Vn.4S, Vm.4S
#define INTSHL(d, n, i) WORD $(0x4f205400 | (i)<<16 | (n)<<5 | (d))      // shl  Vd.4S, Vn.4S, #i
#define INTSHR(d, n, i) WORD $(0x4f200400 | (32-(i))<<16 | (n)<<5 | (d)) // sshr Vd.4S, Vn.4S, #i; signed
