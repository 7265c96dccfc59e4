package main

import (
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/stat/distuv"

	"ranksweep/metrics/stats"
)

// regrets are what seeds lose at a transferred rate, on parabolas of bend 1: the square of the distance
// from the seed's own best rate, which another seed's best rate at the smaller rank has to it. The best
// rates scatter by 1 at both ranks; common is the part of that variance that a seed has at both. The
// transferred rates are off by shift on average.
func regrets(n int, shift, common float64, rng *rand.Rand) (lost []float64) {
	small, large := make([]float64, n), make([]float64, n)
	for i := range n {
		both := math.Sqrt(common) * rng.NormFloat64()
		small[i] = both + math.Sqrt(1-common)*rng.NormFloat64()
		large[i] = both + math.Sqrt(1-common)*rng.NormFloat64()
	}
	for i := range n {
		lost = append(lost, math.Pow(shift+small[(i+1)%n]-large[i], 2))
	}
	return lost
}

// regretVariance is the variance of a seed's best rate less another seed's, in [regrets].
const regretVariance = 2

// medianRegret is what half of all seeds lose at most, at transferred rates that are off by shift.
func medianRegret(shift float64) float64 {
	distance := distuv.Normal{Mu: shift, Sigma: math.Sqrt(regretVariance)}
	low, high := 0.0, shift+distance.Sigma
	for range 60 {
		if m := (low + high) / 2; distance.CDF(m)-distance.CDF(-m) < 0.5 {
			low = m
		} else {
			high = m
		}
	}
	return low * low
}

// loseLess reports whether more than half of all seeds are said to lose less than a margin.
func loseLess(lost []float64, margin float64) bool {
	left := make([]float64, len(lost))
	for i, x := range lost {
		left[i] = margin - x
	}
	return stats.MostP(left) <= level
}

// regretTable has the share of studies whose seeds are said to lose less than a margin.
func regretTable(name string, rows []string, margin func(row int, shift float64) float64) table {
	shifts, commons := []float64{0, 1, 3, 10}, []float64{0, 0.8, 1}
	var names, heads []string
	for _, r := range rows {
		for _, c := range commons {
			names = append(names, fmt.Sprintf("%s, %g of the variance common to both ranks", r, c))
		}
	}
	for _, s := range shifts {
		heads = append(heads, fmt.Sprintf("off by %g", s))
	}
	return simulate(name, sizeDraws, names, heads, func(row, column int) study {
		common, shift := commons[row%len(commons)], shifts[column]
		edge := margin(row/len(commons), shift)
		return func(rng *rand.Rand) bool { return loseLess(regrets(rateSeeds, shift, common, rng), edge) }
	})
}

// sizesOfRegret returns how often seeds of which half lose the margin are said to lose less.
func sizesOfRegret() table {
	return regretTable("false", []string{"half of all seeds lose the margin"},
		func(_ int, shift float64) float64 { return medianRegret(shift) }).atMost(level)
}

// powersOfRegret returns how often seeds that lose a part of the margin on average are said to lose less.
func powersOfRegret() table {
	parts := []float64{2, 3, 6}
	var rows []string
	for _, k := range parts {
		rows = append(rows, fmt.Sprintf("the margin is %g times what is lost on average", k))
	}
	return regretTable("right", rows,
		func(row int, shift float64) float64 { return parts[row] * (shift*shift + regretVariance) })
}
