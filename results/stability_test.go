package results

import (
	"testing"

	"ranksweep/theory"
)

// TestStabilityIsSaidWhereTheorySpeaks: a scheme under an optimizer has a verdict, except if
// theory predicts nothing of its runs.
func TestStabilityIsSaidWhereTheorySpeaks(t *testing.T) {
	for _, c := range []struct {
		scheme string
		p      float64
		change func(*Run)
		want   theory.Stability
	}{
		{"rslora", 0.5, func(*Run) {}, theory.Stable},
		{"lora", 1, func(*Run) {}, theory.Collapses},
		{"rslora", 0.5, func(r *Run) { r.BeyondTheory = "method dora trains magnitudes beside A and B" },
			theory.Unknown},
		{"full", 0, func(r *Run) { r.Rank = 0 }, theory.Unknown},
	} {
		r := testRun(c.scheme, c.p, 4, 0)
		r.Optimizer = "sgd"
		c.change(&r)
		if got := Arms(Rows([]Run{r}))[0].Stability(); got != c.want {
			t.Errorf("%s, beyond theory %q: %s, want %s", c.scheme, r.BeyondTheory, got, c.want)
		}
	}
}
