// Vector instructions that Go's assembler lacks, each as the word that it
// assembles to. They take the numbers of V registers, the destination first,
// and work on four words a register; S[0] is the first.

#define FMULBY(d, n, m) WORD $(0x4f809000 | (m)<<16 | (n)<<5 | (d)) // fmul Vd.4S, Vn.4S, Vm.S[0]
#define FMLABY(d, n, m) WORD $(0x4f801000 | (m)<<16 | (n)<<5 | (d)) // fmla Vd.4S, Vn.4S, Vm.S[0]; fused
