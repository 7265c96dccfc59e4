package paper

import (
	"math"
	"strings"
	"testing"

	"ranksweep/analysis"
)

// docs/reproduction.md has 277, 315 and 590 PFLOP for 10.24 million tokens at ranks 8, 256 and 2048.
func TestCostsAtLlama7B(t *testing.T) {
	for rank, want := range map[int]float64{8: 277, 256: 315, 2048: 590} {
		if got := llama7B.perToken(rank) * 10.24e6 / 1e15; math.Abs(got-want) > 0.5 {
			t.Errorf("rank %d: %v PFLOP, want %v", rank, got, want)
		}
	}
}

// Two ranks at equal cost, of which one makes twice as many steps, have steps whose costs are 1 to 2.
func TestStepCosts(t *testing.T) {
	at := func(rank, steps int) (c analysis.Cell) {
		c.Rank, c.Flops = rank, 6e12
		c.Runs = []analysis.Row{{}}
		c.Runs[0].Steps = steps
		return c
	}
	var d comparison
	d.Cell, d.Reference = at(256, 100), at(4, 200)
	text := d.stepCosts()
	for _, want := range []string{"A step at rank 256 costs 2 times as much as one at rank 4 here",
		"it would cost 1.14 times as much at Llama 2 7B"} {
		if !strings.Contains(text, want) {
			t.Errorf("lacks %q: %s", want, text)
		}
	}
}
