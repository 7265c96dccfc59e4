package analysis

import (
	"cmp"
	"math"
	"slices"

	"ranksweep/grid"
	"ranksweep/metrics"
	"ranksweep/metrics/stats"
	"ranksweep/results"
)

// RateGroups groups arms that differ only in their learning rate. Groups come in the order
// of arms; within a group the rates rise.
func RateGroups(arms []Arm) [][]Arm {
	var groups [][]Arm
	for _, a := range arms {
		i := slices.IndexFunc(groups, func(g []Arm) bool { return sameButRate(g[0], a) })
		if i < 0 {
			groups, i = append(groups, nil), len(groups)
		}
		groups[i] = append(groups[i], a)
	}
	for _, g := range groups {
		slices.SortStableFunc(g, func(a, b Arm) int { return cmp.Compare(a.LR, b.LR) })
	}
	return groups
}

func sameButRate(a, b Arm) bool {
	x, y := a.Cells[0].Setting, b.Cells[0].Setting
	x.LR, y.LR = 0, 0
	x.Places, y.Places = nil, nil // which are those of all axes
	x.Axes, y.Axes = grid.Without(x.Axes, "lr"), grid.Without(y.Axes, "lr")
	return compareArms(x, y) == 0
}

// BestRate is the learning rate with the lowest final validation loss at one rank and seed,
// and that loss.
type BestRate struct {
	Rank int
	Seed uint64
	stats.Optimum
	Learned float64 // loss before any update, minus the loss at the best rate
	Lows    int     // rates that were tried whose loss lies below that of both neighbours

	Below, Above float64 // the rates tried next to the best one tried, or that itself at an edge
}

// Between reports whether the best rate lies between other rates that were tried, so that
// a power of rank may be fitted to it.
func (b BestRate) Between() bool { return !b.Edge && !math.IsNaN(b.Rate) }

// AtEdge reports whether the best rate is the lowest or the highest one tried.
func (b BestRate) AtEdge() bool { return b.Edge }

// BestRates finds the best learning rate of each rank and seed by [stats.FindOptimum], in a
// group of arms that differ only in their rate. A run that diverged, or whose loss ended
// above where it began, is worse than any other.
func BestRates(group []Arm) []BestRate { return bestRates(group, finalLoss) }

// finalLoss is the loss of the whole validation set.
func finalLoss(r Row) float64 { return r.Statistic(metrics.ValLossFinal) }

// bestRates takes the losses of runs that did not diverge from loss.
func bestRates(group []Arm, loss func(Row) float64) []BestRate {
	type sample struct {
		rank int
		seed uint64
	}
	tried := make(map[sample][]stats.Trial) // in order of the rate, as the arms are
	onset := make(map[sample]float64)       // loss before any update
	var samples []sample
	for _, a := range group {
		for _, c := range a.Cells {
			for _, r := range c.Runs {
				s := sample{r.Rank, r.Seed}
				if _, ok := tried[s]; !ok {
					samples = append(samples, s)
				}
				tried[s] = append(tried[s], rated(a.LR, r, loss)...)
				if final := finalLoss(r); !math.IsNaN(final) {
					onset[s] = final + r.Learned()
				}
			}
		}
	}
	var best []BestRate
	for _, s := range samples {
		o := stats.FindOptimum(tried[s])
		b := BestRate{Rank: s.rank, Seed: s.seed, Optimum: o, Learned: onset[s] - o.Loss, Lows: lows(tried[s])}
		if i, _ := stats.Lowest(tried[s]); i >= 0 {
			b.Below, b.Above = tried[s][max(i-1, 0)].Rate, tried[s][min(i+1, len(tried[s])-1)].Rate
		}
		best = append(best, b)
	}
	return best
}

// lows counts the trials that lie below both neighbours; of equal ones the first counts. Where there
// are two, the best rate may jump from one to the other.
func lows(tried []stats.Trial) (n int) {
	for i, t := range tried {
		if !math.IsInf(t.Loss, 1) && (i == 0 || t.Loss < tried[i-1].Loss) &&
			(i == len(tried)-1 || t.Loss <= tried[i+1].Loss) {
			n++
		}
	}
	return n
}

// rated returns the trial of a run, or none if a run that did not diverge has no loss. A
// run whose loss ended above where it began counts as diverged, so that no parabola goes
// through it.
func rated(rate float64, r Row, loss func(Row) float64) []stats.Trial {
	t := stats.Trial{Rate: rate, Loss: loss(r)}
	if r.Status == results.Diverged || r.Learned() < 0 {
		t.Loss = math.Inf(1)
	} else if math.IsNaN(t.Loss) {
		return nil
	}
	return []stats.Trial{t}
}
