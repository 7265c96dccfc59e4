package sweep

import (
	"unsafe"

	"ranksweep/data"
	"ranksweep/metrics"
	"ranksweep/nn"
	"ranksweep/results"
)

// bytes is the memory of a run beside its model and data, which it shares:
// activations, adapters with their gradients, the optimizer, what measuring
// takes, and the curve. A test holds it to what is allocated.
func (c Config) bytes(m *nn.Model, targets []*nn.Linear, d *data.Dataset) int64 {
	tokens := c.passTokens()
	var theory int64
	if c.Measure.Theory {
		theory = m.Config.PassBytes(tokens) + metrics.GeometryBytes(targets, c.Adapter.Scaling.ZeroA, tokens)
	}
	return theory + m.Config.PassBytes(tokens) + m.ScratchBytes() + c.lora().Bytes(targets) + c.Train.optimizer().Bytes(c.shapes(targets)) +
		metrics.GaugeBytes(targets, c.Adapter.Rank) + c.batchBytes(d) +
		int64(c.points()+c.modulePoints()*len(targets))*int64(unsafe.Sizeof(metrics.Point{}))
}

// shapes is A and B of each target, without values.
func (c Config) shapes(targets []*nn.Linear) []nn.Param {
	var params []nn.Param
	for _, l := range targets {
		params = append(params, nn.Param{Rows: c.Adapter.Rank, Cols: l.In()}, nn.Param{Rows: l.Out(), Cols: c.Adapter.Rank})
	}
	return params
}

// batchBytes is the memory of a run's own batches and of its data's order.
func (c Config) batchBytes(d *data.Dataset) int64 {
	const token, index = 2 * 4, 8 // with its target
	held := 0
	for _, s := range d.Val {
		held += len(s.Tokens)
	}
	parts := int64(len(d.Val)+c.Train.Batch-1) / int64(c.Train.Batch)
	return token*int64(held+c.Train.Accumulate*c.passTokens()) + index*int64(len(d.Train)) +
		parts*int64(unsafe.Sizeof(results.ValidationBatch{}))
}

// points is how many points a run's curve has: those of Measure.Every, and
// the first, the second and the last step.
func (c Config) points() int { return c.Train.Steps/c.Measure.Every + 3 }

// modulePoints is the same of every single adapted map.
func (c Config) modulePoints() int {
	if c.Measure.ModulesEvery == 0 {
		return 0
	}
	return c.Train.Steps/c.Measure.ModulesEvery + 3
}
