package kernel

// The kernels of amd64, chosen by the instruction sets of the CPU.

import "golang.org/x/sys/cpu"

// accelerated returns the kernels in assembly that this CPU can run, best
// first.
func accelerated() []*micro {
	x := cpu.X86
	avx2 := x.HasAVX2 && x.HasFMA
	expanded := &micro{name: "avx2", rows: 6, cols: []int{8, 16}, tile: bf16AVX2, roundPairs: roundPairsInVectors}
	var found []*micro
	if avx2 && x.HasBMI2 && x.HasAVX512F && x.HasAVX512DQ && x.HasAVX512VL {
		u := &micro{name: "avx512", rows: 14, cols: []int{8, 16, 32}, tile: sgemmAVX512,
			transpose: transposeBySquares, copyStrip: copyStripAVX512, bf16: expanded}
		if x.HasAVX512BF16 {
			u.bf16 = &micro{name: "avx512bf16", rows: 14, cols: []int{8, 16, 32}, tile: bf16AVX512,
				roundPairs: roundPairsInVectors}
		}
		found = append(found, u)
	}
	if avx2 {
		found = append(found, &micro{name: "avx2", rows: 6, cols: []int{8, 16}, tile: sgemmAVX2,
			transpose: transposeBySquares, copyStrip: copyStripAVX2, bf16: expanded})
	}
	return found
}

// roundPairsInVectors is [roundPairs] with assembly for whole vectors.
func roundPairsInVectors(dst, src []float32) {
	n := len(src) / 2 / lanes * lanes
	if n > 0 {
		roundPairsAVX2(n, dst, src)
	}
	roundPairs(dst[n:], src[2*n:])
}
