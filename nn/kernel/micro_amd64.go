package kernel

// The kernels of amd64, chosen by the instruction sets of the CPU.

import "golang.org/x/sys/cpu"

// accelerated returns the kernels in assembly that this CPU can run, best
// first.
func accelerated() []*micro {
	x := cpu.X86
	avx2 := x.HasAVX2 && x.HasFMA
	expanded := &micro{name: "avx2", rows: 6, cols: []int{8, 16}, tile: bf16AVX2, transpose: transposeBySquares,
		roundPairs: roundPairsInVectors, pairRows: pairRowsInVectors}
	var found []*micro
	if avx2 && x.HasBMI2 && x.HasAVX512F && x.HasAVX512DQ && x.HasAVX512VL {
		u := &micro{name: "avx512", rows: 14, cols: []int{8, 16, 32}, wide: true, tile: sgemmAVX512,
			transpose: transposeBySquares, copyStrip: copyStripAVX512, bf16: expanded}
		if x.HasAVX512BF16 {
			u.bf16 = &micro{name: "avx512bf16", rows: 14, cols: []int{8, 16, 32}, tile: bf16AVX512,
				transpose: transposeBySquares, roundPairs: roundPairsInWideVectors, pairRows: pairRowsInWideVectors}
		}
		found = append(found, u)
	}
	if avx2 {
		found = append(found, &micro{name: "avx2", rows: 6, cols: []int{8, 16}, tile: sgemmAVX2,
			transpose: transposeBySquares, copyStrip: copyStripAVX2, bf16: expanded})
	}
	return found
}

// wideLanes is the number of elements in a vector of AVX-512.
const wideLanes = 2 * lanes

// roundPairsInVectors is [roundPairs] with assembly for whole vectors.
func roundPairsInVectors(dst, src []float32) {
	n := len(src) / 2 / lanes * lanes
	if n > 0 {
		roundPairsAVX2(n, dst, src)
	}
	roundPairs(dst[n:], src[2*n:])
}

// roundPairsInWideVectors is [roundPairs] with assembly for whole vectors, of AVX-512 and of AVX2. Each CPU with
// AVX512_BF16 has AVX-512's BW.
func roundPairsInWideVectors(dst, src []float32) {
	n := len(src) / 2 / wideLanes * wideLanes
	if n > 0 {
		roundPairsAVX512(n, dst, src)
	}
	roundPairsInVectors(dst[n:], src[2*n:])
}

// pairRowsInVectors is [pairRows] with assembly for complete pairs; width is a multiple of the lanes, and less than
// lanes beyond cols.
func pairRowsInVectors(rows, cols, width int, dst, src []float32, ss int) {
	if whole := rows / 2; whole > 0 {
		for j := 0; j < cols; j += lanes {
			pairRowsAVX2(min(cols-j, lanes), whole, dst[j:], width, src[j:], ss)
		}
	}
	pairOddRow(rows, cols, width, dst, src, ss)
}

// pairRowsInWideVectors is pairRowsInVectors by AVX-512, and by AVX2 where width leaves a half of a vector.
func pairRowsInWideVectors(rows, cols, width int, dst, src []float32, ss int) {
	if whole := rows / 2; whole > 0 {
		j := 0
		for ; j < cols && width-j >= wideLanes; j += wideLanes {
			pairRowsAVX512(min(cols-j, wideLanes), whole, dst[j:], width, src[j:], ss)
		}
		if j < cols {
			pairRowsAVX2(cols-j, whole, dst[j:], width, src[j:], ss)
		}
	}
	pairOddRow(rows, cols, width, dst, src, ss)
}

// pairOddRow is [pairRows] for the last row of an odd number.
func pairOddRow(rows, cols, width int, dst, src []float32, ss int) {
	if rows%2 == 1 {
		pairRows(1, cols, width, dst[rows/2*width:], src[(rows-1)*ss:], ss)
	}
}
