package analysis

import (
	"maps"
	"math"
	"slices"

	"ranksweep/metrics"
	"ranksweep/metrics/stats"
	"ranksweep/nn"
	"ranksweep/theory"
)

// Exponent fits a power of rank to the values of s in the arm's runs. It also has the
// power that theory predicts, if theory's assumptions hold, and the power that theory's
// exact values follow at these ranks. The error is that of [stats.FitExponent]; the
// prediction is filled in even then.
func (a Arm) Exponent(s metrics.Statistic) (stats.Exponent, error) {
	e, err := stats.FitExponent(a.Observations(s))
	expected := a.expectedPowers(s)
	absent := slices.ContainsFunc(expected, func(o stats.Observation) bool { return math.IsNaN(o.Value) })
	if exact, err := stats.FitExponent(expected); err == nil && !absent {
		e.Exact = exact.Value
	}
	always, updated := a.beyondTheory()
	theory := s.TheoryOf(a.method(), a.Powers.ZeroA)
	predicted, ok := theory.Exponent(nn.UpdateOf(a.Optimizer), a.Powers)
	if ok && always == "" && (updated == "" || theory.Onset) {
		e.Predicted, e.Rise = predicted, theory.Rise(nn.UpdateOf(a.Optimizer), a.Powers)
	}
	return e, err
}

// PairedExponent is [Arm.Exponent] with another interval and standard error: those of the difference, seed by seed,
// between the fitted power and the power of theory's exact values for the same runs. What a seed's data and weights do
// to both is not in them. Without exact values it is the same as Exponent.
func (a Arm) PairedExponent(s metrics.Statistic) (stats.Exponent, error) {
	e, err := a.Exponent(s)
	if err != nil || math.IsNaN(e.Exact) {
		return e, err
	}
	over := a.Observations(s)
	for i, o := range a.expectedPowers(s) {
		over[i].Value /= o.Value
	}
	off, err := stats.FitExponent(over)
	e.Low, e.High, e.SE = e.Exact+off.Low, e.Exact+off.High, off.SE
	return e, err
}

// expectedPowers returns theory's exact expectations for the arm's runs, corrected for the
// fit, which averages logarithms: the mean of a logarithm lies below the logarithm of the
// mean, to second order by half of the relative variance over draws of A. For a statistic
// that is a root of the expected quantity the correction is half as large. The relative
// variance is estimated over seeds from the ratios of [Cell.OverExpected]. With fewer than three seeds,
// or for ratios of expectations, it cannot be estimated and nothing is corrected.
func (a Arm) expectedPowers(s metrics.Statistic) []stats.Observation {
	below := make(map[int]float64) // by rank
	for _, c := range a.Cells {
		if over := c.OverExpected(s); over.N >= 3 && !s.Theory.Ratio() {
			below[c.Rank] = math.Pow(over.SE(), 2) * float64(over.N) / 2
			if !s.Theory.Mean {
				below[c.Rank] /= 2
			}
		}
	}
	expected := a.observed(func(r Row) float64 { return r.expected(s) })
	for i, o := range expected {
		expected[i].Value *= math.Exp(-below[o.Rank])
	}
	return expected
}

// VarianceExponent fits a power of rank to the variance over seeds of the ratio whose mean is
// [Cell.OverExpected]. The ratio leaves out the differences between
// seeds that come from their data. Predicted is the power of the onset gradient norm.
func (a Arm) VarianceExponent(s metrics.Statistic) (stats.Exponent, error) {
	e, err := stats.FitVarianceExponent(a.Ratios(s))
	if s.Name == metrics.GradNormOnset.Name {
		e.Predicted = theory.OnsetVariancePower
	}
	return e, err
}

// Observations are the values of s in the arm's runs, to which an exponent is fitted; a run
// without a value has NaN.
func (a Arm) Observations(s metrics.Statistic) []stats.Observation {
	return a.observed(func(r Row) float64 { return r.Statistic(s) })
}

// Ratios are the ratios whose means over seeds are [Cell.OverExpected].
func (a Arm) Ratios(s metrics.Statistic) []stats.Observation {
	return a.observed(func(r Row) float64 { return r.overExpected(s) })
}

// observed returns value of each of the arm's runs.
func (a Arm) observed(value func(Row) float64) (obs []stats.Observation) {
	for _, c := range a.Cells {
		for _, r := range c.Runs {
			obs = append(obs, stats.Observation{Rank: r.Rank, Seed: r.Seed, Value: value(r)})
		}
	}
	return obs
}

// RateExponent fits a power of rank to the best learning rates of a group. It leaves out, and
// counts as excluded, best rates that do not lie between other rates that were tried, and
// then those that are the only one of their seed. Predicted is theory's power for
// [metrics.BestRate].
func RateExponent(group []Arm) (stats.Exponent, error) {
	e, err := exponentOf(BestRates(group))
	e.Predicted = group[0].BestRate()
	return e, err
}

// RatePowers are the powers of [RateExponent], one of each seed.
func RatePowers(group []Arm) (powers []float64) {
	bySeed := make(map[uint64][]BestRate)
	for _, b := range BestRates(group) {
		bySeed[b.Seed] = append(bySeed[b.Seed], b)
	}
	for _, seed := range slices.Sorted(maps.Keys(bySeed)) {
		if e, err := exponentOf(bySeed[seed]); err == nil {
			powers = append(powers, e.Value)
		}
	}
	return powers
}

// EdgeExponent is the power of [RateExponent] if best rates at an edge of those tried were the rates at
// that edge.
func EdgeExponent(group []Arm) (stats.Exponent, error) {
	best := BestRates(group)
	for i := range best {
		best[i].Edge = false
	}
	return exponentOf(best)
}

// MovedExponents are the powers of [RateExponent] if each best rate next to a rate at which training failed were the
// rate tried below it, or the one above it. The true one lies between them.
func MovedExponents(group []Arm) (below, above stats.Exponent) {
	moved := func(to func(BestRate) float64) stats.Exponent {
		best := BestRates(group)
		for i, b := range best {
			if b.Wall {
				best[i].Rate = to(b)
			}
		}
		e, _ := exponentOf(best) // without a power it is NaN
		return e
	}
	return moved(func(b BestRate) float64 { return b.Below }), moved(func(b BestRate) float64 { return b.Above })
}

func exponentOf(best []BestRate) (stats.Exponent, error) {
	var obs []stats.Observation
	for _, b := range best {
		o := stats.Observation{Rank: b.Rank, Seed: b.Seed, Value: b.Rate}
		if !b.Between() {
			o.Value = math.NaN()
		}
		obs = append(obs, o)
	}
	return stats.FitExponent(obs)
}
