// Package kernel computes on slices of float32 as fast as a CPU's vector instructions
// allow: a drop-in
// implementation of matrix products for gonum's blas32, and what else costs a
// transformer most: element-wise functions, reductions and AdamW.
//
// A product is cut into tiles of C, which a micro-kernel holds in registers
// while it walks along k. Micro-kernels in assembly exist for AVX-512, for AVX2
// with FMA, and for NEON, which every arm64 CPU has; elsewhere it is portable
// Go. [Use] installs the best one that the CPU has, or the one that the
// environment variable [Variable] names.
//
// What a tile reads is near when it reads it. A block of B stays in the L2 cache
// while the strips of A pass by, and a strip in L1 while the panels of B do; strips
// whose rows would share a few sets of it are copied first, as are those stored by
// columns and read often. A micro-kernel asks for its part of C before it
// multiplies, and who copies a strip for the next one.
//
// Every element of C is summed in the same order: along k, in blocks whose
// lengths depend on k alone. So it depends on its row of op(A), its column of
// op(B) and its old value, and on nothing else: not on the other rows and
// columns, on strides, or on goroutines. A product cut by rows or columns of
// C gives the same bytes as the whole. The kernels in assembly give the same
// bytes as each other, on any CPU, since all of them fuse each multiplication
// with its addition; the portable one rounds twice and differs. Element-wise
// functions and reductions fuse nowhere and give the same bytes everywhere. Only
// the bits of a NaN are the CPU's own.
package kernel

//go:generate go -C asm run . -out ../kernel_amd64.s -stubs ../kernel_amd64.go -pkg kernel
