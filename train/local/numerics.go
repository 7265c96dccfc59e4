package local

import (
	"ranksweep/experiments"
	"ranksweep/nn"
)

// Numerics returns the version of the arithmetic for models of c at a precision. Whoever
// changes the arithmetic so that the same config gives other numbers raises the version, so
// that runs from before and after have different IDs. Only the architectures and precisions
// whose numbers change get a new version, so that other runs keep their IDs. A new version is
// a number that none of them has had; if it is an architecture's, bf16 gets one too.
func Numerics(c nn.Config, precision string) int {
	switch {
	case precision == experiments.BF16Precision:
		return 6 // products with A and B are in bfloat16
	case c.ScoreCap > 0 || c.LogitCap > 0:
		return 5 // logits are capped in float32
	case c.Activation == nn.GELU || c.Activation == nn.GELUTanh:
		return 4 // in float32
	}
	return 3
}
