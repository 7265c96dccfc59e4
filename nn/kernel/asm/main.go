// Command asm generates the assembly of package kernel for amd64.
//
// It is a module of its own, so that its dependencies stay out of the
// project's.
package main

import . "github.com/mmcloughlin/avo/build"

func main() {
	ConstraintExpr("amd64")
	avx2.gemm("sgemm", floats{})
	avx512.gemm("sgemm", floats{})
	avx2.gemm("bf16", newExpanded())
	avx512.gemm("bf16", dotted{})
	roundPairs()
	roundPairsWide()
	avx2.pairRows()
	avx512.pairRows()
	transpose()
	avx2.strip()
	avx512.strip()
	vectors()
	softmax()
	norms()
	rotate()
	adamW()
	sums()
	Generate()
}
