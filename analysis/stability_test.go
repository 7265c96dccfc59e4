package analysis

import (
	"testing"

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
	} {
		r := testRun(c.scheme, c.p, 4, 0)
		r.Optimizer = "sgd"
		c.change(&r)
		if got := Arms(Rows([]results.Run{r}))[0].Stability(); got != c.want {
			t.Errorf("%s, beyond theory %q: %s, want %s", c.scheme, r.BeyondTheory, got, c.want)
		}
	}
}
