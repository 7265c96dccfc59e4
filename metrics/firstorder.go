package metrics

import "math"

// firstOrder is the largest difference between the loss drop to first order and the actual
// drop, as a share of the actual drop. If the first order were right at rank 4 and off by this
// share at rank 512, a fitted power of rank would be off by ln 1.1 / ln 128 = 0.02. The
// verdicts on powers tolerate 0.03.
const firstOrder = 0.1

// lossRounding is the share of a loss that float32 leaves uncertain when two passes of one
// batch are compared. At ranks from 4 to 2048 of the embedded model, and drops below 1e-5, the
// two differed by up to 3.2e-6 of the loss.
const lossRounding = 5e-6

// FirstOrderHolds reports whether a run's loss drop to first order is within a tenth of the
// drop that the first update really made on its batches. That is not known if the curve lacks
// one of the two, or if a tenth of the drop is below the rounding of the loss.
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

// DropRatio returns the drop that the first update really made over the one to first order; NaN if the curve lacks one
// of the two.
func DropRatio(curve []Point) float64 {
	return at(1, LossDropActual)(curve) / at(1, LossDrop)(curve)
}
