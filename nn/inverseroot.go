package nn

// Inverse roots of positive semidefinite matrices, in products of matrices.

import (
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/nn/kernel"
)

// rootRidge is added to the diagonal of a matrix for each unit of its Frobenius norm, before the root is taken:
// float32 does not tell smaller eigenvalues from zero.
const rootRidge = 1e-6

// inverseRoot computes M^(−½) for a symmetric positive semidefinite M, (n, n), by Newton and Schulz's iteration
// in its coupled form, with Y = M/‖M‖ and Z = I at first:
//
//	T = ½ρ(3I − ρ²ZY),  Y = YT,  Z = TZ
//
// Y becomes the root and Z its inverse: the root σ of an eigenvalue of ZY becomes ½ρσ(3 − ρ²σ²). The roots begin
// between ℓ = √rootRidge and 1, and with ρ² = 3/(1+ℓ+ℓ²), where ℓ becomes what its own image is, they come to 1
// in the least number of steps (Chen and Chow 2014).
type inverseRoot struct {
	y, z, t, next []float32 // (n, n)
}

func newInverseRoot(arena *Arena, n int) *inverseRoot {
	return &inverseRoot{arena.Floats(n * n), arena.Floats(n * n), arena.Floats(n * n), arena.Floats(n * n)}
}

// rootScales are ρ of each step.
var rootScales = func() (scales []float64) {
	for least := math.Sqrt(rootRidge); 1-least > 0x1p-24; {
		rho := math.Sqrt(3 / (1 + least + least*least))
		least *= 0.5 * rho * (3 - rho*rho*least*least)
		scales = append(scales, rho)
	}
	return scales
}()

// of returns (M + sI)^(−½), and zero for a zero matrix. It lasts until the next call.
func (r *inverseRoot) of(m blas32.General, shift float32) blas32.General {
	n := m.Rows
	y, z, t, next := matrixOf(r.y, n, n), matrixOf(r.z, n, n), matrixOf(r.t, n, n), matrixOf(r.next, n, n)
	copyMatrix(y, m)
	addDiagonal(y, shift)
	norm := math.Sqrt(kernel.SumSquares(y.Data))
	clear(z.Data)
	if norm == 0 {
		return z
	}
	kernel.Scale(y.Data, float32(1/(norm*(1+rootRidge))))
	addDiagonal(y, rootRidge)
	addDiagonal(z, 1)
	for _, rho := range rootScales {
		clear(t.Data)
		addDiagonal(t, float32(1.5*rho))
		blas32.Gemm(blas.NoTrans, blas.NoTrans, float32(-0.5*rho*rho*rho), z, y, 1, t)
		blas32.Gemm(blas.NoTrans, blas.NoTrans, 1, y, t, 0, next)
		y, next = next, y
		blas32.Gemm(blas.NoTrans, blas.NoTrans, 1, t, z, 0, next)
		z, next = next, z
	}
	kernel.Scale(z.Data, float32(1/math.Sqrt(norm*(1+rootRidge))))
	return z
}

// inverseRootFlops counts the products of one call.
func inverseRootFlops(n int) float64 {
	return float64(len(rootScales)) * 6 * float64(n) * float64(n) * float64(n)
}

func addDiagonal(m blas32.General, v float32) {
	for i := range m.Rows {
		m.Data[i*m.Stride+i] += v
	}
}
