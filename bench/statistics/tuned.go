package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat"

	"ranksweep/metrics/stats"
)

// A curve is the true loss of an arm as a function of the logarithm of the rate. The loss at the
// best rate is 0 for all arms.
type curve struct{ best, bend, lean float64 }

func (c curve) at(x float64) float64 {
	d := x - c.best
	return c.bend*d*d + c.lean*d*d*d
}

// randomCurve returns a curve whose best rate lies anywhere between two rates of the coarse grid.
// It bends by 0.05 to 0.08 nats per squared e-fold, as in measured curves, and leans to either side
// by up to three tenths of that per e-fold.
func randomCurve(rng *rand.Rand) curve {
	bend := 0.05 + 0.03*rng.Float64()
	return curve{coarseStep * (rng.Float64() - 0.5), bend, 0.3 * bend * (2*rng.Float64() - 1)}
}

// Steps between rates, in e-folds: √10 in the grid that is searched, √2 in the grid that is
// reported.
var coarseStep, fineStep = math.Log(10) / 2, math.Ln2 / 2

// noise is the standard deviation of a loss: of the part that a seed has at all rates alike, and of
// the part that is independent from rate to rate.
type noise struct{ seed, rate float64 }

// losses returns the losses of one seed at some rates.
func (n noise) losses(c curve, rates []float64, rng *rand.Rand) (losses []float64) {
	common := n.seed * rng.NormFloat64()
	for _, x := range rates {
		losses = append(losses, c.at(x)+common+n.rate*rng.NormFloat64())
	}
	return losses
}

// around returns rates in equal steps around a middle one.
func around(middle, step float64, each int) (rates []float64) {
	for i := -each; i <= each; i++ {
		rates = append(rates, middle+float64(i)*step)
	}
	return rates
}

// mean returns the mean loss over seeds, rate by rate.
func mean(seeds [][]float64) (means []float64) {
	for i := range seeds[0] {
		sum := 0.0
		for _, losses := range seeds {
			sum += losses[i]
		}
		means = append(means, sum/float64(len(seeds)))
	}
	return means
}

func lowest(xs []float64) int { return slices.Index(xs, slices.Min(xs)) }

// An estimator turns the losses of a seed at the reported rates into one loss. chosen is the index
// of the coarse choice.
type estimator func(rates, losses []float64, chosen int) float64

// tunedLosses returns the losses of n seeds of an arm that was tuned on two other seeds. Each seed
// has losses at five rates around the coarse choice, and at one further rate if the best mean lies
// at an edge.
func tunedLosses(n int, of noise, estimate estimator, rng *rand.Rand) (reported []float64) {
	c := randomCurve(rng)
	coarse := around(0, coarseStep, 2)
	tuning := [][]float64{of.losses(c, coarse, rng), of.losses(c, coarse, rng)}
	rates := around(coarse[lowest(mean(tuning))], fineStep, 3)
	var seeds [][]float64
	for range n {
		seeds = append(seeds, of.losses(c, rates, rng))
	}
	first, last := 1, len(rates)-1
	switch lowest(mean(seeds)[first:last]) {
	case 0:
		first--
	case last - first - 1:
		last++
	}
	for _, losses := range seeds {
		reported = append(reported, estimate(rates[first:last], losses[first:last], len(rates)/2-first))
	}
	return reported
}

// atChoice returns the loss at the coarse choice.
func atChoice(_, losses []float64, chosen int) float64 { return losses[chosen] }

// atVertex returns the loss that the project reports.
func atVertex(rates, losses []float64, _ int) float64 {
	return stats.FindOptimum(trialsOf(rates, losses)).Loss
}

// trialsOf pairs rates, which are logarithms, with losses.
func trialsOf(rates, losses []float64) (trials []stats.Trial) {
	for i, x := range rates {
		trials = append(trials, stats.Trial{Rate: math.Exp(x), Loss: losses[i]})
	}
	return trials
}

// atLeastSquares returns the lowest point of the least-squares parabola through all rates, which
// are evenly spaced.
func atLeastSquares(rates, losses []float64, _ int) float64 {
	middle, n := stat.Mean(rates, nil), float64(len(rates))
	var d2, d4, y, dy, d2y float64
	for i, x := range rates {
		d := x - middle
		d2, d4 = d2+d*d, d4+d*d*d*d
		y, dy, d2y = y+losses[i], dy+d*losses[i], d2y+d*d*losses[i]
	}
	slope, bend := dy/d2, (n*d2y-d2*y)/(n*d4-d2*d2)
	level := (y - bend*d2) / n
	if best := -slope / 2 / bend; bend <= 0 || math.Abs(best) > rates[len(rates)-1]-middle {
		return slices.Min(losses)
	}
	return level - slope*slope/4/bend
}

// sizesOfTuned returns the share of pairs of tuned arms, equally good at their best rates, that are
// called different.
func sizesOfTuned() table {
	ways := []struct {
		name     string
		estimate estimator
		rate     float64 // the part of the noise that is independent from rate to rate
	}{
		{"at the rate of the coarse grid", atChoice, 0.002},
		{"least squares through all five", atLeastSquares, 0.002},
		{"vertex by seed", atVertex, 0.002},
		{"vertex by seed, rates twice as noisy", atVertex, 0.004},
	}
	pairs, sizes := []float64{0.006, 0.010}, []int{3, 5, 8, 9}
	var rows, heads []string
	for _, w := range ways {
		rows = append(rows, w.name)
	}
	for _, sd := range pairs {
		for _, n := range sizes {
			heads = append(heads, fmt.Sprintf("sd %g, n = %d", sd, n))
		}
	}
	return simulate("tuned", sizeDraws, rows, heads, func(row, column int) study {
		n, sd, w := sizes[column%len(sizes)], pairs[column/len(sizes)], ways[row]
		of := noise{math.Sqrt(sd*sd/2 - w.rate*w.rate), w.rate}
		return func(rng *rand.Rand) bool {
			a, b := tunedLosses(n, of, w.estimate, rng), tunedLosses(n, of, w.estimate, rng)
			for i := range a {
				a[i] -= b[i]
			}
			return isSeparated(a)
		}
	}).atMost(level, 2)
}
