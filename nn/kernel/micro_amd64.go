package kernel

import "golang.org/x/sys/cpu"

// accelerated returns the kernels in assembly that this CPU can run, best
// first.
func accelerated() []*micro {
	x := cpu.X86
	avx2 := x.HasAVX2 && x.HasFMA
	var found []*micro
	if avx2 && x.HasBMI2 && x.HasAVX512F && x.HasAVX512DQ && x.HasAVX512VL {
		found = append(found, &micro{name: "avx512", rows: 14, cols: []int{8, 16, 32}, tile: sgemmAVX512, transpose: transposeBySquares})
	}
	if avx2 {
		found = append(found, &micro{name: "avx2", rows: 6, cols: []int{8, 16}, tile: sgemmAVX2, transpose: transposeBySquares})
	}
	return found
}
