package main

import (
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/stat"

	"ranksweep/metrics/stats"
)

const level = 0.05 // the project's

// sizeDraws is the number of draws; a share of 5% then has a standard error of 0.2%.
const sizeDraws = 10_000

// isSeparated reports whether the verdict is lower or higher.
func isSeparated(differences []float64) bool {
	return stats.PairedDifference(differences).P <= level
}

// sizesOfDifferences returns the share of samples with equal means in which t, or the flips, claim
// a difference.
func sizesOfDifferences(name string, of []distribution) table {
	tests := []struct {
		head string
		n    int
		p    func(stats.Difference) float64
	}{
		{"t, n = 3", 3, ofT}, {"t, n = 5", 5, ofT}, {"t, n = 9", 9, ofT},
		{"flips, n = 6", 6, ofFlips}, {"flips, n = 9", 9, ofFlips},
	}
	var heads []string
	for _, test := range tests {
		heads = append(heads, test.head)
	}
	return simulate(name, sizeDraws, names(of), heads, func(row, column int) study {
		test := tests[column]
		return func(rng *rand.Rand) bool {
			return test.p(stats.PairedDifference(of[row].sample(test.n, rng))) <= level
		}
	})
}

func ofT(d stats.Difference) float64     { return d.P }
func ofFlips(d stats.Difference) float64 { return d.FlipP }

// sizesOfFamilies returns the share of families without any difference that claim one by Holm's P.
func sizesOfFamilies() table {
	sizes := []int{5, 10}
	rows := []string{"independent", "all against one reference"}
	heads := []string{fmt.Sprintf("%d tests", sizes[0]), fmt.Sprintf("%d tests", sizes[1])}
	return simulate("families", 4000, rows, heads, func(row, column int) study {
		return func(rng *rand.Rand) bool {
			const n = 5
			reference := make([]float64, n)
			if row == 1 {
				reference = distribution{draw: normal}.sample(n, rng)
			}
			var ps []float64
			for range sizes[column] {
				ds := distribution{draw: normal}.sample(n, rng)
				for i := range ds {
					ds[i] -= reference[i]
				}
				ps = append(ps, stats.PairedDifference(ds).P)
			}
			for _, p := range stats.Holm(ps) {
				if p <= level {
					return true
				}
			}
			return false
		}
	}).atMost(level)
}

// sizesOnOneSet returns the share of equal arms, scored on one validation set, that are called
// different; with says whether the test includes the error of the set.
func sizesOnOneSet(with bool) table {
	const batches = 64
	sizes, errors := []int{3, 5, 9}, []float64{0.1, 0.3, 1}
	name, rows := "left out", []string{}
	if with {
		name = "with it in"
	}
	for _, e := range errors {
		rows = append(rows, fmt.Sprintf("%s, standard error %g", name, e))
	}
	return simulate("one set, "+name, sizeDraws, rows, perSize(sizes), func(row, column int) study {
		return func(rng *rand.Rand) bool {
			parts := make([]float64, batches)
			for i := range parts {
				parts[i] = errors[row] * math.Sqrt(batches) * rng.NormFloat64()
			}
			common, sd := stat.MeanStdDev(parts, nil)
			differences := make([]float64, sizes[column])
			for i := range differences {
				differences[i] = common + rng.NormFloat64()
			}
			d := stats.PairedDifference(differences)
			if with {
				d = d.With(sd / math.Sqrt(batches))
			}
			return d.P <= level
		}
	})
}

// sizesOfEquivalence returns the share of differences as large as the margin that are called
// equivalent. The losses of both arms scatter. The margin scatters too, since it depends on the
// loss that the reference learned.
func sizesOfEquivalence() table {
	sizes, scatter := []int{3, 5, 9, 20}, []float64{0.005, 0.02, 0.1, 0.3}
	var rows []string
	for _, sd := range scatter {
		rows = append(rows, fmt.Sprintf("losses scatter by %g of what is learned", sd))
	}
	return simulate("equivalence", sizeDraws, rows, perSize(sizes), func(row, column int) study {
		return func(rng *rand.Rand) bool {
			const learned, part = 1, 0.1
			var differences, margins []float64
			for range sizes[column] {
				own, reference := scatter[row]*rng.NormFloat64(), scatter[row]*rng.NormFloat64()
				differences = append(differences, part*learned+own-reference)
				margins = append(margins, part*(learned-reference))
			}
			return stats.EquivalenceP(differences, margins, 0) <= level
		}
	}).atMost(level)
}
