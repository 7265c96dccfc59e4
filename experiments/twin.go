package experiments

import (
	"fmt"

	"ranksweep/lora"
	"ranksweep/nn"
)

// TwinID is equal for cells whose training is mathematically identical, seed by
// seed, although their schemes are written differently; they differ by rounding
// alone. If the optimizer's invariance is exact, and the method has it, it hashes the canonical
// sizes of [lora.Sizes.Canonical], otherwise the sizes as they are. All other fields count
// as they do in CellID.
func (c Config) TwinID(modelHash, dataHash string, numerics int) string {
	rest := c.describe("model", "data.source", "seed",
		"adapter.scaling", "adapter.alpha", "adapter.match_rank", "train.lr", "train.lr_a", "train.lr_b")
	return digest("function", modelHash, dataHash, numerics, rest+c.sizes())
}

// sizes writes the sizes that a scheme decides, to nine digits, and then the learning
// rates of parameters beside A and B, which are the same in every form.
func (c Config) sizes() string {
	rates := c.Rates()
	drawn, zero := c.Adapter.Scaling.Roles()
	z := lora.Sizes{
		Gamma: c.Adapter.Gamma(), Init: c.Adapter.Draw().Factor,
		LRDrawn: rates[drawn], LRZero: rates[zero],
	}
	t := c.Train
	scale := t.OptimizerConfig().Scale()
	exact := t.WeightDecay == 0 && t.Clip == 0 && scale != nn.OtherScale
	if exact && (c.Adapter.Has(lora.Factors) || !c.Adapter.Ranked()) {
		z = z.Canonical(scale == nn.FreeOfScale)
	}
	text := fmt.Sprintf("%.9g %.9g %.9g %.9g %t", z.Gamma, z.Init, z.LRDrawn, z.LRZero, c.Adapter.Scaling.ZeroA)
	for _, role := range c.Adapter.Trains().Roles() {
		if c.Adapter.Ranked() && role != drawn && role != zero {
			text += fmt.Sprintf(" %.9g", rates[role])
		}
	}
	return text
}
