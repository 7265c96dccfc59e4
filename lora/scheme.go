package lora

import (
	"fmt"
	"math"

	"ranksweep/nn"
)

// Scheme is a scaling-initialization-update scheme (paper, section 2.2): how
// the multiplier of an adapter, the spread of its first entries and its
// learning rates depend on its rank r. Everything else about them is free of r.
//
// The zero value is a constant multiplier.
type Scheme struct {
	P    float64 // γ_r = α/r^P: 1 for LoRA, ½ for rsLoRA, 0 for a constant
	Init float64 // standard deviation of the factor that does not start at zero: ∝ r^−Init
	LRA  float64 // learning rate of A: ∝ r^−LRA
	LRB  float64 // learning rate of B: ∝ r^−LRB

	// Ratio is the learning rate of B over that of A at rank 1 or, where the
	// scheme is matched, at MatchRank, as LoRA+ has it (arXiv 2402.12354); 0
	// for 1.
	Ratio float64

	// ZeroA makes A start at zero and B be drawn, in place of the usual other
	// way round. See arXiv 2406.08447.
	ZeroA bool

	// Log makes the multiplier γ_r = α/ln r, one of the scalings of the
	// paper's appendix B.6; P is then 0.
	Log bool

	// MatchRank, where it is not 0, is the rank r₀ at which everything is made
	// equal to LoRA's: γ to α/r₀, spread and rates to what they are without a
	// scheme. Schemes matched at one rank differ in how they scale with rank
	// and in nothing else.
	MatchRank int
}

// EffectiveAlpha returns the α of γ_r = α/r^p: the one given or, matched at
// r₀, the one that makes γ at r₀ LoRA's, α·r₀^(p−1).
func (s Scheme) EffectiveAlpha(alpha float64) float64 {
	if s.MatchRank == 0 {
		return alpha
	}
	return alpha / float64(s.MatchRank) * s.divisor(s.MatchRank)
}

// Gamma returns the scaling factor γ_r = α/r^p (paper, section 3).
func (s Scheme) Gamma(alpha float64, rank int) float64 {
	return s.EffectiveAlpha(alpha) / s.divisor(rank)
}

// AlphaFor returns the α at which γ_r has a value: the inverse of Gamma, for a
// scheme that is not matched.
func (s Scheme) AlphaFor(gamma float64, rank int) float64 { return gamma * s.divisor(rank) }

// divisor is what α is divided by.
func (s Scheme) divisor(rank int) float64 {
	if s.Log {
		return math.Log(float64(rank))
	}
	return math.Pow(float64(rank), s.P)
}

// InitFactor is what the standard deviation of the first entries is multiplied by.
func (s Scheme) InitFactor(rank int) float64 { return s.power(rank, s.Init) }

// Roles are those of the factor that is drawn and of the one that starts at zero.
func (s Scheme) Roles() (drawn, zero nn.Role) {
	if s.ZeroA {
		return nn.RoleB, nn.RoleA
	}
	return nn.RoleA, nn.RoleB
}

// RateFactors are what the learning rates of A and B are multiplied by.
func (s Scheme) RateFactors(rank int) (a, b float64) {
	a, b = s.power(rank, s.LRA), s.power(rank, s.LRB)
	if s.Ratio != 0 {
		b *= s.Ratio
	}
	return a, b
}

// power is r^−e, or (r/r₀)^−e.
func (s Scheme) power(rank int, e float64) float64 {
	return math.Pow(float64(rank)/float64(max(1, s.MatchRank)), -e)
}

// maxExponent bounds the exponents of a scheme: powers of ranks up to 2²⁰, times
// rates and multipliers up to 10⁶, then stay within float32.
const maxExponent = 4

// Validate reports an exponent or a ratio that no scheme can have.
func (s Scheme) Validate() error {
	for _, e := range s.exponents() {
		if !(math.Abs(*e.value) <= maxExponent) {
			return fmt.Errorf("exponent %s %g: must be from %d to %d", e.name, *e.value, -maxExponent, maxExponent)
		}
	}
	if !(s.Ratio >= 0 && s.Ratio <= 1e6) {
		return fmt.Errorf("ratio %g: must be above 0 and at most 1e6", s.Ratio)
	}
	return nil
}
