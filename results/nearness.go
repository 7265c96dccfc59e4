package results

import (
	"errors"
	"fmt"
	"math"

	"ranksweep/metrics"
	"ranksweep/paper/number"
)

// Tolerance is how far numbers may differ, relative to their size.
type Tolerance struct{ Losses, Sizes float64 } // Sizes: of everything else

// BetweenKernels is how far the numbers of one run may differ between two kernels. The portable
// kernel rounds each product before it adds it; kernels in assembly do not.
// The tolerances are about ten times the largest difference seen in 20 steps of the
// embedded base on 64 tokens (LoRA and rsLoRA, ranks 4 and 64, AdamW at 3e-4 and 3e-3, SGD
// at 0.05, each map measured too): 6.9e-6 for losses; for sizes 5.3e-4 (the stable rank of
// one map) and 2.8e-4 (the gradient of A of one map). AdamW causes the largest, since it
// makes a full step of any gradient, however small: under SGD they were 3.2e-7 and 2.1e-5.
//
// A run whose steps are too large stays within no tolerance: under SGD at 0.5, losses of 14
// were 15% apart. Such a run is reported as different.
var BetweenKernels = Tolerance{Losses: 1e-4, Sizes: 5e-3}

// margin is how many times as far apart as two runs a third one may be. By chance alone it is
// farther from one of them than they are from each other in two cases of three.
const margin = 10

// Measured is the tolerance that two runs of one config show, where training does not give the
// same bytes each time: ten times the largest difference of their losses, and of everything else.
// It is an error if they differ in more than measured numbers.
func Measured(a, b Run) (Tolerance, error) {
	var t Tolerance
	if d := shapeDifference(a, b); d != "" {
		return t, errors.New(d)
	}
	for _, n := range numbers(a, b) {
		apart := margin * n.apart()
		if math.IsInf(apart, 1) {
			return t, errors.New(n.String())
		}
		if n.loss {
			t.Losses = max(t.Losses, apart)
		} else {
			t.Sizes = max(t.Sizes, apart)
		}
	}
	return t, nil
}

// Or returns the larger of two tolerances, for losses and for everything else.
func (t Tolerance) Or(o Tolerance) Tolerance {
	return Tolerance{max(t.Losses, o.Losses), max(t.Sizes, o.Sizes)}
}

func (t Tolerance) String() string {
	return fmt.Sprintf("%s for losses and %s for other quantities", number.Significant(t.Losses, 1),
		number.Significant(t.Sizes, 1))
}

// Nearness says how near a run, trained again by what rounds differently, is to the stored run.
type Nearness struct {
	Difference string  // the number farthest beyond its tolerance, in words; empty if all are within
	Largest    float64 // the relative difference that takes the largest share of its tolerance
	What       string  // the number that has this difference; empty if nothing differs
}

// Near compares as [Difference] does, within a tolerance.
func Near(now, was Run, within Tolerance) Nearness {
	if d := shapeDifference(now, was); d != "" {
		return Nearness{Difference: d}
	}
	var near Nearness
	largest := 0.0 // share of a tolerance
	for _, n := range numbers(now, was) {
		apart, most := n.apart(), within.of(n)
		if share := shareOf(apart, most); share > largest {
			largest = share
			near.Largest, near.What = apart, n.what
			if share > 1 {
				near.Difference = fmt.Sprintf("%s, %s apart where it may be %s", n, number.Significant(apart, 1),
					number.Significant(most, 1))
			}
		}
	}
	return near
}

func (t Tolerance) of(n remeasured) float64 {
	if n.loss {
		return t.Losses
	}
	return t.Sizes
}

// shareOf is the share of a tolerance that a difference takes, also of a tolerance of 0.
func shareOf(apart, tolerance float64) float64 {
	if apart == 0 {
		return 0
	}
	return apart / tolerance
}

// apart returns the relative difference; infinite if one of the two numbers is absent.
func (n remeasured) apart() float64 {
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
