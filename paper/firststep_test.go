package paper

import (
	"strings"
	"testing"

	"ranksweep/analysis"
	"ranksweep/metrics"
	"ranksweep/results"
)

// The exact law of the first step comes from another study, and its power at this study's ranks
// stands beside the measured one and that of the best rate.
func TestFirstStepBesideBestRates(t *testing.T) {
	stepped := func(d float64) func(r *results.Run) {
		return func(r *results.Run) {
			best := float64(r.Rank) / (float64(r.Rank) + d)
			r.Curve[1].Values[metrics.LossDrop], r.Curve[1].Values[metrics.DeltaW] = best/r.LR, 1
			r.Expected = map[string]float64{metrics.StepFirst.Name: best / r.LR}
		}
	}
	as := func(power float64) func(*results.Run) float64 {
		return bestAt(func(*results.Run) float64 { return power }, 0)
	}
	here := claimOf(t, "rate-free-sgd").Rule.of(changed(rateStudy("sgd", as(0.4)), stepped(100)).view())
	here = here.where(func(a analysis.Arm) bool { return a.Scheme == "rslora" })
	law := under("sgd", changed(made([]string{"rslora"}, []int{8, 2048}, 3, nil), stepped(300)))
	text := firstStepText(here, "others", law.view())
	for _, want := range []string{
		// least squares of log(r/(r + 300)) and log(r/(r + 100)) at ranks 4, 16 and 64, by Python
		"it has the power 0.94 at these ranks; D = 300 ± 0", "study others", "to have the power 0.836 [",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("lacks %q: %s", want, text)
		}
	}
	if text := firstStepText(here, "others", under("adamw", law).view()); text != "" {
		t.Errorf("of another optimizer: %s", text)
	}
	if text := firstStepText(here, "none", View{}); text != "" {
		t.Errorf("of no study: %s", text)
	}
}
