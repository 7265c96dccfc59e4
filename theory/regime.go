package theory

import "math"

// TwoLaws are the two laws of a statistic that rises by a further √r at large ranks: r^p for
// ranks far below the width of the adapted maps, r^(p+½) far above it. At every rank its
// expected square is r^2p (α + βr), see [Prediction] and the derivations beside it.
type TwoLaws struct {
	Crossover float64 // α/β, the rank at which the two laws meet

	power, small float64 // p, √α
}

// NewTwoLaws finds the laws from the power p and the exact expectation of the statistic at two
// ranks. If it does not rise between them there is no second law, and everything is NaN.
func NewTwoLaws(power float64, rank int, expected float64, otherRank int, otherExpected float64) TwoLaws {
	over := func(rank int, expected float64) float64 { return sq(expected * math.Pow(float64(rank), -power)) }
	a, b := over(rank, expected), over(otherRank, otherExpected)
	slope := (b - a) / float64(otherRank-rank)
	level := a - slope*float64(rank)
	if !(slope > 0 && level > 0) {
		return TwoLaws{Crossover: math.NaN(), power: power, small: math.NaN()}
	}
	return TwoLaws{Crossover: level / slope, power: power, small: math.Sqrt(level)}
}

// Small returns the value of the law of small ranks at a rank.
func (l TwoLaws) Small(rank int) float64 { return l.small * math.Pow(float64(rank), l.power) }

// Within returns the largest rank at which the law of small ranks holds to a relative tolerance,
// and the smallest rank at which the law of large ranks does: there 1 + r/D, or 1 + D/r, is the
// square of 1 + tolerance.
func Within(tolerance, crossover float64) (upTo, from float64) {
	excess := sq(1+tolerance) - 1
	return excess * crossover, crossover / excess
}
