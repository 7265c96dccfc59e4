package chart

import (
	"math"

	"ranksweep/metrics/stats"
	"ranksweep/paper/number"
)

// rows marks the best of each row of a heat map: the lowest mean. Those that paired differences do not tell
// apart from it are marked as alike, and it is marked if it lies at an edge of numbers that were tried.
func (l *Line) rows(x Scale) {
	for first := 0; first < len(l.Marks); {
		last := first
		for last < len(l.Marks) && l.Marks[last].Y == l.Marks[first].Y {
			last++
		}
		markBest(l.Marks[first:last], x)
		first = last
	}
}

// markBest marks a row, unless it has only one value.
func markBest(row []Mark, x Scale) {
	best, n := -1, 0
	for i, m := range row {
		if !number.Finite(m.Value()) {
			continue
		}
		n++
		if best < 0 || m.Value() < row[best].Value() {
			best = i
		}
	}
	if n < 2 {
		return
	}
	row[best].Best = true
	if x.Words == nil {
		row[best].Edge = edge(row[best].X, row)
	}
	for i := range row {
		if i != best && number.Finite(row[i].Value()) {
			is, known := apart(row[best], row[i], n-1)
			row[i].Alike = known && !is
		}
	}
}

// edge is -1 or 1 if x is the lowest or the highest of a row; else 0.
func edge(x float64, row []Mark) int {
	low, high := row[0].X, row[len(row)-1].X
	switch {
	case !stats.AtEdge(x, low, high):
		return 0
	case x == low:
		return -1
	}
	return 1
}

// significance is the probability of telling any of a row's marks apart from the best by chance alone, if none differ.
const significance = 0.05

// apart reports whether the seeds that two marks share tell them apart, as one of several comparisons
// (Bonferroni). Of marks that share fewer than two seeds nothing is known.
func apart(a, b Mark, comparisons int) (is, known bool) {
	bySeed := make(map[uint64]float64)
	for i, r := range a.Runs {
		bySeed[r.Seed] = a.Values[i]
	}
	var differences []float64
	for i, r := range b.Runs {
		if v, ok := bySeed[r.Seed]; ok {
			differences = append(differences, b.Values[i]-v)
		}
	}
	p := stats.PairedDifference(differences).P
	return p*float64(comparisons) <= significance, !math.IsNaN(p)
}
