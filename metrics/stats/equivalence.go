package stats

import "math"

// EquivalenceP is the P of the hypothesis that two means differ by more than a margin. Each
// pair has a margin of its own, such as a tenth of the loss that its reference learned.
//
// It is the larger P of two one-sided t tests (Schuirmann 1987) over pairs: that the mean of
// dᵢ + mᵢ is above 0, and that the mean of dᵢ − mᵢ is below 0. Margin and difference come from
// the same runs. Since the tests use their sum and difference in each pair, they have their
// nominal size however the two depend on each other.
//
// Pairs without a difference (NaN) are left out. The result is NaN if fewer than two pairs
// remain, if one of them has no margin, or if the mean margin is not above 0.
//
// An error that all pairs share is added to both tests, as in [Difference.With].
func EquivalenceP(differences, margins []float64, sharedSE float64) float64 {
	above, below, ok := shifted(differences, margins, 1)
	if !ok {
		return math.NaN()
	}
	return max(AboveP(above, sharedSE), AboveP(below, sharedSE))
}

// ExceedsP is the P of the hypothesis that two means differ by no more than a margin. It is the
// smaller P of two one-sided t tests: that the mean of dᵢ − mᵢ is above 0, and that the mean of
// dᵢ + mᵢ is below 0. Two means can be neither equivalent nor exceed the margin, if the
// interval contains the margin's edge. It is NaN if [EquivalenceP] is.
func ExceedsP(differences, margins []float64, sharedSE float64) float64 {
	above, below, ok := shifted(differences, margins, -1)
	if !ok {
		return math.NaN()
	}
	return min(AboveP(above, sharedSE), AboveP(below, sharedSE))
}

// shifted returns dᵢ + sign·mᵢ and −dᵢ + sign·mᵢ of all pairs that have a difference. ok is
// false if there are fewer than two, if one has no margin, or if the mean margin is not above 0.
func shifted(differences, margins []float64, sign float64) (above, below []float64, ok bool) {
	sum := 0.0
	for i, d := range differences {
		if math.IsNaN(d) {
			continue
		}
		m := sign * margins[i]
		above, below = append(above, d+m), append(below, m-d)
		sum += margins[i]
	}
	return above, below, len(above) > 1 && sum > 0
}

// AboveP is the P of the one-sided t test that the mean of xs is above 0; a small P supports
// this. An error that all values share is added, as in [Difference.With]. Absent values (NaN)
// are left out; the result is NaN if fewer than two remain. A caller that must not judge by a
// part of the values has to check first that none is absent.
func AboveP(xs []float64, sharedSE float64) float64 {
	d := studentDifference(withoutAbsent(xs)).With(sharedSE)
	if d.Mean > 0 {
		return d.P / 2
	}
	return 1 - d.P/2
}
