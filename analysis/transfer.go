package analysis

import (
	"cmp"
	"math"
	"slices"

	"ranksweep/metrics/stats"
)

// Transfer is the result, for one seed, of using a learning rate at the largest rank that
// another seed found best at the smallest rank.
type Transfer struct {
	Seed    uint64
	Rate    float64 // NaN if the other seed's best rate lies at an edge of the rates tried
	Loss    float64 // loss at that rate, see [RateTransfer.By]; NaN if it lies outside the rates tried
	Best    float64 // loss at the seed's own best rate
	Learned float64 // loss before any update, minus Best
	Edge    bool    // the own best rate lies at an edge of the rates tried: a lower loss may lie beyond
}

// Regret is how much higher the loss is than at the seed's own best rate, in percent of that
// loss; NaN if one of the two is not known.
func (t Transfer) Regret() float64 { return 100 * (t.Loss - t.Best) / t.Best }

// Share is how much higher the loss is than at the seed's own best rate, in percent of what was learned
// there; NaN if one of the two is not known.
func (t Transfer) Share() float64 { return 100 * (t.Loss - t.Best) / t.Learned }

// RateTransfer holds what a group of arms that differ only in their rate found at its smallest
// and at its largest rank.
type RateTransfer struct {
	ratio        float64 // largest rank over smallest
	seeds        []uint64
	small, large map[uint64]BestRate      // at the two ranks, by seed
	tried        map[uint64][]stats.Trial // at the largest rank
}

// TransferRate finds the best rates of a group at its smallest and at its largest rank, once for
// all powers by which they are transferred.
func TransferRate(group []Arm) RateTransfer { return transferRate(group, finalLoss) }

func transferRate(group []Arm, loss func(Row) float64) RateTransfer {
	best := bestRates(group, loss)
	if len(best) == 0 {
		return RateTransfer{}
	}
	byRank := func(a, b BestRate) int { return cmp.Compare(a.Rank, b.Rank) }
	low, high := slices.MinFunc(best, byRank).Rank, slices.MaxFunc(best, byRank).Rank
	x := RateTransfer{
		ratio: float64(high) / float64(low),
		small: ratesAt(low, best), large: ratesAt(high, best), tried: make(map[uint64][]stats.Trial),
	}
	for _, b := range best {
		x.seeds = append(x.seeds, b.Seed)
	}
	x.seeds = distinct(x.seeds)
	for _, seed := range x.seeds {
		x.tried[seed] = lossesAt(group, high, seed, loss)
	}
	return x
}

// ratesAt returns the best rates of one rank by seed.
func ratesAt(rank int, best []BestRate) map[uint64]BestRate {
	bySeed := make(map[uint64]BestRate)
	for _, b := range best {
		if b.Rank == rank {
			bySeed[b.Seed] = b
		}
	}
	return bySeed
}

// By transfers rates by a power of rank. Each seed gets the best rate of the next seed at the
// smallest rank, and the last seed that of the first. So no seed chooses its own rate, no two
// have the same one, and the spread over seeds has in it how well one seed tunes. The rate is
// multiplied by (largest rank / smallest rank)^power and used at the largest rank. The loss
// between rates that were tried comes from a parabola of loss against the logarithm of the rate,
// through the three nearest rates. A seed without a best rate at the largest rank is left out.
func (x RateTransfer) By(power float64) []Transfer { return x.from(1, power) }

// Pairs is [RateTransfer.By] for every pair of different seeds: each seed gets the rate of each
// other one.
func (x RateTransfer) Pairs(power float64) (all []Transfer) {
	for after := 1; after < len(x.seeds); after++ {
		all = append(all, x.from(after, power)...)
	}
	return all
}

// from gives each seed the rate of the one that comes so many places after it.
func (x RateTransfer) from(after int, power float64) (all []Transfer) {
	for i, seed := range x.seeds {
		own, ok := x.large[seed]
		if !ok {
			continue
		}
		rate := math.NaN()
		next := x.seeds[(i+after)%len(x.seeds)]
		if b, ok := x.small[next]; ok && next != seed && b.Between() {
			rate = b.Rate * math.Pow(x.ratio, power)
		}
		all = append(all, Transfer{
			Seed: seed, Rate: rate, Loss: between(x.tried[seed], rate),
			Best: own.Loss, Learned: own.Learned, Edge: own.Edge,
		})
	}
	return all
}

// lossesAt returns the losses of one rank and seed in rising order of their rates.
func lossesAt(group []Arm, rank int, seed uint64, loss func(Row) float64) (tried []stats.Trial) {
	for _, a := range group {
		for _, c := range a.Cells {
			for _, r := range c.Runs {
				if r.Rank == rank && r.Seed == seed {
					tried = append(tried, stats.Trial{Rate: a.LR, Loss: loss(r)})
				}
			}
		}
	}
	return tried
}

// between returns the loss at a rate, from the parabola through the three nearest points;
// NaN if the rate lies outside the rates tried, or if one of the three has no loss.
func between(tried []stats.Trial, rate float64) float64 {
	if len(tried) < 3 || !(rate >= tried[0].Rate && rate <= tried[len(tried)-1].Rate) {
		return math.NaN()
	}
	distance := func(p stats.Trial) float64 { return math.Abs(math.Log(p.Rate / rate)) }
	middle := 1
	for i := 1; i < len(tried)-1; i++ {
		if distance(tried[i]) < distance(tried[middle]) {
			middle = i
		}
	}
	x, sum := math.Log(rate), 0.0
	three := tried[middle-1 : middle+2]
	for i, p := range three {
		weight := p.Loss
		for j, q := range three {
			if i != j {
				weight *= (x - math.Log(q.Rate)) / math.Log(p.Rate/q.Rate)
			}
		}
		sum += weight
	}
	return sum
}

// distinct sorts values and leaves out repetitions.
func distinct[T cmp.Ordered](values []T) []T {
	slices.Sort(values)
	return slices.Compact(values)
}
