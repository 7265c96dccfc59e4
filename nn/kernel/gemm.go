package kernel

// Block sizes. A block of B, at most maxK × maxN (512 kB), stays in the L2
// cache while all of A passes by; a strip of A, as high as a tile, stays in
// L1 while the panels of B pass by.
const (
	maxN = 512
	maxK = 256
)

// gemm computes C = alpha A B + beta C for m, n, k ≥ 1; A is m×k, B is k×n.
func (u *micro) gemm(a, b matrix, c []float32, ldc, m, n, k int, alpha, beta float32) {
	buf := getBuffers()
	defer buf.put()
	depths := newCut(k, maxK, 1)
	widths := newCut(n, maxN, u.widest())
	for d := range depths.parts {
		p, k := depths.part(d)
		for w := range widths.parts {
			j, n := widths.part(w)
			block := u.newBlock(b.from(p, j), k, n, buf.b[:])
			u.multiply(a.from(0, p), block, c[j:], ldc, m, alpha, beta, buf.a[:])
		}
		beta = 1
	}
}

// multiply computes C = alpha A B + beta C for a block of B, strip by strip.
func (u *micro) multiply(a matrix, b block, c []float32, ldc, m int, alpha, beta float32, buf []float32) {
	wide := u.widest()
	strips := newCut(m, u.rows, 1)
	for s := range strips.parts {
		i, rows := strips.part(s)
		strip := a.from(i, 0)
		if strip.crowded() {
			strip = spread(buf, strip, rows, b.k)
		}
		j, panel := 0, 0
		for ; j+wide <= b.n; j += wide {
			u.tile(rows, wide, b.k, strip.data, strip.rs, strip.cs, b.panels.data[panel:], b.panels.rs, c[i*ldc+j:], ldc, alpha, beta)
			panel += b.step
		}
		if j < b.n {
			u.tile(rows, b.n-j, b.k, strip.data, strip.rs, strip.cs, b.last.data, b.last.rs, c[i*ldc+j:], ldc, alpha, beta)
		}
	}
}
