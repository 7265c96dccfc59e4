package kernel

// Products of a slice with one number.

// Scale sets x[i] = factor x[i]. All kernels give the same bytes.
func Scale(x []float32, factor float32) { inUse.scale(x, factor) }

func (u *micro) scale(x []float32, factor float32) {
	for i := u.scaleVectors(x, factor); i < len(x); i++ {
		x[i] *= factor
	}
}
