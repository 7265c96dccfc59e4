package analysis

import (
	"math"
	"slices"
	"testing"

	"ranksweep/metrics"
	"ranksweep/results"
	"ranksweep/theory"
)

// TestStabilityIsSaidWhereTheorySpeaks: a scheme under an optimizer has a verdict, except if
// theory predicts nothing of its runs.
func TestStabilityIsSaidWhereTheorySpeaks(t *testing.T) {
	for _, c := range []struct {
		scheme string
		p      float64
		change func(*results.Run)
		want   theory.Stability
	}{
		{"rslora", 0.5, func(*results.Run) {}, theory.Stable},
		{"lora", 1, func(*results.Run) {}, theory.Collapses},
		{"rslora", 0.5, func(r *results.Run) { r.BeyondTheory = "method dora trains magnitudes beside A and B" },
			theory.Unknown},
		{"full", 0, func(r *results.Run) { r.Rank = 0 }, theory.Unknown},
		{"rslora", 0.5, func(r *results.Run) { r.Config = []byte(`{"adapter": {"method": "loha"}}`) }, theory.Unknown},
	} {
		r := testRun(c.scheme, c.p, 4, 0)
		r.Optimizer = "sgd"
		c.change(&r)
		if got := Arms(Rows([]results.Run{r}))[0].Stability(); got != c.want {
			t.Errorf("%s, beyond theory %q: %s, want %s", c.scheme, r.BeyondTheory, got, c.want)
		}
	}
}

// TestNoLawsOfOtherMethods: theory's powers, those of the onset too, are of methods with an A and a B
// alone.
func TestNoLawsOfOtherMethods(t *testing.T) {
	for method, predicted := range map[string]bool{"lora": true, "dora": true, "loha": false} {
		runs := testGrid()
		for i := range runs {
			runs[i].Config = []byte(`{"adapter": {"method": "` + method + `"}}`)
		}
		for _, runs := range [][]results.Run{runs, results.OutlinesOf(runs).Runs} {
			a := Arms(Rows(runs))[0]
			e, err := a.Exponent(metrics.GradNormOnset)
			if err != nil || math.IsNaN(e.Predicted) == predicted {
				t.Errorf("%s: predicted %g, %v", method, e.Predicted, err)
			}
			const why = "no prediction of theory: its laws are those of A and B, and not of method loha"
			if slices.Contains(a.Warnings, why) == predicted {
				t.Errorf("%s: warnings %q", method, a.Warnings)
			}
		}
	}
}
