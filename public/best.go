package public

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"ranksweep/metrics/stats"
	"ranksweep/paper/number"
)

// Best is the rate with the lowest loss of a model at a rank, between the two that were tried beside it.
type Best struct {
	Model        string
	Rank         int
	Rate         float64
	Lower, Upper float64 // NaN where none was tried
	Loss         float64 // mean over runs
	Next         float64 // second-lowest loss of the rank
	Vertex       float64 // rate at the lowest point of the parabola through the three
}

// Inside reports whether a rate was tried on both sides.
func (b Best) Inside() bool { return !math.IsNaN(b.Lower) && !math.IsNaN(b.Upper) }

// BestRates are the best rates of all models and ranks, in the order of the cells.
func BestRates() []Best { return bestOf(cells()) }

func bestOf(all []cell) (best []Best) {
	type key struct {
		model string
		rank  int
	}
	tried := make(map[key][]stats.Trial)
	var keys []key
	for _, c := range all {
		k := key{c.model, c.rank}
		if tried[k] == nil {
			keys = append(keys, k)
		}
		tried[k] = append(tried[k], c.trial())
	}
	for _, k := range keys {
		trials := tried[k]
		slices.SortFunc(trials, func(a, b stats.Trial) int { return cmp.Compare(a.Rate, b.Rate) })
		i, _ := stats.Lowest(trials)
		b := Best{Model: k.model, Rank: k.rank, Rate: trials[i].Rate, Loss: trials[i].Loss, Lower: math.NaN(),
			Upper: math.NaN(), Next: math.Inf(1), Vertex: stats.FindOptimum(trials).Rate}
		for j, t := range trials {
			switch {
			case j == i-1:
				b.Lower = t.Rate
			case j == i+1:
				b.Upper = t.Rate
			}
			if j != i {
				b.Next = min(b.Next, t.Loss)
			}
		}
		best = append(best, b)
	}
	return best
}

// bestCSV writes best rates as best.csv has them. The source names neither optimizer nor scheme.
func bestCSV(best []Best) string {
	var b strings.Builder
	b.WriteString("model,optimizer,scheme,rank,best_lr,lower_lr,upper_lr,val_loss,source\n")
	for _, x := range best {
		b.WriteString(strings.Join([]string{x.Model, "", "", strconv.Itoa(x.Rank), number.Exact(x.Rate),
			number.Exact(x.Lower), number.Exact(x.Upper), number.Exact(x.Loss), `"` + Tinker + `"`}, ",") + "\n")
	}
	return b.String()
}
