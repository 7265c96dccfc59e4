package stats

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// MostP is the P of the one-sided sign test that more than half of all values, of which xs are a
// sample, are above 0; a small P supports this. A value of 0 counts against it. The test is exact
// for independent values of any distribution, however skewed. Absent values (NaN) are left out; the
// result is NaN if none remains. A caller that must not judge by a part of the values has to check
// first that none is absent.
func MostP(xs []float64) float64 {
	xs = withoutAbsent(xs)
	if len(xs) == 0 {
		return math.NaN()
	}
	above := 0
	for _, x := range xs {
		if x > 0 {
			above++
		}
	}
	return distuv.Binomial{N: float64(len(xs)), P: 0.5}.Survival(float64(above - 1))
}
