// Package kernel does a transformer's arithmetic as fast as a CPU's vector instructions
// allow: matrix products, as a drop-in implementation for gonum's blas32, and the other
// expensive work on slices of float32, that is, element-wise functions, reductions and
// AdamW.
//
// A product is cut into tiles of C, which a micro-kernel holds in registers
// while it walks along k. There are micro-kernels in assembly for AVX-512, for AVX2 with
// FMA, and for NEON, which every arm64 CPU has; other platforms use portable Go. [Use]
// installs the best micro-kernel for the CPU, or the one that the environment variable
// [Variable] names.
//
// A tile finds its data in a near cache. A block of B stays in the L2 cache while the
// strips of A pass by, and a strip of A stays in L1 while the panels of B pass by. A strip
// is copied first if its rows would share a few sets of L1, or if it is stored by columns
// and read often. A micro-kernel prefetches its part of C before it multiplies, and the
// code that copies a strip prefetches the next strip.
//
// Every element of C is summed in the same order: along k, in blocks whose lengths depend
// only on k. So an element depends only on its row of op(A), its column of op(B) and its
// old value, and not on other rows and columns, on strides, or on goroutines. A product
// that is cut by rows or columns of C gives the same bytes as the whole. All kernels in
// assembly give the same bytes on any CPU, since all of them fuse each multiplication with
// its addition; the portable kernel rounds twice and differs. Element-wise functions and
// reductions never fuse, and give the same bytes everywhere. Only the bits of a NaN depend
// on the CPU.
package kernel

//go:generate go -C asm run . -out ../kernel_amd64.s -stubs ../kernel_amd64.go -pkg kernel
