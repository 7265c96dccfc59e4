package analysis

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"ranksweep/metrics"
	"ranksweep/metrics/stats"
	"ranksweep/results"
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
// are not compared: that is an error.
func Compare(c, reference Cell, s metrics.Statistic) (Comparison, error) {
	for _, part := range []struct{ name, a, b string }{
		{"optimizers", c.Optimizer, reference.Optimizer},
		{"models", c.Provenance.ModelHash, reference.Provenance.ModelHash},
		{"data", c.Provenance.DataHash, reference.Provenance.DataHash},
		{"numerics", fmt.Sprint(c.Provenance.Numerics), fmt.Sprint(reference.Provenance.Numerics)},
	} {
		if part.a != part.b {
			return Comparison{}, fmt.Errorf("analysis: not compared: two %s, %s and %s", part.name, part.a, part.b)
		}
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
			pairs.Learned = append(pairs.Learned, other.Learned())
			references = append(references, other.Statistic(s))
		}
	}
	d := stats.PairedDifference(pairs.Differences)
	if s.Name == metrics.ValLossFinal.Name {
		pairs.SharedSE = ValidationError(Records(c.Runs), Records(reference.Runs))
	}
	pairs.Difference, pairs.ReferenceMean = d.With(pairs.SharedSE), stats.MeanInterval(references).Mean
	pairs.Same = c.TwinID != "" && c.TwinID == reference.TwinID || d.Mean == 0 && (d.N == 1 || d.SE == 0)
	return pairs, nil
}

// Differing names the config fields in which two runs differ, in alphabetical order,
// without those in except. Models and data are compared by their content: the fields that
// name them are left out.
func Differing(a, b results.Run, except ...string) []string {
	x, y := leaves(a.Config), leaves(b.Config)
	var names []string
	for _, name := range slices.Sorted(maps.Keys(x)) {
		if x[name] != y[name] && !slices.Contains(append(except, "model", "source"), name) {
			names = append(names, name)
		}
	}
	return names
}

// leaves returns the fields of a config, keyed by the last part of their names.
func leaves(config json.RawMessage) map[string]string {
	var groups map[string]any
	json.Unmarshal(config, &groups) // a stored config is valid; an empty one has no fields
	all := make(map[string]string)
	for name, value := range groups {
		group, ok := value.(map[string]any)
		if !ok {
			group = map[string]any{name: value}
		}
		for name, value := range group {
			all[name] = fmt.Sprint(value)
		}
	}
	return all
}

// Field returns a field of the config that the cell's runs share, by its path, such as
// train.batch; empty if the config has no such field.
func (c Cell) Field(path string) string {
	group, name, _ := strings.Cut(path, ".")
	var groups map[string]json.RawMessage
	json.Unmarshal(c.Runs[0].Config, &groups) // without a config there are no fields
	var fields map[string]any
	json.Unmarshal(groups[group], &fields)
	if v, ok := fields[name]; ok {
		return fmt.Sprint(v)
	}
	return ""
}
