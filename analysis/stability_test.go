package analysis

import (
	"math"
	"testing"

	"ranksweep/lora"
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
		{"rslora", 0.5, func(r *results.Run) { r.Config = []byte(`{"adapter": {"method": "loha"}}`) },
			theory.Collapses},
		{"constant", 0, func(r *results.Run) { r.Config = []byte(`{"adapter": {"method": "loha"}}`) },
			theory.Stable},
	} {
		r := testRun(c.scheme, c.p, 4, 0)
		r.Optimizer = "sgd"
		c.change(&r)
		if got := Arms(Rows([]results.Run{r}))[0].Stability(); got != c.want {
			t.Errorf("%s, beyond theory %q: %s, want %s", c.scheme, r.BeyondTheory, got, c.want)
		}
	}
}

// TestLawsOfMethods: theory's powers are those of the method. The runs are of rsLoRA, with an onset free of rank
// under LoRA and DoRA, and of LoHa, where a multiplier α/√r makes it fall.
func TestLawsOfMethods(t *testing.T) {
	for method, want := range map[string]float64{"lora": 0, "dora": 0, "adalora": 0, "loha": -0.5} {
		runs := testGrid()
		for i := range runs {
			runs[i].Config = []byte(`{"adapter": {"method": "` + method + `"}}`)
			runs[i].Scheme, runs[i].Powers = "rslora", lora.Scheme{P: 0.5}
		}
		for _, runs := range [][]results.Run{runs, results.OutlinesOf(runs).Runs} {
			a := Arms(Rows(runs))[0]
			e, err := a.Exponent(metrics.GradNormOnset)
			if err != nil || e.Predicted != want {
				t.Errorf("%s: predicted %g, %v; want %g", method, e.Predicted, err, want)
			}
			if rate := a.BestRate(); math.IsNaN(rate) != (method != "lora") {
				t.Errorf("%s: best rate %g", method, rate)
			}
		}
	}
}
