package analysis

import (
	"fmt"
	"math"

	"ranksweep/grid"
	"ranksweep/metrics"
	"ranksweep/metrics/stats"
)

// Comparison compares a cell with a reference cell, seed by seed.
type Comparison struct {
	Cell, Reference Cell
	Difference      stats.Difference // cell minus reference
	Differences     []float64        // the same, of each pair
	Learned         []float64        // what the reference learned in each pair; NaN if not measured
	ReferenceMean   float64          // over the pairs; NaN if there are none
	SharedSE        float64          // error of Difference by the choice of the validation set; NaN if unknown
	Same            bool             // both learn the same function, or no pair differs at all
}

// Compare pairs the runs of two cells by seed, since runs of one seed see the same data in
// the same order and begin with the same A. A seed counts only if both of its runs have a
// value of s. Cells with different optimizers, models, data or versions of the arithmetic
// are not compared: that is an error. A precision has versions of its own, so that two
// precisions are compared whatever their versions are.
func Compare(c, reference Cell, s metrics.Statistic) (Comparison, error) {
	if c.Optimizer != reference.Optimizer {
		return Comparison{}, refusal("optimizers", c.Optimizer, reference.Optimizer)
	}
	return CompareOptimizers(c, reference, s)
}

// CompareOptimizers is Compare for cells that may differ in their optimizer.
func CompareOptimizers(c, reference Cell, s metrics.Statistic) (Comparison, error) {
	for _, part := range []struct{ name, a, b string }{
		{"models", c.Provenance.ModelHash, reference.Provenance.ModelHash},
		{"data", c.Provenance.DataHash, reference.Provenance.DataHash},
	} {
		if part.a != part.b {
			return Comparison{}, refusal(part.name, part.a, part.b)
		}
	}
	was, now := reference.Provenance.Numerics, c.Provenance.Numerics
	if was != now && grid.ValueOf(c.Axes, "precision") == grid.ValueOf(reference.Axes, "precision") {
		return Comparison{}, refusal("numerics", fmt.Sprint(now), fmt.Sprint(was))
	}
	bySeed := make(map[uint64]Row)
	for _, r := range reference.Runs {
		bySeed[r.Seed] = r
	}
	pairs := Comparison{Cell: c, Reference: reference}
	var references []float64
	for _, r := range c.Runs {
		other, ok := bySeed[r.Seed]
		if d := r.Statistic(s) - other.Statistic(s); ok && !math.IsNaN(d) {
			pairs.Differences = append(pairs.Differences, d)
			pairs.Learned = append(pairs.Learned, other.Learned()*other.per(s))
			references = append(references, other.Statistic(s))
		}
	}
	d := stats.PairedDifference(pairs.Differences)
	if s.Name == metrics.ValLossFinal.Name || s.Name == metrics.BitsPerByteFinal.Name {
		pairs.SharedSE = validationError(Records(c.Runs), Records(reference.Runs)) * c.per(s)
	}
	pairs.Difference, pairs.ReferenceMean = d.With(pairs.SharedSE), stats.MeanInterval(references).Mean
	equal := d.Mean == 0 && (d.N == 1 || d.SE == 0)
	pairs.Same = c.TwinID != "" && c.TwinID == reference.TwinID || equal && !c.imported()
	return pairs, nil
}

// refusal is why two cells are not compared.
func refusal(name, a, b string) error {
	return fmt.Errorf("analysis: not compared: two %s, %s and %s", name, a, b)
}

// imported reports whether the cell's runs were trained elsewhere. Their losses are rounded, so that two may be equal
// by chance.
func (c Cell) imported() bool { return len(c.Runs) > 0 && c.Runs[0].Imported != nil }
