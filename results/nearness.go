package results

import (
	"fmt"
	"math"

	"ranksweep/metrics"
)

// How far numbers of one run may lie apart, relative to their size, where one was
// made by the portable kernel, which rounds each product before it adds it, and the
// other by one in assembly, which does not: about ten times the largest difference
// that was seen in 20 steps of the embedded base on 64 tokens, LoRA and rsLoRA, ranks
// 4 and 64, AdamW at 3e-4 and 3e-3 and SGD at 0.05, each map measured too. That is
// 6.9e-6 of a loss, and of what is a size 5.3e-4 (one map's stable rank) or 2.8e-4
// (one map's gradient of A). AdamW is what sets them, since it makes a step of any
// gradient, however small: under SGD they were 3.2e-7 and 2.1e-5.
//
// Nothing holds a run whose steps are too large: under SGD at 0.5, losses of 14
// were 15% apart. Such a run differs across kernels, and is said to.
const (
	LossTolerance = 1e-4 // of losses
	SizeTolerance = 5e-3 // of all else
)

// Nearness is how near a run, trained again by a kernel that rounds otherwise, is
// to what it was.
type Nearness struct {
	Difference string  // in what it is beyond the tolerance; empty where it is within
	Largest    float64 // difference, relative, that takes most of its tolerance
	What       string  // it is a difference of; empty where there is none
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

// apart is the relative difference; infinite where one of the two is absent.
func (n number) apart() float64 {
	switch {
	case formatFloat(n.now) == formatFloat(n.was):
		return 0
	case formatFloat(n.now) == "" || formatFloat(n.was) == "":
		return math.Inf(1)
	}
	return math.Abs(n.now-n.was) / n.scale
}

// scaleOf is what a difference of a value is relative to: the value or, where that
// is close to zero, a thousandth of the largest one of its curve. An actual loss
// drop is a difference of two losses and known as well as they are.
func scaleOf(q metrics.Quantity, v float64, largest metrics.Values) float64 {
	scale := math.Max(math.Abs(v), largest[q]/1000)
	if q == metrics.LossDropActual {
		scale = math.Max(scale, largest[metrics.TrainLoss])
	}
	return scale
}
