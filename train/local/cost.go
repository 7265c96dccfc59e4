package local

import (
	"ranksweep/experiments"
	"ranksweep/nn"
)

// costOf estimates the floating-point operations of a run from shapes, as if every sequence
// had the given number of tokens. It leaves out measurements beside training. The run may be
// an outline. If factored is set, all adapters are counted in factored form, otherwise in
// the form that runs.
func costOf(c experiments.Config, m *nn.Model, run *training, tokens float64, factored bool) float64 {
	adapted := make(map[*nn.Linear]bool)
	for _, t := range run.set.Trainables {
		adapted[t.Frozen()] = true
	}
	t := float64(c.Train.Batch) * tokens
	method, settings := c.Adapter.Trains(), c.LoRA()
	var sum float64
	for _, l := range m.Linears() {
		out, in := float64(l.Out()), float64(l.In())
		sum += 4 * t * out * in
		if adapted[l] {
			sum += method.Flops(settings, l, t, factored)
		}
	}
	// The head, forward and backward; and attention, with products of half a T×T matrix:
	// two forward, five backward.
	sum += 4 * t * float64(m.Config.Vocab*m.Config.Dim)
	sum += 7 * t * tokens * float64(m.Config.Layers*m.Config.Heads*m.Config.HeadDim)
	step := sum*float64(c.Train.Accumulate) + c.Train.OptimizerConfig().Flops(run.params)
	return step * float64(c.Train.Steps)
}
