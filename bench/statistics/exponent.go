package main

import (
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/stat"

	"ranksweep/metrics/stats"
)

// tolerance is the project's tolerance for exponents.
const tolerance = 0.03

var seedCounts = []int{3, 5, 9, 20}

// agreements returns the share of exponents with the given agreement, if the true exponent is off by
// the given amount; rows are for the scatter of slopes over seeds.
func agreements(name string, off float64, want stats.Agreement) table {
	scatter := []float64{0.01, 0.05, 0.15}
	var rows []string
	for _, sd := range scatter {
		rows = append(rows, fmt.Sprintf("slopes scatter by %g", sd))
	}
	return simulate(name, sizeDraws, rows, perSize(seedCounts), func(row, column int) study {
		return func(rng *rand.Rand) bool {
			slopes := distribution{draw: normal}.sample(seedCounts[column], rng)
			for i := range slopes {
				slopes[i] = off + scatter[row]*slopes[i]
			}
			i := stats.MeanInterval(slopes)
			e := stats.Exponent{Value: i.Mean, Low: i.Low, High: i.High, Exact: math.NaN()} // predicted: 0
			return e.Agreement(tolerance) == want
		}
	})
}

// nested returns onset norms as in real runs: the A of a smaller rank is the top of the A of a
// larger one, and all ranks share the seed's gradient.
func nested(seeds int, rng *rand.Rand) (obs []stats.Observation) {
	for seed := range seeds {
		gradient := math.Exp(rng.NormFloat64())
		sum, k := 0.0, 0
		for _, rank := range []int{4, 8, 16, 32, 64} {
			for ; k < rank; k++ {
				sum += 1 + 0.1*rng.NormFloat64()
			}
			obs = append(obs, stats.Observation{Rank: rank, Seed: uint64(seed), Value: gradient * math.Sqrt(sum)})
		}
	}
	return obs
}

// coverageOfSlopes returns the share of intervals of an exponent that contain the true one.
func coverageOfSlopes() table {
	rows := []string{"a slope a seed, t over seeds", "one fit, from the residuals of all runs"}
	return simulate("slopes", 2500, rows, perSize(seedCounts), func(row, column int) study {
		return func(rng *rand.Rand) bool {
			obs := nested(seedCounts[column], rng)
			if row == 1 {
				return pooledHolds(obs, 0.5)
			}
			e, err := stats.FitExponent(obs)
			return err == nil && e.Low <= 0.5 && 0.5 <= e.High
		}
	})
}

// pooledHolds reports whether the interval of one slope through all runs, with a level for each
// seed, contains the truth.
func pooledHolds(obs []stats.Observation, truth float64) bool {
	var xs, ys []float64
	for len(obs) > 0 {
		var x, y []float64
		for seed := obs[0].Seed; len(obs) > 0 && obs[0].Seed == seed; obs = obs[1:] {
			x, y = append(x, math.Log(float64(obs[0].Rank))), append(y, math.Log(obs[0].Value))
		}
		for i := range x {
			xs, ys = append(xs, x[i]-stat.Mean(x, nil)), append(ys, y[i]-stat.Mean(y, nil))
		}
	}
	_, slope := stat.LinearRegression(xs, ys, nil, true)
	spread, left := 0.0, 0.0
	for i := range xs {
		spread += xs[i] * xs[i]
		left += math.Pow(ys[i]-slope*xs[i], 2)
	}
	se := math.Sqrt(left / float64(len(xs)-len(xs)/5-1) / spread) // five runs per seed
	return math.Abs(slope-truth) <= 1.98*se
}

// chiSquare returns the sum of k squares of normal draws.
func chiSquare(k int, rng *rand.Rand) (sum float64) {
	for range k {
		z := rng.NormFloat64()
		sum += z * z
	}
	return sum
}

// coverageOfVariancePowers returns the share of the jackknife's intervals that contain the power of
// a variance. The values are sums of squares that share their first terms.
func coverageOfVariancePowers() table {
	sizes := []int{5, 9, 20}
	maps := []int{1, 10}
	rows := []string{"one map", "ten maps"}
	return simulate("variance power", 1000, rows, perSize(sizes), func(row, column int) study {
		return func(rng *rand.Rand) bool {
			var obs []stats.Observation
			for seed := range sizes[column] {
				sum, last := 0.0, 0
				for _, rank := range []int{4, 32, 128} {
					sum += chiSquare(maps[row]*(rank-last), rng)
					last = rank
					obs = append(obs, stats.Observation{Rank: rank, Seed: uint64(seed), Value: sum / float64(rank)})
				}
			}
			e, err := stats.FitVarianceExponent(obs)
			return err == nil && e.Low <= -1 && -1 <= e.High
		}
	})
}

// coverageOfRatios returns the share of intervals of squares / expectation that contain 1.
func coverageOfRatios() table {
	terms := []int{4, 4 * 24, 64 * 24}
	rows := []string{"rank 4, one map", "rank 4, 24 maps", "rank 64, 24 maps"}
	return simulate("ratios", 1000, rows, perSize(seedCounts), func(row, column int) study {
		return func(rng *rand.Rand) bool {
			var ratios []float64
			for range seedCounts[column] {
				ratios = append(ratios, chiSquare(terms[row], rng)/float64(terms[row]))
			}
			i := stats.MeanInterval(ratios)
			return i.Low <= 1 && 1 <= i.High
		}
	})
}
