package train

import (
	"unsafe"

	"ranksweep/data"
	"ranksweep/experiments"
	"ranksweep/metrics"
	"ranksweep/nn"
	"ranksweep/results"
	"ranksweep/theory"
)

// bytes is the memory of a run beside its model and data, which it shares:
// activations, what trains with its gradients, the optimizer, what measuring
// takes, and the curve. A test holds it to what is allocated.
func bytesOf(c experiments.Config, m *nn.Model, targets []*nn.Linear, d *data.Dataset) int64 {
	tokens := c.PassTokens()
	var surveyed int64
	if c.Measure.Theory && c.Adapter.Ranked() {
		surveyed = m.Config.PassBytes(tokens) + theory.GeometryBytes(targets, c.Adapter.Scaling.ZeroA, tokens)
	}
	trained := c.Adapter.Trains().Bytes(c.LoRA(), targets) + c.Train.OptimizerConfig().Bytes(shapesOf(c, targets))
	return surveyed + m.Config.PassBytes(tokens) + m.ScratchBytes() + trained +
		metrics.GaugeBytes(targets, c.Adapter.Rank) + batchBytes(c, d) +
		int64(points(c)+modulePoints(c)*len(targets))*int64(unsafe.Sizeof(metrics.Point{}))
}

// shapes is what is trained of each target, without values.
func shapesOf(c experiments.Config, targets []*nn.Linear) []nn.Param {
	var params []nn.Param
	for _, l := range targets {
		params = append(params, c.Adapter.Trains().Shapes(c.LoRA(), l)...)
	}
	return params
}

// batchBytes is the memory of a run's own batches and of its data's order.
func batchBytes(c experiments.Config, d *data.Dataset) int64 {
	const token, index = 2 * 4, 8 // with its target
	held := 0
	for _, s := range d.Val {
		held += len(s.Tokens)
	}
	parts := int64(len(d.Val)+c.Train.Batch-1) / int64(c.Train.Batch)
	return token*int64(held+c.Train.Accumulate*c.PassTokens()) + index*int64(len(d.Train)) +
		parts*int64(unsafe.Sizeof(results.ValidationBatch{}))
}

// points is how many points a run's curve has: those of Measure.Every, and
// the first, the second and the last step.
func points(c experiments.Config) int { return c.Train.Steps/c.Measure.Every + 3 }

// modulePoints is the same of every single adapted map.
func modulePoints(c experiments.Config) int {
	if c.Measure.ModulesEvery == 0 {
		return 0
	}
	return c.Train.Steps/c.Measure.ModulesEvery + 3
}
