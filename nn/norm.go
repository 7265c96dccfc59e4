package nn

import (
	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/nn/kernel"
)

// rmsNormForward normalizes the rows of x into h and keeps what they were
// multiplied by in inv, as [kernel.RMSNorm] has it. x and h are (N, C), w is
// (C), inv is (N).
func rmsNormForward(h blas32.General, inv []float32, x blas32.General, w []float32, eps float64) {
	for i := range x.Rows {
		inv[i] = kernel.RMSNorm(row(h, i), row(x, i), w, eps)
	}
}

// rmsNormBackward is the way back, by [kernel.RMSNormBackward]:
//
//	dw += Σ_i dh · x · inv          where dw is not nil
func rmsNormBackward(dx blas32.General, dw []float32, dh, x blas32.General, inv, w []float32) {
	for i := range x.Rows {
		xi, dhi, r := row(x, i), row(dh, i), inv[i]
		kernel.RMSNormBackward(row(dx, i), dhi, xi, w, r)
		if dw != nil {
			for j, v := range xi {
				dw[j] += dhi[j] * v * r
			}
		}
	}
}
