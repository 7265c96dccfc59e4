package nn

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
	"gonum.org/v1/gonum/mat"
)

// naiveInverseRoot is (M + sI)^(−½) by eigenvalues, with what inverseRoot adds to the diagonal.
func naiveInverseRoot(t *testing.T, m *mat.Dense, shift float64) *mat.Dense {
	t.Helper()
	n, _ := m.Dims()
	sym := mat.NewSymDense(n, nil)
	for i := range n {
		for j := range i + 1 {
			sym.SetSym(i, j, (m.At(i, j)+m.At(j, i))/2)
		}
		sym.SetSym(i, i, sym.At(i, i)+shift)
	}
	var eigen mat.EigenSym
	ridge := rootRidge * mat.Norm(sym, 2)
	if !eigen.Factorize(sym, true) {
		t.Fatal("no eigenvalues")
	}
	var q, scaled, root mat.Dense
	eigen.VectorsTo(&q)
	values := eigen.Values(nil)
	for i, v := range values {
		values[i] = 1 / math.Sqrt(max(v, 0)+ridge)
	}
	scaled.Mul(&q, mat.NewDiagDense(n, values))
	root.Mul(&scaled, q.T())
	return &root
}

// TestInverseRoot: with all roots of eigenvalues above a tenth of the largest, Z is rounded by some 2⁻²⁴ of itself
// in each of eleven steps. With some below a thousandth, Z is a thousand times as large as M's root, and ZY is
// rounded by as much more.
func TestInverseRoot(t *testing.T) {
	rng := rand.New(rand.NewPCG(23, 2))
	r := newInverseRoot(new(Arena), 130)
	for _, test := range []struct {
		n, rank int
		shift   float32
		within  float64
	}{{1, 1, 0, 1e-6}, {2, 2, 0.5, 1e-5}, {64, 640, 0, 1e-5}, {130, 130, 0.2, 1e-4}, {130, 30, 0, 2e-3}} {
		x, m := NewMatrix(test.n, test.rank), NewMatrix(test.n, test.n)
		fillNormal(x.Data, 3, rng)
		blas32.Gemm(blas.NoTrans, blas.Trans, 1, x, x, 0, m)
		var off, seen, product mat.Dense
		want := naiveInverseRoot(t, wide(m), float64(test.shift))
		got := wide(r.of(m, test.shift))
		// What is seen of it: its product with x.
		product.Mul(want, wide(x))
		off.Sub(got, want)
		seen.Mul(&off, wide(x))
		if d := mat.Norm(&seen, 2) / mat.Norm(&product, 2); !(d < test.within) {
			t.Errorf("%d rows of rank %d: off by %g of itself", test.n, test.rank, d)
		}
	}
	if z := r.of(NewMatrix(3, 3), 0); mat.Norm(wide(z), 2) != 0 {
		t.Errorf("of zero: %v", z.Data)
	}
}
