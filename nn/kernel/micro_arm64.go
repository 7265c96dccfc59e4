package kernel

// The kernel of arm64.

// accelerated returns the kernels in assembly: every arm64 CPU has NEON. With
// its 32 registers, a 6×16 tile leaves eight of them for A, B, alpha and beta.
func accelerated() []*micro {
	return []*micro{{name: "neon", rows: 6, cols: []int{4, 8, 12, 16}, tile: sgemmNEON,
		transpose: transposeBySquares, copyStrip: copyStrip, bf16: &bf16Portable}}
}

// sgemmNEON is a micro-kernel; see [micro]. NEON has no masks, so that a C that ends within a
// vector is computed in a copy of whole vectors.
func sgemmNEON(rows, cols, k int, a []float32, ars, acs int, b []float32, bs int, c []float32, cs int, alpha,
	beta float32) {
	const lanes = 4
	whole := (cols + lanes - 1) / lanes * lanes
	if cols == whole {
		tileNEON(rows, cols, k, a, ars, acs, b, bs, c, cs, alpha, beta)
		return
	}
	var tile [6 * 16]float32
	if beta != 0 {
		copyRows(rows, cols, tile[:], whole, c, cs)
	}
	tileNEON(rows, whole, k, a, ars, acs, b, bs, tile[:], whole, alpha, beta)
	copyRows(rows, cols, c, cs, tile[:], whole)
}

// tileNEON is [sgemmNEON] for cols that are a multiple of 4.
//
//go:noescape
func tileNEON(rows, cols, k int, a []float32, ars, acs int, b []float32, bs int, c []float32, cs int, alpha,
	beta float32)
