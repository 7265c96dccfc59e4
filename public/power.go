package public

import (
	"math"
	"slices"
	"strings"

	"ranksweep/metrics/stats"
)

// Power is the power of rank of one model's best rates.
type Power struct {
	Model      string
	Ranks      []int   // those whose best rate lies between others that were tried
	Edges      int     // ranks whose best rate does not
	Value      float64 // fitted to the lowest points of parabolas; NaN with fewer than two ranks
	AsTried    float64 // fitted to the best of the rates that were tried
	Low, High  float64 // the smallest and the largest that the rates beside the best ones allow
	Step       float64 // smallest factor between a best rate and one beside it
	Resolvable float64 // the power that moves the best rate by one step from the smallest to the largest rank
	Close      int     // ranks at which the second-lowest loss is within the noise of the lowest
}

// theoretical are the powers that theory has for a sign-like optimizer: for γ = α/r, α/√r, and α.
var theoretical = []float64{0, -0.25, -0.5}

// Resolved reports whether the interval has at most one of theory's powers in it.
func (p Power) Resolved() bool {
	n := 0
	for _, t := range theoretical {
		if p.Low <= t && t <= p.High {
			n++
		}
	}
	return !math.IsNaN(p.Low) && n <= 1
}

// Powers are the powers of all models over the ranks from a smallest one on, in the order of the cells.
func Powers(smallest int) (all []Power) {
	deviation, _ := noise(cells())
	best := slices.DeleteFunc(BestRates(), func(b Best) bool { return b.Rank < smallest })
	for len(best) > 0 {
		n := slices.IndexFunc(best, func(b Best) bool { return b.Model != best[0].Model })
		if n < 0 {
			n = len(best)
		}
		all = append(all, powerOf(best[:n], deviation))
		best = best[n:]
	}
	return all
}

// powerOf fits the best rates of one model. A straight line's slope is a weighted sum of its points, so that it is
// largest with the upper neighbours where weights are positive and the lower ones where they are not.
func powerOf(best []Best, deviation float64) Power {
	p := Power{Model: best[0].Model, Value: math.NaN(), AsTried: math.NaN(), Low: math.NaN(), High: math.NaN(),
		Step: math.Inf(1)}
	var inside []Best
	var x []float64
	for _, b := range best {
		if b.Next-b.Loss < 2*math.Sqrt2*deviation {
			p.Close++
		}
		if !b.Inside() {
			p.Edges++
			continue
		}
		inside, x = append(inside, b), append(x, math.Log(float64(b.Rank)))
		p.Ranks = append(p.Ranks, b.Rank)
		p.Step = min(p.Step, b.Rate/b.Lower, b.Upper/b.Rate)
	}
	if len(inside) < 2 {
		p.Resolvable = math.NaN()
		return p
	}
	p.Resolvable = math.Log(p.Step) / (slices.Max(x) - slices.Min(x))
	p.Value, p.AsTried, p.Low, p.High = 0, 0, 0, 0
	mean, squares := stats.MeanInterval(x).Mean, 0.0
	for _, v := range x {
		squares += (v - mean) * (v - mean)
	}
	for i, b := range inside {
		weight := (x[i] - mean) / squares
		low, high := weight*math.Log(b.Lower), weight*math.Log(b.Upper)
		p.Value += weight * math.Log(b.Vertex)
		p.AsTried += weight * math.Log(b.Rate)
		p.Low, p.High = p.Low+min(low, high), p.High+max(low, high)
	}
	return p
}

// Fitted is the power that is fitted to the lowest points of parabolas.
func Fitted(p Power) float64 { return p.Value }

// asTried is the power that is fitted to the best of the rates that were tried.
func asTried(p Power) float64 { return p.AsTried }

// Together is the mean power over makers, with its interval. Models of one maker share data and architecture, so that
// the mean over a maker's models counts once.
func Together(smallest int, of func(Power) float64) stats.Interval {
	byMaker := make(map[string][]float64)
	var makers []string
	for _, p := range Powers(smallest) {
		maker, _, _ := strings.Cut(p.Model, "/")
		if byMaker[maker] == nil {
			makers = append(makers, maker)
		}
		byMaker[maker] = append(byMaker[maker], of(p))
	}
	var means []float64
	for _, m := range makers {
		means = append(means, stats.MeanInterval(byMaker[m]).Mean)
	}
	return stats.MeanInterval(means)
}

// factor is what a power makes of the best rate over the widest span of ranks that a model has inside, 1 to 64.
func factor(power float64) float64 { return math.Pow(64, power) }
