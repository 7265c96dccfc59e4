package analysis

import (
	"math"

	"gonum.org/v1/gonum/stat"

	"ranksweep/metrics/stats"
)

// RateCurvature shows whether the best rate of a group is a power of the rank. To each
// seed's logarithm of the best rate it fits a parabola in the logarithm of the rank; bend
// is the coefficient of the square, over seeds, and 0 for a power. local has the power
// from each rank to the next: its mean over the seeds that have a best rate at both, NaN
// without such a seed. Best rates at an edge of the rates tried are left out.
func RateCurvature(group []Arm) (bend stats.Interval, local []float64) {
	return curvatureOf(BestRates(group))
}

func curvatureOf(best []BestRate) (bend stats.Interval, local []float64) {
	var ranks []int
	var seeds []uint64
	rates := make(map[uint64]map[int]float64) // logarithms, by seed and rank
	for _, b := range best {
		if !b.Between() {
			continue
		}
		if rates[b.Seed] == nil {
			rates[b.Seed] = make(map[int]float64)
		}
		rates[b.Seed][b.Rank] = math.Log(b.Rate)
		ranks, seeds = append(ranks, b.Rank), append(seeds, b.Seed)
	}
	ranks, seeds = distinct(ranks), distinct(seeds)
	var bends []float64
	for _, seed := range seeds {
		var points [][2]float64
		for _, rank := range ranks {
			if rate, ok := rates[seed][rank]; ok {
				points = append(points, [2]float64{math.Log(float64(rank)), rate})
			}
		}
		bends = append(bends, stats.Curvature(points))
	}
	for i := 1; i < len(ranks); i++ {
		var rises []float64
		for _, seed := range seeds {
			low, hasLow := rates[seed][ranks[i-1]]
			high, hasHigh := rates[seed][ranks[i]]
			if hasLow && hasHigh {
				rises = append(rises, high-low)
			}
		}
		local = append(local, stat.Mean(rises, nil)/math.Log(float64(ranks[i])/float64(ranks[i-1])))
	}
	return stats.MeanInterval(bends), local
}
