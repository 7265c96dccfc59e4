package stats

import "math"

// EquivalenceP is the P of the hypothesis that two means differ by more than a
// margin, which each pair brings along: a tenth of what its reference learned,
// for example. It is the larger P of two one-sided t tests (Schuirmann 1987),
// here by pairs: that of the mean of dᵢ + mᵢ being above 0, and that of the mean
// of dᵢ − mᵢ being below. The margin is measured by the same runs as the
// difference, and with a sum and a difference a pair both tests have the size
// that they say, however the two depend on each other.
//
// Pairs without a difference (NaN) are left out. It is NaN where fewer than two
// remain, or where one of them has no margin, or where the mean margin is not
// above 0.
//
// An error that all pairs share is added to both tests, as [Difference.With] does.
func EquivalenceP(differences, margins []float64, sharedSE float64) float64 {
	above, below, ok := shifted(differences, margins, 1)
	if !ok {
		return math.NaN()
	}
	return max(AboveP(above, sharedSE), AboveP(below, sharedSE))
}

// ExceedsP is the P of the hypothesis that two means differ by no more than such a
// margin: that of the one-sided t test of the mean of dᵢ − mᵢ being above 0, or of
// dᵢ + mᵢ being below it, whichever is smaller. Not to be equivalent is not to exceed:
// an interval may hold the margin's edge. It is NaN where [EquivalenceP] is.
func ExceedsP(differences, margins []float64, sharedSE float64) float64 {
	above, below, ok := shifted(differences, margins, -1)
	if !ok {
		return math.NaN()
	}
	return min(AboveP(above, sharedSE), AboveP(below, sharedSE))
}

// shifted returns dᵢ + sign·mᵢ and −dᵢ + sign·mᵢ of all pairs that have a difference.
// It is not ok where there are fewer than two, or where one has no margin, or where
// the mean margin is not above 0.
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

// AboveP is the P of the one-sided t test of the mean of xs being above 0: small where it
// is. An error that all values share is added, as [Difference.With] does. Absent values
// (NaN) are left out; it is NaN where fewer than two remain. Whoever may claim nothing of
// a part asks first whether all values are there.
func AboveP(xs []float64, sharedSE float64) float64 {
	d := studentDifference(withoutAbsent(xs)).With(sharedSE)
	if d.Mean > 0 {
		return d.P / 2
	}
	return 1 - d.P/2
}
