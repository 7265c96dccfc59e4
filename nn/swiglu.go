package nn

import "ranksweep/nn/kernel"

// swigluForward computes act = silu(gate) ∘ up (Shazeer 2020), with
// silu(g) = g·σ(g).
func swigluForward(act, gate, up []float32) { kernel.SwiGLU(act, gate, up) }

// swigluBackward is the way back through act = silu(gate) ∘ up:
//
//	dgate = dact ∘ up ∘ σ(g)(1 + g(1 − σ(g)))
//	dup   = dact ∘ silu(g)
func swigluBackward(dgate, dup, dact, gate, up []float32) {
	kernel.SwiGLUBackward(dgate, dup, dact, gate, up)
}
