package main

import (
	"fmt"
	"math"
	"math/rand/v2"

	"ranksweep/metrics/stats"
)

// An exactStudy is a study of quantities whose expected values are known, which the report judges by the rule
// exact-values/3. At each rank it has several measurements, and each stands in the table as often as copies
// says: once for each multiplier that only multiplies it by a constant.
type exactStudy struct {
	name   string
	ranks  int
	copies []int // of each measurement of a rank
	seeds  int
	terms  float64 // degrees of freedom of the square of one seed
}

// exactStudies are about the two of the report: as many cells, distinct ones, ranks and seeds. Their intervals are
// about half as wide as the rule allows.
var exactStudies = []exactStudy{
	{"all maps", 9, []int{15, 15, 10, 10, 10, 5, 5, 5, 5, 5, 5}, 80, 40},
	{"one map", 11, []int{4, 4, 4, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, 40, 32},
}

// held is the share of intervals that must contain the expected value.
const held = 0.9

// The outcomes of the rule.
const (
	outcomeSeen = iota
	outcomeNotSeen
	outcomeUnresolved
)

// judge draws the ratios of all seeds to their expected values and judges them. Ratios are squares of few terms, by
// the cube of Wilson and Hilferty, times one plus the part by which theory is off. Measurements of one seed at one
// rank correlate; a fresh A at every rank makes ranks independent.
func (s exactStudy) judge(off, correlation float64, rng *rand.Rand) int {
	own, common := math.Sqrt(1-correlation), math.Sqrt(correlation)
	spread := 2 / (9 * s.terms)
	cells, contain := 0, 0
	var ps []float64
	for range s.ranks {
		ratios := make([][]float64, len(s.copies))
		for range s.seeds {
			z := common * rng.NormFloat64()
			for m := range ratios {
				x := 1 - spread + math.Sqrt(spread)*(z+own*rng.NormFloat64())
				ratios[m] = append(ratios[m], (1+off)*x*x*x)
			}
		}
		for m, values := range ratios {
			p := stats.MeanInterval(values).P(1)
			ps = append(ps, p)
			if cells += s.copies[m]; p > level {
				contain += s.copies[m]
			}
		}
	}
	for _, p := range stats.Holm(ps) {
		if p <= level {
			return outcomeNotSeen
		}
	}
	if float64(contain) < held*float64(cells) {
		return outcomeUnresolved
	}
	return outcomeSeen
}

// exactDraws is the number of studies drawn for each share.
const exactDraws = 400

// outcomesOfExact returns how often the rule has an outcome, if theory is right and if all its values are off.
func outcomesOfExact(name string, outcome int) table {
	offs, correlations := []float64{0, 0.01, 0.02, 0.05}, []float64{0, 0.5, 0.9}
	var rows, heads []string
	for _, s := range exactStudies {
		for _, c := range correlations {
			rows = append(rows, fmt.Sprintf("%s, %d seeds, correlation %g", s.name, s.seeds, c))
		}
	}
	for _, off := range offs {
		head := "theory right"
		if off > 0 {
			head = fmt.Sprintf("off by %g%%", 100*off)
		}
		heads = append(heads, head)
	}
	return simulate(name, exactDraws, rows, heads, func(row, column int) study {
		s, c := exactStudies[row/len(correlations)], correlations[row%len(correlations)]
		return func(rng *rand.Rand) bool { return s.judge(offs[column], c, rng) == outcome }
	})
}

// exactSection is the section on the rule of exact values.
func exactSection() section {
	return section{
		title: "Exact values",
		text: "How often the rule of the claims on exact values calls them seen, and how often not seen. No ratio " +
			"to an " +
			"expected value may differ from 1, corrected over all distinct cells, and nine of ten of all intervals " +
			"must contain 1. Some measurements stand in the table up to fifteen times, since a multiplier changes " +
			"them by a constant only. Ratios of one seed at one rank correlate as named, and ranks are independent. " +
			fmt.Sprintf("Columns: theory is right, or all its squares are off by the named part. Each share is of %d "+
				"studies; its standard error is up to 2.5%%.", exactDraws),
		tables: []table{outcomesOfExact("seen", outcomeSeen), outcomesOfExact("not seen", outcomeNotSeen)},
		after: "The rest is not resolvable. Because copies count, one unlucky measurement can take several of the " +
			"intervals along: the more the measurements of a seed correlate, the more often a study of a right " +
			"theory " +
			"is not resolvable by chance.",
	}
}
