package lora

import "math"

// Scheme says how an adapter's scaling factor depends on its rank.
type Scheme struct {
	P float64 // exponent of γ_r = α/r^p: 1 for LoRA, ½ for rsLoRA, 0 for a constant

	// MatchRank, where it is not 0, is the rank r₀ at which γ is made equal
	// to LoRA's α/r₀, by an α of its own. Schemes matched at one rank differ
	// in how they scale with rank and in nothing else.
	MatchRank int
}

// EffectiveAlpha returns the α of γ_r = α/r^p: the one given or, matched at
// r₀, α·r₀^(p−1).
func (s Scheme) EffectiveAlpha(alpha float64) float64 {
	if s.MatchRank == 0 {
		return alpha
	}
	return alpha * math.Pow(float64(s.MatchRank), s.P-1)
}

// Gamma returns the scaling factor γ_r = α/r^p (paper, section 3).
func (s Scheme) Gamma(alpha float64, rank int) float64 {
	return s.EffectiveAlpha(alpha) / math.Pow(float64(rank), s.P)
}
