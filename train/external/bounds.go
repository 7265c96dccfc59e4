package external

import (
	"fmt"
	"math"

	"ranksweep/metrics"
	"ranksweep/paper/number"
)

// rounding is how far a value may lie beside what it must be, as a share of it: a loss below 0, or
// one that does not fit its batches.
const rounding = 1e-3

// least returns the least value of a quantity. A drop of the loss has none.
func least(q metrics.Quantity) float64 {
	switch q {
	case metrics.LossDrop, metrics.LossDropActual:
		return math.Inf(-1)
	case metrics.TrainLoss, metrics.ValLoss:
		return -rounding
	}
	return 0
}

// bounded is an error if a quantity cannot have a value. A value that is not finite says that the
// run diverged.
func bounded(q metrics.Quantity, x float64, step int) error {
	if x < least(q) && !math.IsInf(x, 0) {
		return fmt.Errorf("reported %s %s at step %d: must be at least 0", q.Name(), number.Full(x), step)
	}
	return nil
}

// fits is an error if a validation loss is not the mean over the scored tokens of the batches.
func (c *curve) fits(loss float64, step int) error {
	var sum float64
	scored := 0
	for i, b := range c.outcome.Validation {
		if b.Nats < -rounding {
			return fmt.Errorf("reported validation batch %d as %s at step %d: must be at least 0", i,
				number.Full(b.Nats), step)
		}
		sum += b.Nats
		scored += b.Scored
	}
	if mean := sum / float64(scored); math.Abs(mean-loss) > rounding*(1+math.Abs(loss)) {
		return fmt.Errorf("reported val_loss %s at step %d, and validation batches whose sum makes %s of %d scored "+
			"tokens: must be the same", number.Full(loss), step, number.Full(mean), scored)
	}
	return nil
}
