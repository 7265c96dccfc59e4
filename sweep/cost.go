package sweep

import (
	"ranksweep/lora"
	"ranksweep/nn"
)

// passTokens is the most tokens in one forward pass.
func (c Config) passTokens() int { return c.Train.Batch * c.Train.Context }

// cost estimates the floating-point operations of a run from shapes, as if
// every sequence were tokens long; what is measured beside training is left
// out. targets are the maps that are adapted.
func (c Config) cost(m *nn.Model, targets []*nn.Linear, tokens float64) float64 {
	adapted := make(map[*nn.Linear]bool)
	for _, l := range targets {
		adapted[l] = true
	}
	t := float64(c.Train.Batch) * tokens
	rank := float64(c.Adapter.Rank)
	var sum float64
	for _, l := range m.Linears() {
		out, in := float64(l.Out()), float64(l.In())
		sum += 4 * t * out * in
		switch {
		case !adapted[l]:
		case c.merges(l):
			sum += 2*t*out*in + 6*rank*out*in
		default:
			sum += 6 * t * rank * (out + in)
		}
	}
	// The head forward and backward, and attention: two products of half a
	// T×T matrix forward, five backward.
	sum += 4 * t * float64(m.Config.Vocab*m.Config.Dim)
	sum += 7 * t * tokens * float64(m.Config.Layers*m.Config.Heads*m.Config.HeadDim)
	return sum * float64(c.Train.Accumulate*c.Train.Steps)
}

// bytes estimates the memory of a run beside the base model: activations,
// adapters with their gradients and the optimizer's state, and what the forms
// of the adapted maps keep.
func (c Config) bytes(m *nn.Model, targets []*nn.Linear) int64 {
	n := c.passTokens()
	cfg := m.Config
	q, kv := cfg.Heads*cfg.HeadDim, cfg.KVHeads*cfg.HeadDim
	floats := cfg.Layers * n * (4*cfg.Dim + 2*q + 2*kv + 3*cfg.Hidden)
	floats += n * (4*cfg.Dim + 2*q + 2*kv + 3*cfg.Hidden)
	state := c.Train.stateSize()
	for _, l := range targets {
		trained := c.Adapter.Rank * (l.Out() + l.In())
		floats += (2 + state) * trained
		if c.merges(l) {
			floats += l.Out() * l.In()
		} else {
			floats += n * c.Adapter.Rank
		}
	}
	return 4 * int64(floats)
}

// merges reports whether an adapter of l takes the merged form.
func (c Config) merges(l *nn.Linear) bool {
	return c.Adapter.Dropout == 0 && lora.MergedIsCheaper(c.passTokens(), c.Adapter.Rank, l.Out(), l.In())
}

// stateSize is how many numbers an optimizer keeps for each trained one.
func (t Train) stateSize() int {
	switch {
	case t.Optimizer == "adamw":
		return 2
	case t.Optimizer == "sgd" && t.Momentum > 0:
		return 1
	}
	return 0
}
