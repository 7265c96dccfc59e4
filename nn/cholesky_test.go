package nn

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
	"gonum.org/v1/gonum/mat"
)

// wide copies a matrix to float64.
func wide(m blas32.General) *mat.Dense {
	d := mat.NewDense(m.Rows, m.Cols, nil)
	for i := range m.Rows {
		for j, v := range row(m, i) {
			d.Set(i, j, float64(v))
		}
	}
	return d
}

// TestCholesky: the products with M⁻¹ from both sides, against gonum's in float64. With eigenvalues of M
// from damping to 4 or so, the error is that of float32 times their ratio.
func TestCholesky(t *testing.T) {
	const damping = 0.01
	rng := rand.New(rand.NewPCG(7, 31))
	for _, n := range []int{1, 2, 63, 64, 65, 128, 200} {
		for _, inner := range []int{n/3 + 1, 2 * n} { // of less than full rank, and of more
			a := NewMatrix(n, inner)
			fillNormal(a.Data, 1/math.Sqrt(float64(inner)), rng)
			x, y := NewMatrix(n, 90), NewMatrix(130, n)
			fillNormal(x.Data, 1, rng)
			fillNormal(y.Data, 1, rng)
			c := newCholesky(new(Arena), 200, 90)
			m := c.of(n)
			blas32.Gemm(blas.NoTrans, blas.Trans, 1, a, a, 0, m)
			for i := range n {
				row(m, i)[i] += damping
			}
			var inverse, left, right mat.Dense
			if err := inverse.Inverse(wide(m)); err != nil {
				t.Fatal(err)
			}
			left.Mul(&inverse, wide(x))
			right.Mul(wide(y), &inverse)
			c.factor(damping)
			c.left(x)
			c.right(y)
			within := func(name string, got blas32.General, want *mat.Dense) {
				var off mat.Dense
				off.Sub(wide(got), want)
				if d := mat.Norm(&off, 2) / mat.Norm(want, 2); !(d < 5e-5) {
					t.Errorf("%d rows of rank %d: %s: relative error %g", n, min(n, inner), name, d)
				}
			}
			within("left", x, &left)
			within("right", y, &right)
		}
	}
}
