package metrics

import (
	"math"
	"testing"
)

// TestFirstOrderHolds: the first order holds up to a tenth of the actual drop, on either side,
// and not if the loss rose instead of falling.
func TestFirstOrderHolds(t *testing.T) {
	for _, test := range []struct {
		drop, actual float64
		holds, known bool
	}{
		{1, 1, true, true},
		{1.09, 1, true, true},
		{1.11, 1, false, true},
		{0.91, 1, true, true},
		{0.89, 1, false, true},
		{1, -1, false, true},
		{1, math.NaN(), false, false},
		{math.NaN(), 1, false, false},
	} {
		curve := []Point{{Step: 0, Values: NoValues()}, {Step: 1, Values: NoValues()}}
		curve[1].Values[LossDrop], curve[1].Values[LossDropActual] = test.drop, test.actual
		if holds, known := FirstOrderHolds(curve); holds != test.holds || known != test.known {
			t.Errorf("%g to first order and %g in all: %t, known %t", test.drop, test.actual, holds, known)
		}
	}
	small := []Point{{Step: 0, Values: NoValues()}, {Step: 1, Values: NoValues()}}
	small[0].Values[TrainLoss], small[1].Values[LossDrop], small[1].Values[LossDropActual] = 3, 1e-5, 5e-6
	if _, known := FirstOrderHolds(small); known {
		t.Error("a drop of 1e-5 of a loss of 3 is taken for more than rounding")
	}
	small[1].Values[LossDrop] = 1e-3
	if holds, known := FirstOrderHolds(small); holds || !known {
		t.Error("a drop of 1e-3, of which the loss did next to nothing, is believed")
	}
	if _, known := FirstOrderHolds(nil); known {
		t.Error("known of no curve")
	}
}
