package kernel

// Products of slices, element by element.

// Times sets dst[i] *= src[i]; the slices have one length. All kernels give the
// same bytes.
func Times(dst, src []float32) { inUse.times(dst, src) }

func (u *micro) times(dst, src []float32) {
	src = src[:len(dst)]
	for i := u.timesVectors(dst, src); i < len(dst); i++ {
		dst[i] *= src[i]
	}
}
