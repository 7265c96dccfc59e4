package kernel

// SwiGLU over a slice, forward and backward.

// SwiGLU sets act = gate σ(gate) up (Shazeer 2020), element by element; the
// slices have one length.
//
// All kernels give the same bytes. Barring underflow, the relative error is at most 6u to
// first order, where u = 2⁻²⁴: 4u for σ and 2u for the products. For gates below -87, where
// σ underflows, the error is at most 1e-36 |up|.
func SwiGLU(act, gate, up []float32) { inUse.swiglu(act, gate, up) }

func (u *micro) swiglu(act, gate, up []float32) {
	gate, up = gate[:len(act)], up[:len(act)]
	for i := u.swigluVectors(act, gate, up); i < len(act); i++ {
		g := gate[i]
		s, _ := sigmoid(g)
		act[i] = float32(g*s) * up[i]
	}
}

// SwiGLUBackward computes the gradients of act = gate σ(gate) up: it sets
//
//	dgate = dact up σ(gate) (1 + gate (1 - σ(gate)))
//	dup   = dact gate σ(gate)
//
// element by element; the slices have one length. All kernels give the same bytes. For gates
// above -87 and barring underflow, the error is to first order at most
// 10u |dact up| σ(gate) (1 + |gate|) for dgate and 6u |dup| for dup, where u = 2⁻²⁴.
func SwiGLUBackward(dgate, dup, dact, gate, up []float32) {
	inUse.swigluBackward(dgate, dup, dact, gate, up)
}

func (u *micro) swigluBackward(dgate, dup, dact, gate, up []float32) {
	n := len(dact)
	dgate, dup, gate, up = dgate[:n], dup[:n], gate[:n], up[:n]
	for i := u.swigluBackwardVectors(dgate, dup, dact, gate, up); i < n; i++ {
		d, g := dact[i], gate[i]
		s, _ := sigmoid(g)
		slope := float32(g*(1-s)) + 1
		dup[i] = float32(d*g) * s
		dgate[i] = float32(float32(d*up[i])*s) * slope
	}
}

// sigmoid returns σ(x) = 1/(1+e⁻ˣ) and e⁻ˣ.
func sigmoid(x float32) (s, power float32) {
	power = exp(-x)
	return 1 / (1 + power), power
}
