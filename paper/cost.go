package paper

import (
	"fmt"

	"ranksweep/analysis"
	"ranksweep/paper/number"
)

// shapes are the sizes of a model that decide what a step of training costs.
type shapes struct {
	name    string
	weights float64 // adapted weights
	sides   float64 // sum of the adapted maps' widths, on both sides
	vocab   float64
	width   float64
	layers  float64
	tokens  float64 // of a sequence
}

// llama7B is Llama 2 7B with adapters on all linear maps, at the paper's sequences.
var llama7B = shapes{"Llama 2 7B", 6.48e9, 2.50e6, 32000, 4096, 32, 512}

// perToken counts the floating-point operations of training adapters of some rank on a token, beside their
// maps, as a run's flops count them: docs/reproduction.md has the formula.
func (s shapes) perToken(rank int) float64 {
	return 4*s.weights + 6*float64(rank)*s.sides + 4*s.vocab*s.width + 7*s.layers*s.tokens*s.width
}

// runCosts says how many times as much a run costs at the first rank as at the reference's.
func (d comparison) runCosts() string {
	return fmt.Sprintf(" All ranks make as many steps, so that a run at rank %d costs %s times as much as one at rank "+
		"%d.", d.Cell.Rank, number.Significant(d.Cell.Flops/d.Reference.Flops, 2), d.Reference.Rank)
}

// stepCosts says how many times as much a step costs at the first rank as at the reference's, here and at
// a size at which the maps are much wider than the ranks.
func (d comparison) stepCosts() string {
	step := func(c analysis.Cell) float64 { return c.Flops / float64(c.Runs[0].Steps) }
	big, small := d.Cell.Rank, d.Reference.Rank
	return fmt.Sprintf("A step at rank %d costs %s times as much as one at rank %d here, so that rank %d makes "+
		"that many times as many steps. By shapes, it would cost %s times as much at %s: what a larger rank takes "+
		"from the steps depends on the maps' width, and this comparison is about maps as narrow as the ones here.",
		big, number.Significant(step(d.Cell)/step(d.Reference), 2), small, small,
		number.Significant(llama7B.perToken(big)/llama7B.perToken(small), 3), llama7B.name)
}
