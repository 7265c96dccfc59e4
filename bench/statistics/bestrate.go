package main

import (
	"fmt"
	"math"
	"math/rand/v2"

	"ranksweep/metrics/stats"
)

// The sizes of a simulated study of best rates: its seeds, and its validation batches.
const (
	rateSeeds   = 8
	rateBatches = 16
)

var rateRanks = []int{4, 16, 64, 256}

// ratesAt is what a simulated study measured at one rank: the losses of each seed at some rates, and how
// much the loss of each validation batch rises per e-fold of the rate, beyond the mean of all batches.
type ratesAt struct {
	rank   int
	losses [][]stats.Trial // by seed
	tilts  []float64
}

// A rateStudy is one of best rates, which go with a power of the rank. The best rates of seeds scatter by
// so many e-folds at each rank. shared is the error that the validation set gives a best rate, in units of
// its standard error over seeds.
type rateStudy struct{ power, scatter, shared float64 }

// measured simulates the study, on rates of step √2 around the best ones.
func (s rateStudy) measured(rng *rand.Rand) (all []ratesAt) {
	phase := rng.Float64()
	for _, rank := range rateRanks {
		c, at := randomCurve(rng), ratesAt{rank: rank}
		best := s.power * math.Log(float64(rank))
		rates := around((math.Round(best/fineStep+phase)-phase)*fineStep, fineStep, 4)
		for range rateSeeds {
			own := curve{best + s.scatter*rng.NormFloat64(), c.bend, c.lean}
			at.losses = append(at.losses, trialsOf(rates, noise{0.005, 0.002}.losses(own, rates, rng)))
		}
		tilt := s.shared * s.scatter / math.Sqrt(rateSeeds) * 2 * c.bend
		for range rateBatches {
			at.tilts = append(at.tilts, tilt*math.Sqrt(rateBatches)*rng.NormFloat64())
		}
		all = append(all, at)
	}
	return all
}

// best returns the best rate of each seed on some validation batches; NaN at an edge.
func (r ratesAt) best(in func(batch int) bool) (rates []float64) {
	tilt, n := 0.0, 0.0
	for i, t := range r.tilts {
		if in(i) {
			tilt, n = tilt+t, n+1
		}
	}
	trials := make([]stats.Trial, len(r.losses[0]))
	for _, losses := range r.losses {
		for i, t := range losses {
			trials[i] = stats.Trial{Rate: t.Rate, Loss: t.Loss + tilt/n*fineStep*float64(i)}
		}
		o := stats.FindOptimum(trials)
		if o.Edge {
			o.Rate = math.NaN()
		}
		rates = append(rates, o.Rate)
	}
	return rates
}

// powerOfBest fits a power of rank to the best rates on some validation batches.
func powerOfBest(all []ratesAt, in func(batch int) bool) stats.Exponent {
	var obs []stats.Observation
	for _, r := range all {
		for seed, rate := range r.best(in) {
			obs = append(obs, stats.Observation{Rank: r.rank, Seed: uint64(seed), Value: rate})
		}
	}
	e, _ := stats.FitExponent(obs) // without a power it is NaN
	return e
}

// bendOfBest is the curvature of the best rates on some validation batches, over seeds.
func bendOfBest(all []ratesAt, in func(batch int) bool) stats.Interval {
	points := make([][][2]float64, rateSeeds)
	for _, r := range all {
		for seed, rate := range r.best(in) {
			if !math.IsNaN(rate) {
				points[seed] = append(points[seed], [2]float64{math.Log(float64(r.rank)), math.Log(rate)})
			}
		}
	}
	var bends []float64
	for _, p := range points {
		bends = append(bends, stats.Curvature(p))
	}
	return stats.MeanInterval(bends)
}

func everyBatch(int) bool { return true }

// powerWith is the power with the error from validation in its interval, as the project finds it.
func powerWith(all []ratesAt) stats.Exponent {
	return powerOfBest(all, everyBatch).With(stats.HalfSampleSE(rateBatches, func(in func(int) bool) float64 {
		return powerOfBest(all, in).Value
	}))
}

// bendWith is the same for the curvature.
func bendWith(all []ratesAt) stats.Interval {
	return bendOfBest(all, everyBatch).With(stats.HalfSampleSE(rateBatches, func(in func(int) bool) float64 {
		return bendOfBest(all, in).Mean
	}))
}

// rateRow is a row of the table of best rates: an outcome of a study whose true power is off the claimed
// one, which is 0.
type rateRow struct {
	name string
	off  float64
	of   func(all []ratesAt) bool
}

// holdsZero reports whether an interval contains 0.
func holdsZero(low, high float64) bool { return low <= 0 && 0 <= high }

// rateDraws is the number of draws; a share of 95% then has a standard error of 0.7%.
const rateDraws = 1000

// simulateRates returns the shares of rows, by the scatter over seeds and the error from validation.
func simulateRates(name string, rows []rateRow) table {
	scatter, errors := []float64{0.05, 0.15}, []float64{0, 1, 2}
	var heads, names []string
	for _, s := range scatter {
		for _, e := range errors {
			heads = append(heads, fmt.Sprintf("scatter %g, validation %g", s, e))
		}
	}
	for _, r := range rows {
		names = append(names, r.name)
	}
	return simulate(name, rateDraws, names, heads, func(row, column int) study {
		s := rateStudy{rows[row].off, scatter[column/len(errors)], errors[column%len(errors)]}
		return func(rng *rand.Rand) bool { return rows[row].of(s.measured(rng)) }
	})
}

// coverageOfBestRates returns the share of intervals that contain the true power, or the true
// curvature, with and without the error from validation.
func coverageOfBestRates() table {
	return simulateRates("contains the truth", []rateRow{
		{"power, over seeds", 0, func(all []ratesAt) bool {
			e := powerOfBest(all, everyBatch)
			return holdsZero(e.Low, e.High)
		}},
		{"power, with the error from validation", 0, func(all []ratesAt) bool {
			e := powerWith(all)
			return holdsZero(e.Low, e.High)
		}},
		{"curvature, over seeds", 0, func(all []ratesAt) bool {
			b := bendOfBest(all, everyBatch)
			return holdsZero(b.Low, b.High)
		}},
		{"curvature, with the error from validation", 0, func(all []ratesAt) bool {
			b := bendWith(all)
			return holdsZero(b.Low, b.High)
		}},
	})
}

// verdictsOnBestRates returns how often a power of best rates gets a verdict, by the wider interval.
func verdictsOnBestRates() table {
	is := func(want stats.Agreement) func(all []ratesAt) bool {
		return func(all []ratesAt) bool {
			e := powerWith(all)
			e.Predicted = 0
			return e.Agreement(tolerance) == want
		}
	}
	return simulateRates("verdict", []rateRow{
		{"agrees, 0.03 off", tolerance, is(stats.Agrees)},
		{"differs, right", 0, is(stats.Differs)},
		{"agrees, right", 0, is(stats.Agrees)},
	}).atMost(level, 0, 1)
}
