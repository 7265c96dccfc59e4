package theory

import (
	"math"

	"ranksweep/lora"
	"ranksweep/nn"
)

// StableP is the power p of a multiplier α/r^p that makes the first loss drop of a method free of rank, at ranks far
// below the maps' width. Under spectral updates it lies between two. The drop goes with γ² if updates go with the
// gradient, and with γ if their size does not depend on it. PiSSA's entries go with 1/√γ, so that its drop goes with
// the root of that. Of a method without a multiplier, p is that of one before what it adds to the weights.
//
// Where there is no power for all models, exact is the power of the scheme s on the model at hand. For DoRA p is that
// of its A and B: the part of its magnitudes is free of rank in any case. NaN if theory does not know it.
func StableP(method string, u nn.Update, s lora.Scheme, exact float64) (low, high float64) {
	laws, own := LawsOf(method)
	if !own || method == lora.DoRAMethod {
		laws.LossDrop = LossDrop
	}
	gammas := gammasIn(u)
	if laws.rootOfGamma {
		gammas /= 2
	}
	one := s
	one.P = 0
	power, ok := laws.LossDrop.Exponent(u, one)
	if u == nn.SpectralProductUpdate { // which divides by γ: no multiplier changes its drop
		return math.NaN(), math.NaN()
	}
	if !ok {
		p := s.P + exact/gammas
		return p, p
	}
	low, high = power/gammas, power/gammas
	if u == nn.SpectralUpdate {
		low += laws.LossDrop.Rise(u, one) / gammas
	}
	return low, high
}

// gammasIn is with which power of γ the first loss drop goes.
func gammasIn(u nn.Update) float64 {
	if u == nn.LinearUpdate || u == nn.DividedUpdate {
		return 2
	}
	return 1
}
