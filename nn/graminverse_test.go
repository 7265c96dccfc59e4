package nn

import (
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
	"gonum.org/v1/gonum/mat"

	"ranksweep/nn/heaptest"
)

// ofRank returns a random matrix of a rank.
func ofRank(rank, rows, cols int, rng *rand.Rand) blas32.General {
	left, right, y := NewMatrix(rows, rank), NewMatrix(rank, cols), NewMatrix(rows, cols)
	fillNormal(left.Data, 1, rng)
	fillNormal(right.Data, 1, rng)
	blas32.Gemm(blas.NoTrans, blas.NoTrans, 1, left, right, 0, y)
	return y
}

// pseudoInverse is that of YYᵀ by Y's singular values, of which it leaves out those below cut of the largest.
func pseudoInverse(t *testing.T, y blas32.General, damping, cut float64) *mat.Dense {
	var svd mat.SVD
	if !svd.Factorize(wide(y), mat.SVDFull) {
		t.Fatal("no singular value decomposition")
	}
	var u, d, inverse mat.Dense
	svd.UTo(&u)
	n, s := y.Rows, svd.Values(nil)
	diagonal := make([]float64, n)
	for i := range diagonal {
		v := damping
		if i < len(s) && s[i] > cut*s[0] {
			v += s[i] * s[i]
		}
		if v > 0 {
			diagonal[i] = 1 / v
		}
	}
	d.Mul(&u, mat.NewDiagDense(n, diagonal))
	inverse.Mul(&d, u.T())
	return &inverse
}

// TestGramInverse: EᵀE against the pseudo-inverse by singular values, for matrices of full and of less rank,
// and one that is zero. The condition of the Gram matrices is below 1e6, and entries of E are rounded to float32.
func TestGramInverse(t *testing.T) {
	rng := rand.New(rand.NewPCG(23, 1))
	g := newGramInverse(new(Arena), 70, 300)
	for _, shape := range [][3]int{{1, 1, 1}, {1, 1, 9}, {5, 5, 7}, {3, 8, 40}, {9, 40, 9}, {12, 70, 30},
		{70, 70, 300}} {
		y := ofRank(shape[0], shape[1], shape[2], rng)
		for _, damping := range []float64{0, 0.1} {
			e, rank := g.ofRows(y, damping, 1e-10)
			if want := shape[0]; damping == 0 && rank != want {
				t.Errorf("%v: rank %d, want %d", shape, rank, want)
			}
			want := pseudoInverse(t, y, damping, 1e-5)
			var got, off mat.Dense
			got.Mul(wide(e).T(), wide(e))
			off.Sub(&got, want)
			if d := mat.Norm(&off, 2) / mat.Norm(want, 2); !(d < 1e-5) {
				t.Errorf("%v, damping %g: the pseudo-inverse is off by %g of itself", shape, damping, d)
			}
		}
	}
	zero := NewMatrix(4, 5)
	if e, rank := g.ofRows(zero, 0, 1e-10); rank != 0 || mat.Norm(wide(e), 2) != 0 {
		t.Errorf("of zero: rank %d, %v", rank, e.Data)
	}
	y := ofRank(30, 64, 100, rng)
	if n := heaptest.Allocations(3, func() { g.ofRows(y, 0, 1e-10) }); n != 0 {
		t.Errorf("%d allocations", n)
	}
}
