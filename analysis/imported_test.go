package analysis

import (
	"math"
	"strings"
	"testing"

	"ranksweep/grid"
	"ranksweep/lora"
	"ranksweep/metrics"
	"ranksweep/results"
)

// TestImportedRuns: what has one value at each rank tells lines of imported runs apart, but for the rate; equal losses
// are no sign of one function; and without alpha there is no power to expect.
func TestImportedRuns(t *testing.T) {
	var g grid.Grid
	var runs []results.Run
	for i, rank := range []string{"4", "16"} {
		axes := []grid.Coordinate{{Name: "targets", Value: "q" + rank}, {Name: "lr", Value: "1e-" + rank},
			{Name: "rank", Value: rank}}
		v := metrics.NoValues()
		v[metrics.ValLoss] = 0.5
		runs = append(runs, results.Run{
			ID: results.ImportedPrefix + rank, Cell: rank, Scheme: "lora", Powers: lora.Scheme{P: 1}, Rank: 4 + 12*i,
			Alpha: math.NaN(), Gamma: math.NaN(), Optimizer: "adamw", LR: 1e-3, Axes: axes,
			Status: results.Done, Steps: 1,
			Curve: []metrics.Point{{Step: 1, Values: v}}, Imported: &results.Imported{Source: "a"},
		})
		g.Runs = append(g.Runs, grid.Planned{ID: runs[i].ID, Axes: axes})
	}
	in, _, _ := Split(g, runs)
	arms := Arms(in)
	if len(arms) != 2 {
		t.Fatalf("%d arms, want one for each value of targets", len(arms))
	}
	all := strings.Join(arms[0].Warnings, "\n")
	if !strings.Contains(all, "it is not stated how gamma depends on rank") {
		t.Errorf("warnings %q", all)
	}
	c, err := Compare(arms[0].Cells[0], arms[1].Cells[0], metrics.ValLossFinal)
	if err != nil || c.Same || c.Difference.Mean != 0 {
		t.Errorf("same %v, difference %+v (%v)", c.Same, c.Difference, err)
	}
	if e, _ := RateExponent(arms[:1]); !math.IsNaN(e.Predicted) {
		t.Errorf("predicted power %g of the best rate", e.Predicted)
	}
	for i := range runs {
		in[i].Setting.Axes = grid.Without(in[i].Setting.Axes, "targets")
		in[i].Setting.Places = nil
	}
	if arms := Arms(in); len(arms) != 1 {
		t.Errorf("%d arms, want one along which the rate moves", len(arms))
	}
}
