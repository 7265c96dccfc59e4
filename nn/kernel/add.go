package kernel

// Sums of slices, element by element.

// Add sets dst[i] += src[i]; the slices have one length. All kernels give the
// same bytes.
func Add(dst, src []float32) { inUse.add(dst, src) }

func (u *micro) add(dst, src []float32) {
	src = src[:len(dst)]
	for i := u.addVectors(dst, src); i < len(dst); i++ {
		dst[i] += src[i]
	}
}
