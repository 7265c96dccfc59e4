package analysis

import (
	"math"

	"ranksweep/metrics/stats"
	"ranksweep/results"
)

// RateErrors returns the standard errors that the choice of the validation set adds to the
// power of [RateExponent] and to the curvature of [RateCurvature], see [stats.HalfSampleSE].
// Seeds are taken as fixed, as in [validationError]. Each half of the batches finds best rates
// of its own. The loss before training, and which runs count as diverged, stay those of the
// whole set.
//
// An error is NaN if a run that is done lacks its validation batches, if two runs were validated
// on different batches, if there are fewer than two, or if a half has no power or curvature.
func RateErrors(group []Arm) (power, curvature float64) {
	power = overHalves(group, func(loss func(Row) float64) float64 {
		e, _ := exponentOf(bestRates(group, loss)) // without a power it is NaN
		return e.Value
	})
	curvature = overHalves(group, func(loss func(Row) float64) float64 {
		bend, _ := curvatureOf(bestRates(group, loss))
		return bend.Mean
	})
	return power, curvature
}

// TransferErrors returns the standard errors that the choice of the validation set adds to the mean over
// seeds of [Transfer.Regret] and of [Transfer.Share], as [RateErrors] does for powers. What a seed learned
// stays that of the whole set.
func TransferErrors(group []Arm, power float64) (regret, share float64) {
	learned := make(map[uint64]float64)
	for _, t := range TransferRate(group).By(power) {
		learned[t.Seed] = t.Learned
	}
	mean := func(of func(Transfer) float64) float64 {
		return overHalves(group, func(loss func(Row) float64) float64 {
			var all []float64
			for _, t := range transferRate(group, loss).By(power) {
				t.Learned = learned[t.Seed]
				all = append(all, of(t))
			}
			return stats.MeanInterval(all).Mean
		})
	}
	return mean(Transfer.Regret), mean(Transfer.Share)
}

// overHalves is the error that the choice of validation batches gives what of makes of losses.
func overHalves(group []Arm, of func(loss func(Row) float64) float64) float64 {
	return stats.HalfSampleSE(sharedBatches(group), func(in func(int) bool) float64 {
		return of(func(r Row) float64 { return lossOn(r, in) })
	})
}

// sharedBatches counts the validation batches of all done runs; 0 if some have others, or none,
// or stand for a local grid, whose lowest point has no batches.
func sharedBatches(group []Arm) int {
	var done []Row
	for _, a := range group {
		for _, c := range a.Cells {
			for _, r := range c.Runs {
				if r.Status == results.Done {
					done = append(done, r)
				}
			}
		}
	}
	for _, r := range done {
		if r.Local != nil || !results.SameBatches(r.Validation, done[0].Validation) {
			return 0
		}
	}
	if len(done) == 0 {
		return 0
	}
	return len(done[0].Validation)
}

// lossOn is a run's loss on some of its validation batches; NaN if the run is not done.
func lossOn(r Row, in func(batch int) bool) float64 {
	if r.Status != results.Done {
		return math.NaN()
	}
	nats, scored := 0.0, 0
	for i, b := range r.Validation {
		if in(i) {
			nats, scored = nats+b.Nats, scored+b.Scored
		}
	}
	return nats / float64(scored)
}
