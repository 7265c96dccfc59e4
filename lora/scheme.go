package lora

import (
	"fmt"
	"math"

	"ranksweep/nn"
	"ranksweep/paper/number"
)

// Scheme is a scaling-initialization-update scheme (paper, section 2.2): it says how an
// adapter's multiplier, the standard deviation of its first entries and its learning rates
// depend on its rank r. Nothing else about an adapter depends on r.
//
// The zero value is a constant multiplier.
type Scheme struct {
	P    float64 // γ_r = α/r^P: 1 for LoRA, ½ for rsLoRA, 0 for a constant
	Init float64 // standard deviation of the factor that does not start at zero: ∝ r^−Init
	LRA  float64 // learning rate of A: ∝ r^−LRA
	LRB  float64 // learning rate of B: ∝ r^−LRB

	// Ratio is the learning rate of B divided by that of A, as in LoRA+ (arXiv
	// 2402.12354), at rank 1 or, if the scheme is matched, at MatchRank. 0 means 1.
	Ratio float64

	// ZeroA makes A start at zero and draws B, instead of the usual other way round. See
	// arXiv 2406.08447.
	ZeroA bool

	// Log makes the multiplier γ_r = α/ln r, one of the scalings of the
	// paper's appendix B.6; P is then 0.
	Log bool

	// MatchRank, if it is not 0, is the rank r₀ at which the scheme is made equal to LoRA:
	// there γ is α/r₀, and deviation and learning rates are what they would be without a
	// scheme. Schemes that are matched at one rank differ only in how they scale with rank.
	MatchRank int
}

// EffectiveAlpha returns the α of γ_r = α/r^p: the given alpha or, if the scheme is matched
// at r₀, alpha·r₀^(p−1), which makes γ at r₀ equal to LoRA's.
func (s Scheme) EffectiveAlpha(alpha float64) float64 {
	if s.MatchRank == 0 {
		return alpha
	}
	return alpha / float64(s.MatchRank) * s.divisor(s.MatchRank)
}

// Gamma returns the multiplier γ_r = α/r^p (paper, section 3).
func (s Scheme) Gamma(alpha float64, rank int) float64 {
	return s.EffectiveAlpha(alpha) / s.divisor(rank)
}

// AlphaFor returns the α that gives γ_r the value gamma: the inverse of Gamma, for a scheme
// that is not matched.
func (s Scheme) AlphaFor(gamma float64, rank int) float64 { return gamma * s.divisor(rank) }

// divisor returns the number by which α is divided to give γ_r.
func (s Scheme) divisor(rank int) float64 {
	if s.Log {
		return math.Log(float64(rank))
	}
	return math.Pow(float64(rank), s.P)
}

// InitFactor returns the factor of the standard deviation of the first entries.
func (s Scheme) InitFactor(rank int) float64 { return s.power(rank, s.Init) }

// Roles returns the role of the factor that is drawn and of the factor that starts at zero.
func (s Scheme) Roles() (drawn, zero nn.Role) {
	if s.ZeroA {
		return nn.RoleB, nn.RoleA
	}
	return nn.RoleA, nn.RoleB
}

// RateFactors returns the factors of the learning rates of A and B.
func (s Scheme) RateFactors(rank int) (a, b float64) {
	a, b = s.power(rank, s.LRA), s.power(rank, s.LRB)
	if s.Ratio != 0 {
		b *= s.Ratio
	}
	return a, b
}

// power returns r^−e or, if the scheme is matched at r₀, (r/r₀)^−e.
func (s Scheme) power(rank int, e float64) float64 {
	return math.Pow(float64(rank)/float64(max(1, s.MatchRank)), -e)
}

// maxExponent bounds the exponents of a scheme, so that powers of ranks up to 2²⁰, times
// rates and multipliers up to 10⁶, stay within float32.
const maxExponent = 4

// Validate reports an exponent or a ratio that is out of bounds.
func (s Scheme) Validate() error {
	for _, e := range s.exponents() {
		if !(math.Abs(*e.value) <= maxExponent) {
			return fmt.Errorf("exponent %s %s: must be from %d to %d", e.name, number.Full(*e.value), -maxExponent,
				maxExponent)
		}
	}
	if !(s.Ratio >= 0 && s.Ratio <= 1e6) {
		return fmt.Errorf("ratio %s: must be above 0 and at most 1e6", number.Full(s.Ratio))
	}
	return nil
}
