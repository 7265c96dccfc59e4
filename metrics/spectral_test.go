package metrics

import (
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/blas/blas32"
	"gonum.org/v1/gonum/mat"
)

// TestSpectralIsNeverTooHigh: power iteration that ends early finds too small a norm, so that a
// stable rank is too high, and never too low but for rounding. Of these matrices, whose first two
// singular values differ by 2%, some are off by more than a thousandth, and none by more than the
// 4% between their squares.
func TestSpectralIsNeverTooHigh(t *testing.T) {
	const rows, cols, second = 12, 9, 0.98
	rng := rand.New(rand.NewPCG(1, 2))
	g := &Gauge{left: make([]float32, rows), right: make([]float32, cols)}
	early := 0
	for range 300 {
		m := blas32.General{Rows: rows, Cols: cols, Stride: cols, Data: make([]float32, rows*cols)}
		left, right := orthonormal(rows, rng), orthonormal(cols, rng)
		for i := range m.Data {
			for k, s := range []float64{1, second, 0.3} {
				m.Data[i] += float32(s * left.At(i/cols, k) * right.At(i%cols, k))
			}
		}
		got := g.spectral(m)
		if got > 1+1e-5 || got < second*second-1e-5 {
			t.Errorf("‖M‖₂² %g, want 1", got)
		}
		if got < 1-1e-3 {
			early++
		}
	}
	if early == 0 {
		t.Error("no iteration ends early")
	}
}

// orthonormal returns a random orthogonal matrix.
func orthonormal(n int, rng *rand.Rand) *mat.Dense {
	m := mat.NewDense(n, n, nil)
	for i := range n {
		for j := range n {
			m.Set(i, j, rng.NormFloat64())
		}
	}
	var qr mat.QR
	qr.Factorize(m)
	var q mat.Dense
	qr.QTo(&q)
	return &q
}
