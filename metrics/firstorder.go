package metrics

import "math"

// firstOrder is by how much of the actual loss drop the one to first order may
// miss it. Were it right at rank 4 and off by that much at rank 512, a fitted
// power of rank would be off by ln 1.1 / ln 128 = 0.02, less than the 0.03 that
// the verdicts on powers let pass.
const firstOrder = 0.1

// lossRounding is the part of a loss that float32 leaves uncertain when two passes
// of one batch are compared: at ranks from 4 to 2048 of the embedded model, and drops
// below 1e-5, they were up to 3.2e-6 of the loss apart.
const lossRounding = 5e-6

// FirstOrderHolds reports whether the loss drop to first order of a run can be
// believed: whether it is within a tenth of what the first update did take off
// the loss of its batches. It is not known of a curve that lacks one of the two, nor
// of drops so small that a tenth of them is lost in the rounding of the loss.
func FirstOrderHolds(curve []Point) (holds, known bool) {
	drop, actual := at(1, LossDrop)(curve), at(1, LossDropActual)(curve)
	if math.IsNaN(drop) || math.IsNaN(actual) {
		return false, false
	}
	if loss := at(0, TrainLoss)(curve); firstOrder*math.Max(math.Abs(drop), math.Abs(actual)) < lossRounding*loss {
		return false, false
	}
	return math.Abs(drop-actual) <= firstOrder*math.Abs(actual), true
}
