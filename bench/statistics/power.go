package main

import (
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// leastDifference returns the true difference, in units of the standard deviation of the
// differences, that a paired t test of n seeds finds at a level with probability 0.8. A sample with
// standard deviation s and mean error z finds differences above t·s/√n − z, so that the result is
// the 0.8 quantile of this bound.
func leastDifference(n int, level float64) float64 {
	t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(n - 1)}.Quantile(1 - level/2)
	rng := rand.New(rand.NewPCG(18, uint64(n)))
	least := make([]float64, 20_000)
	for i := range least {
		z, s := stat.MeanStdDev(distribution{draw: normal}.sample(n, rng), nil)
		least[i] = t*s/math.Sqrt(float64(n)) - z
	}
	slices.Sort(least)
	return least[len(least)*4/5]
}

// powers returns the least differences by the number of seeds: for a single test, and for the first
// of ten tests, which Holm tests at a tenth of the level.
func powers() (texts [][]string) {
	for _, n := range []int{3, 5, 8, 9, 20} {
		alone, first := leastDifference(n, level), leastDifference(n, level/10)
		texts = append(texts, []string{perSize([]int{n})[0], decimals(alone, 2), decimals(first, 2)})
	}
	return texts
}
