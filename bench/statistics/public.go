package main

import (
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/stat"

	"ranksweep/metrics/stats"
)

// A maker has models whose best rates were tried at some ranks.
type maker struct {
	models int
	ranks  []int
}

// makers are those of docs/public.md, about as many models each at about as many ranks.
var makers = []maker{
	{2, []int{1, 2, 4}}, {3, []int{1, 2, 4}}, {2, []int{1, 2, 4}}, {1, []int{1, 4, 16}},
	{18, []int{1, 4, 16, 64}}, {5, []int{4, 16, 64, 128}},
}

// The losses of public results: a standard deviation over runs, and the unit to which they are rounded.
const publicNoise, publicUnit = 1e-4, 1e-4

// triedModel is what is known of a simulated model at one rank: the best rate that was tried, the ones
// beside it, and the lowest point of the parabola through the three, as logarithms.
type triedModel struct{ rank, lower, best, upper, vertex float64 }

// tryModel simulates a model whose best rate goes with a power of the rank, tried once at each rate of the
// coarse grid. As in the published losses, it bends by 0.002 to 0.015 nats per squared e-fold and leans
// by 0.1 to 0.36 of that per e-fold, up at high rates. Ranks whose best rate lies at an edge are left out.
func tryModel(ranks []int, power float64, rng *rand.Rand) (all []triedModel) {
	bend := 0.002 + 0.013*rng.Float64()
	lean := (0.1 + 0.26*rng.Float64()) * bend
	first, rates := coarseStep*(rng.Float64()-0.5), around(0, coarseStep, 2)
	for _, rank := range ranks {
		x := math.Log(float64(rank))
		losses := noise{rate: publicNoise}.losses(curve{first + power*x, bend, lean}, rates, rng)
		for i, loss := range losses {
			losses[i] = math.Round(loss/publicUnit) * publicUnit
		}
		trials := trialsOf(rates, losses)
		if i, edge := stats.Lowest(trials); !edge {
			all = append(all, triedModel{x, rates[i-1], rates[i], rates[i+1], math.Log(stats.FindOptimum(trials).Rate)})
		}
	}
	return all
}

// slope is the least-squares slope of a value against the logarithm of the rank; NaN with fewer than two
// ranks.
func slope(all []triedModel, of func(triedModel) float64) float64 {
	if len(all) < 2 {
		return math.NaN()
	}
	var x, y []float64
	for _, m := range all {
		x, y = append(x, m.rank), append(y, of(m))
	}
	_, b := stat.LinearRegression(x, y, nil, false)
	return b
}

func atParabola(m triedModel) float64 { return m.vertex }
func asTried(m triedModel) float64    { return m.best }

// within reports whether the rates beside the best ones allow a power: whether it lies between the smallest
// and the largest slope through rates between these neighbours.
func within(all []triedModel, power float64) bool {
	middle := 0.0
	for _, m := range all {
		middle += m.rank / float64(len(all))
	}
	end := func(upper bool) float64 {
		return slope(all, func(m triedModel) float64 {
			if (m.rank > middle) == upper {
				return m.upper
			}
			return m.lower
		})
	}
	return len(all) < 2 || end(false) <= power && power <= end(true)
}

// togetherHolds reports whether Student's interval over makers contains the mean power, if the powers of
// makers scatter by sd around it, and those of a maker's models by 0.05 around the maker's.
func togetherHolds(mean, sd float64, of func(triedModel) float64, rng *rand.Rand) bool {
	var means []float64
	for _, m := range makers {
		own := mean + sd*rng.NormFloat64()
		var powers []float64
		for range m.models {
			powers = append(powers, slope(tryModel(m.ranks, own+0.05*rng.NormFloat64(), rng), of))
		}
		means = append(means, stats.MeanInterval(powers).Mean)
	}
	i := stats.MeanInterval(means)
	return i.Low <= mean && mean <= i.High
}

// coverageOfPublic returns the share of intervals over makers that contain the mean power.
func coverageOfPublic() table {
	ways := []struct {
		name string
		of   func(triedModel) float64
	}{{"all makers, by parabolas", atParabola}, {"all makers, rates as they were tried", asTried}}
	means, scatter := []float64{0, 0.2}, []float64{0.05, 0.1}
	var rows, heads []string
	for _, w := range ways {
		rows = append(rows, w.name)
	}
	for _, mean := range means {
		for _, sd := range scatter {
			heads = append(heads, fmt.Sprintf("power %g, makers scatter by %g", mean, sd))
		}
	}
	return simulate("public", 4000, rows, heads, func(row, column int) study {
		mean, sd := means[column/len(scatter)], scatter[column%len(scatter)]
		return func(rng *rand.Rand) bool { return togetherHolds(mean, sd, ways[row].of, rng) }
	})
}

// coverageOfOneModel returns the share of models whose neighbours' range contains their power.
func coverageOfOneModel() table {
	powers := []float64{0, -0.25, -0.5}
	var heads, rows []string
	for _, p := range powers {
		heads = append(heads, fmt.Sprintf("power %g", p))
	}
	ranks := [][]int{{1, 2, 4}, {1, 4, 16, 64}, {4, 16, 64, 128}}
	for _, r := range ranks {
		rows = append(rows, listed(r))
	}
	return simulate("ranks of one model", 4000, rows, heads, func(row, column int) study {
		return func(rng *rand.Rand) bool { return within(tryModel(ranks[row], powers[column], rng), powers[column]) }
	})
}
