package local

import "ranksweep/nn"

// Numerics returns the version of the arithmetic for models of c. Whoever changes the
// arithmetic so that the same config gives other numbers raises the version, so that runs
// from before and after have different IDs. Only the architectures whose numbers change get
// a new version, so that other runs keep their IDs. A new version is a number that no
// architecture has had.
func Numerics(c nn.Config) int {
	switch {
	case c.ScoreCap > 0 || c.LogitCap > 0:
		return 5 // logits are capped in float32
	case c.Activation == nn.GELU || c.Activation == nn.GELUTanh:
		return 4 // in float32
	}
	return 3
}
