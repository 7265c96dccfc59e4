package nn

import (
	"math"

	"gonum.org/v1/gonum/blas/blas32"
)

// rmsNormForward computes RMSNorm (Zhang & Sennrich 2019), row by row:
//
//	h = x · inv · w,  inv = 1/√(mean(x²) + ε)
//
// x and h are (N, C), w is (C), inv is (N).
func rmsNormForward(h blas32.General, inv []float32, x blas32.General, w []float32, eps float64) {
	for i := range x.Rows {
		xi := row(x, i)
		var sum float32
		for _, v := range xi {
			sum += v * v
		}
		r := float32(1 / math.Sqrt(float64(sum)/float64(len(xi))+eps))
		inv[i] = r
		hi := row(h, i)[:len(xi)]
		for j, v := range xi {
			hi[j] = v * r * w[j]
		}
	}
}

// rmsNormBackward is the way back through h = x · inv · w:
//
//	dx += inv · (dh∘w − x · inv² · mean(dh∘w∘x))
//	dw += Σ_i dh · x · inv          where dw is not nil
func rmsNormBackward(dx blas32.General, dw []float32, dh, x blas32.General, inv, w []float32) {
	for i := range x.Rows {
		xi, r := row(x, i), inv[i]
		dhi, dxi := row(dh, i)[:len(xi)], row(dx, i)[:len(xi)]
		var dot float32
		for j, v := range xi {
			dot += dhi[j] * w[j] * v
		}
		mean := dot / float32(len(xi)) * r * r
		for j, v := range xi {
			dxi[j] += r * (dhi[j]*w[j] - v*mean)
		}
		if dw != nil {
			for j, v := range xi {
				dw[j] += dhi[j] * v * r
			}
		}
	}
}
