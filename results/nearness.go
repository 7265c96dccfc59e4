package results

import (
	"fmt"
	"math"

	"ranksweep/metrics"
)

// How far the numbers of one run may differ between two kernels, relative to their size.
// The portable kernel rounds each product before it adds it; kernels in assembly do not.
// The tolerances are about ten times the largest difference seen in 20 steps of the
// embedded base on 64 tokens (LoRA and rsLoRA, ranks 4 and 64, AdamW at 3e-4 and 3e-3, SGD
// at 0.05, each map measured too): 6.9e-6 for losses; for sizes 5.3e-4 (the stable rank of
// one map) and 2.8e-4 (the gradient of A of one map). AdamW causes the largest, since it
// makes a full step of any gradient, however small: under SGD they were 3.2e-7 and 2.1e-5.
//
// A run whose steps are too large stays within no tolerance: under SGD at 0.5, losses of 14
// were 15% apart. Such a run is reported as different.
const (
	LossTolerance = 1e-4 // of losses
	SizeTolerance = 5e-3 // of everything else
)

// Nearness says how near a run, trained again by a kernel that rounds differently, is to
// the stored run.
type Nearness struct {
	Difference string  // the number farthest beyond its tolerance, in words; empty if all are within
	Largest    float64 // the relative difference that takes the largest share of its tolerance
	What       string  // the number that has this difference; empty if nothing differs
}

// Near compares as [Difference] does, within [LossTolerance] and [SizeTolerance].
func Near(now, was Run) Nearness {
	if d := shapeDifference(now, was); d != "" {
		return Nearness{Difference: d}
	}
	var near Nearness
	most := 0.0 // share of a tolerance
	for _, n := range numbers(now, was) {
		apart := n.apart()
		if share := apart / n.tolerance(); share > most {
			most = share
			near.Largest, near.What = apart, n.what
			if share > 1 {
				near.Difference = fmt.Sprintf("%s, %.0e apart where kernels may be %.0e", n, apart, n.tolerance())
			}
		}
	}
	return near
}

func (n number) tolerance() float64 {
	if n.loss {
		return LossTolerance
	}
	return SizeTolerance
}

// apart returns the relative difference; infinite if one of the two numbers is absent.
func (n number) apart() float64 {
	switch {
	case FormatFloat(n.now) == FormatFloat(n.was):
		return 0
	case FormatFloat(n.now) == "" || FormatFloat(n.was) == "":
		return math.Inf(1)
	}
	return math.Abs(n.now-n.was) / n.scale
}

// scaleOf returns the size to which a difference is relative: the value or, if the value is
// close to zero, a thousandth of the largest one in its curve. An actual loss drop is the
// difference of two losses, and known as precisely as they are.
func scaleOf(q metrics.Quantity, v float64, largest metrics.Values) float64 {
	scale := math.Max(math.Abs(v), largest[q]/1000)
	if q == metrics.LossDropActual {
		scale = math.Max(scale, largest[metrics.TrainLoss])
	}
	return scale
}
