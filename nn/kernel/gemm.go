package kernel

// Matrix products in float32: the loops over blocks around a micro-kernel.

// Block sizes. A block of B has at most maxK rows and maxK·maxN elements (512 kB), and stays in the
// L2 cache while all of A passes by. A strip of A, as high as a tile, stays in L1 while the panels of
// B pass by.
const (
	maxN = 512
	maxK = 256
)

// A gemm is C = alpha A B + beta C for m, n, k ≥ 1; A is m×k, B is k×n. A micro-kernel of
// pairs multiplies two elements of A by each row of b, which has words of two elements unless
// they are still to be rounded.
type gemm struct {
	*micro
	a, b        matrix
	rounds      bool
	c           []float32
	ldc         int
	m, n, k     int
	alpha, beta float32
}

// strips returns the part for m rows of C that begins with row i.
func (g gemm) strips(i, m int) gemm {
	g.a, g.c, g.m = g.a.from(i, 0), g.c[i*g.ldc:], m
	return g
}

// columns returns the part for n columns of C that begins with column j.
func (g gemm) columns(j, n int) gemm {
	g.b, g.c, g.n = g.b.from(0, j), g.c[j:], n
	return g
}

// compute does the product on the calling goroutine.
func (g gemm) compute() {
	buf := free.get()
	defer free.put(buf)
	each := 1
	if g.roundPairs != nil {
		each = 2
	}
	depths := newCut((g.k+each-1)/each, maxK, 1)
	for d := range depths.parts {
		p, steps := depths.part(d)
		k := min(each*steps, g.k-each*p)
		wide := g.widest()
		widths := newCut(g.n, maxK*maxN/steps/wide*wide, wide)
		for w := range widths.parts {
			j, n := widths.part(w)
			var b block
			if g.rounds {
				b = g.roundedBlock(g.b.from(each*p, j), k, n, buf)
			} else {
				b = g.newBlock(g.b.from(p, j), steps, n, g.m, buf.b[:])
			}
			g.multiply(g.a.from(0, each*p), k, b, g.c[j:], g.ldc, g.m, g.alpha, g.beta, buf.a[:])
		}
		g.beta = 1
	}
}

// multiply computes C = alpha A B + beta C for the first k columns of A and a
// block of B, strip by strip.
func (u *micro) multiply(a matrix, k int, b block, c []float32, ldc, m int, alpha, beta float32, buf []float32) {
	wide := u.widest()
	strips := newCut(m, u.rows, 1)
	for s := range strips.parts {
		i, rows := strips.part(s)
		strip := a.from(i, 0)
		if u.roundPairs != nil {
			strip = u.paired(buf, strip, rows, k)
		} else {
			strip = u.spread(buf, strip, rows, k, b.n)
		}
		j, panel := 0, 0
		for ; j+wide <= b.n; j += wide {
			u.tile(rows, wide, b.k, strip.data, strip.rs, strip.cs, b.panels.data[panel:], b.panels.rs, c[i*ldc+j:],
				ldc, alpha, beta)
			panel += b.step
		}
		if j < b.n {
			u.tile(rows, b.n-j, b.k, strip.data, strip.rs, strip.cs, b.last.data, b.last.rs, c[i*ldc+j:], ldc,
				alpha, beta)
		}
	}
}
