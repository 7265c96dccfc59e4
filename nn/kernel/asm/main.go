// Command asm writes the amd64 micro-kernels of package kernel.
//
// It is a module of its own, so that its dependencies stay out of the
// project's.
package main

import . "github.com/mmcloughlin/avo/build"

func main() {
	ConstraintExpr("amd64")
	avx2.gemm()
	avx512.gemm()
	transpose()
	vectors()
	softmax()
	norms()
	rotate()
	adamW()
	sums()
	Generate()
}
