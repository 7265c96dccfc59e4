package main

import (
	"fmt"
	"math"
	"math/rand/v2"

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

// sizesOfRegret returns how often seeds that lose the margin on average are said to lose less.
func sizesOfRegret() table {
	shifts, levels, commons := []float64{0, 1, 3, 10}, []float64{level, 0.001}, []float64{0, 0.8}
	var rows, heads []string
	for _, p := range levels {
		for _, c := range commons {
			rows = append(rows, fmt.Sprintf("p at most %g, %g of the variance common to both ranks", p, c))
		}
	}
	for _, s := range shifts {
		heads = append(heads, fmt.Sprintf("off by %g", s))
	}
	return simulate("regret", sizeDraws, rows, heads, func(row, column int) study {
		most, common, shift := levels[row/len(commons)], commons[row%len(commons)], shifts[column]
		margin := shift*shift + 2
		return func(rng *rand.Rand) bool {
			lost := regrets(rateSeeds, shift, common, rng)
			for i := range lost {
				lost[i] = margin - lost[i]
			}
			return stats.AboveP(lost, 0) <= most
		}
	})
}
