package train

import "ranksweep/nn"

// Numerics returns the version of the arithmetic of models of c. It is raised
// when a change makes the same config give other numbers, so that runs made
// before and after never pass for each other: for the architectures alone whose
// numbers change, so that others' runs keep their names, and to a number that
// none has had.
func Numerics(c nn.Config) int {
	switch {
	case c.ScoreCap > 0 || c.LogitCap > 0:
		return 5 // capped in float32
	case c.Activation == nn.GELU || c.Activation == nn.GELUTanh:
		return 4 // in float32
	}
	return 3
}
