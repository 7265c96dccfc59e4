package theory

import (
	"math"

	"ranksweep/lora"
)

// spectrum makes the law of a loss drop under spectral updates, such as Muon's, of which theory knows only between
// which powers it lies. Muon's update of B is c UVᵀ, with the singular vectors U and V of GAᵀ and c = √(out/r) up to
// r = out. Its loss drop is ηγc times the sum of the singular values of GAᵀ. While the gradient has many more
// singular values than r, GAᵀ has r singular values of about one size, which gives the power ½ − p. Once the gradient
// has fewer, each of them grows as √r and the power falls to −p. So the power depends on the gradient's spectrum. The
// adapter's output goes as ‖VᵀAx‖ c, with the power −p, while the gradient has more than r singular values.
//
// If A starts at zero, its update has no factor √(out/r), and theory predicts nothing.
func spectrum(many func(lora.Scheme) float64) func(lora.Scheme) (many, few float64) {
	return func(s lora.Scheme) (float64, float64) {
		if s.ZeroA {
			return math.NaN(), math.NaN()
		}
		power := many(s)
		return power, power - 0.5
	}
}

// onePower is the law under spectral updates of vectors, and of parameters whose shape does not depend on the rank:
// their update has one size.
func onePower(power func(lora.Scheme) float64) func(lora.Scheme) (many, few float64) {
	return func(s lora.Scheme) (float64, float64) { return power(s), power(s) }
}
