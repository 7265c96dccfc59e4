package nn

// swigluForward computes act = silu(gate) ∘ up (Shazeer 2020), with
// silu(g) = g·σ(g).
func swigluForward(act, gate, up []float32) {
	gate, up = gate[:len(act)], up[:len(act)]
	for i, g := range gate {
		act[i] = g * sigmoid(g) * up[i]
	}
}

// swigluBackward is the way back through act = silu(gate) ∘ up:
//
//	dgate = dact ∘ up ∘ σ(g)(1 + g(1 − σ(g)))
//	dup   = dact ∘ silu(g)
func swigluBackward(dgate, dup, dact, gate, up []float32) {
	n := len(dact)
	dgate, dup, gate, up = dgate[:n], dup[:n], gate[:n], up[:n]
	for i, d := range dact {
		g := gate[i]
		s := sigmoid(g)
		dgate[i] = d * up[i] * s * (1 + g*(1-s))
		dup[i] = d * g * s
	}
}

func sigmoid(x float32) float32 { return 1 / (1 + exp(-x)) }
