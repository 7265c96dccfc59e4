package analysis

import (
	"math"
	"testing"

	"ranksweep/metrics"
	"ranksweep/metrics/stats"
	"ranksweep/results"
)

// parabolas makes runs at some ranks and seeds, at seven rates a factor of 2 apart from 1e-3
// to 6.4e-2. Each rank and seed has a best rate of its own. The loss is 4 before training and
// 2 at the best rate.
func parabolas(ranks []int, seeds int, best func(rank, seed int) float64) (runs []results.Run) {
	for _, rank := range ranks {
		for seed := range seeds {
			for k := range 7 {
				r := ratedRun(rank, uint64(seed), 1e-3*math.Pow(2, float64(k)), best(rank, seed))
				r.Curve[0].Values[metrics.ValLoss] = 4
				runs = append(runs, r)
			}
		}
	}
	return runs
}

// alike are best rates that fall as a power of the rank, from 8e-3 at rank 16.
func alike(power float64) func(rank, seed int) float64 {
	return func(rank, _ int) float64 { return 8e-3 * math.Pow(float64(rank)/16, power) }
}

func groupOf(t *testing.T, runs []results.Run) []Arm {
	t.Helper()
	groups := RateGroups(Arms(Rows(runs)))
	if len(groups) != 1 {
		t.Fatalf("%d groups, want 1", len(groups))
	}
	return groups[0]
}

// The loss between rates is exact for a parabola: 2 + 0.1 d² at a rate whose logarithm is off
// by d, which is the logarithm of the ratio of ranks times the error of the power.
func TestTransferRateIsExact(t *testing.T) {
	for _, c := range []struct{ truth, power float64 }{
		{-0.25, -0.25}, {-0.25, 0}, {0.25, 0}, {0, -0.5}, {-0.5, -0.25},
	} {
		runs := parabolas([]int{4, 16, 64}, 6, alike(c.truth))
		for i, r := range runs { // rank 4 ends higher, whatever its rate
			if r.Rank == 4 {
				runs[i].Curve[2].Values[metrics.ValLoss] += 0.5
			}
		}
		got := TransferRate(groupOf(t, runs)).By(c.power)
		if len(got) != 6 {
			t.Fatalf("%+v: %d seeds, want 6", c, len(got))
		}
		d := (c.power - c.truth) * math.Log(16)
		rate := 8e-3 * math.Pow(4, c.truth) * math.Exp(d)
		for i, x := range got {
			if x.Seed != uint64(i) || math.Abs(x.Rate/rate-1) > 1e-9 {
				t.Errorf("%+v: seed %d at %g, want seed %d at %g", c, x.Seed, x.Rate, i, rate)
			}
			if math.Abs(x.Loss-2-0.1*d*d) > 1e-9 || math.Abs(x.Best-2) > 1e-9 || math.Abs(x.Learned-2) > 1e-9 {
				t.Errorf("%+v: %+v, want a loss of %g, 2 at best and 2 learned", c, x, 2+0.1*d*d)
			}
		}
	}
}

// A seed's best rate at the small rank is used only on the seed before it. Its best rate at the
// large rank is used only for the seed itself.
func TestTransferRateIsOfAnotherSeed(t *testing.T) {
	const seeds = 6
	transfer := func(rank, changed int, to float64) []Transfer {
		return TransferRate(groupOf(t, parabolas([]int{4, 64}, seeds, func(r, seed int) float64 {
			if r == rank && seed == changed {
				return to
			}
			return 8e-3
		}))).By(0)
	}
	before := transfer(0, 0, 0)
	for changed := range seeds {
		small, large := transfer(4, changed, 1.6e-2), transfer(64, changed, 1.6e-2)
		for seed := range seeds {
			moved := small[seed].Rate != before[seed].Rate
			if want := (seed+1)%seeds == changed; moved != want || (small[seed].Loss != before[seed].Loss) != want {
				t.Errorf("best rate of seed %d at rank 4 changed: that of seed %d moved %t, want %t", changed, seed,
					moved, want)
			}
			if moved && math.Abs(small[seed].Rate/1.6e-2-1) > 1e-9 {
				t.Errorf("seed %d is used at %g, want 0.016", seed, small[seed].Rate)
			}
			if large[seed].Rate != before[seed].Rate || (large[seed].Loss != before[seed].Loss) != (seed == changed) {
				t.Errorf("best rate of seed %d at rank 64 changed: %+v, and was %+v", changed, large[seed],
					before[seed])
			}
			if math.Abs(small[seed].Best-2) > 1e-9 || math.Abs(large[seed].Best-2) > 1e-9 {
				t.Errorf("at its best rate seed %d has %g and %g", seed, small[seed].Best, large[seed].Best)
			}
		}
	}
}

// A rate outside the rates tried has no loss; a rate at their edge has its own.
func TestTransferRateOutside(t *testing.T) {
	group := groupOf(t, parabolas([]int{4, 64}, 4, alike(0)))
	// Both edges are a factor of 8 = 16^¾ away from 8e-3.
	for power, inside := range map[float64]bool{
		-0.75 - 1e-9: false, -0.75 + 1e-9: true, 0.75 - 1e-9: true, 0.75 + 1e-9: false,
	} {
		for _, x := range TransferRate(group).By(power) {
			if math.IsNaN(x.Loss) == inside {
				t.Errorf("power %g: loss %g at rate %g", power, x.Loss, x.Rate)
			}
			if d := math.Log(8); inside && math.Abs(x.Loss-2-0.1*d*d) > 1e-6 {
				t.Errorf("power %g: loss %g, want %g", power, x.Loss, 2+0.1*d*d)
			}
		}
	}
	if got := TransferRate(nil).By(0); got != nil {
		t.Errorf("of nothing %+v", got)
	}
}

// If the next seed has no best rate within the rates tried, there is no rate to transfer. A seed
// that lacks the large rank is left out. A diverged run has no loss.
func TestTransferRateOfTooLittle(t *testing.T) {
	one := TransferRate(groupOf(t, parabolas([]int{4, 64}, 1, alike(0)))).By(0)
	if len(one) != 1 || !math.IsNaN(one[0].Rate) || !math.IsNaN(one[0].Loss) {
		t.Errorf("one seed: %+v", one)
	}
	edge := TransferRate(groupOf(t, parabolas([]int{4, 64}, 4, func(rank, seed int) float64 {
		if rank == 4 && seed%2 == 1 {
			return 1 // beyond all
		}
		return 8e-3
	}))).By(0)
	for _, x := range edge {
		if math.IsNaN(x.Rate) != (x.Seed%2 == 0) || math.IsNaN(x.Loss) != (x.Seed%2 == 0) {
			t.Errorf("where odd seeds are best at an edge, seed %d has loss %g", x.Seed, x.Loss)
		}
	}
	var lacking []results.Run
	for _, r := range parabolas([]int{4, 64}, 4, alike(0)) {
		if r.Seed == 2 && r.Rank == 64 {
			continue
		}
		if r.Seed == 1 && r.Rank == 64 && math.Abs(r.LR/8e-3-1) < 1e-9 {
			r.Status = results.Diverged
		}
		lacking = append(lacking, r)
	}
	got := TransferRate(groupOf(t, lacking)).By(0)
	if len(got) != 3 || got[2].Seed != 3 {
		t.Fatalf("%+v, want seeds 0, 1 and 3", got)
	}
	if math.IsNaN(got[0].Loss) || !math.IsNaN(got[1].Loss) || math.IsNaN(got[1].Best) {
		t.Errorf("%+v, want no loss at the transferred rate, at which seed 1 diverged", got)
	}
}

// The loss between rates is worked out from three rates or more, and is absent with fewer.
func TestBetween(t *testing.T) {
	square := func(rates ...float64) (tried []stats.Trial) {
		for _, r := range rates {
			tried = append(tried, stats.Trial{Rate: r, Loss: math.Pow(math.Log(r), 2)})
		}
		return tried
	}
	for _, rate := range []float64{1, 1.5, 2, 5, 31, 32} {
		if got, want := between(square(1, 2, 8, 32), rate), math.Pow(math.Log(rate), 2); math.Abs(got-want) > 1e-12 {
			t.Errorf("at %g: %g, want %g", rate, got, want)
		}
	}
	gap := square(1, 2, 8, 32)
	gap[3].Loss = math.NaN()
	if got := between(gap, 1.5); math.Abs(got-math.Pow(math.Log(1.5), 2)) > 1e-12 {
		t.Errorf("far from a rate without a loss: %g", got)
	}
	for name, got := range map[string]float64{
		"two rates": between(square(1, 2), 1.5), "none": between(nil, 1), "below": between(square(1, 2, 8), 0.9),
		"above":   between(square(1, 2, 8), 9),
		"no rate": between(square(1, 2, 8), math.NaN()), "beside a rate without a loss": between(gap, 20),
	} {
		if !math.IsNaN(got) {
			t.Errorf("%s: %g", name, got)
		}
	}
}

// A power of the rank has no curvature. A bend gives back its coefficient, and the powers from
// rank to rank are those of the geometric means.
func TestRateCurvature(t *testing.T) {
	ranks := []int{4, 16, 64}
	for _, power := range []float64{-0.5, 0, 0.3} {
		bend, local := RateCurvature(groupOf(t, parabolas(ranks, 4, alike(power))))
		if math.Abs(bend.Mean) > 1e-9 || bend.N != 4 || len(local) != 2 || math.Abs(local[0]-power) > 1e-9 ||
			math.Abs(local[1]-power) > 1e-9 {
			t.Errorf("power %g: %+v, %v", power, bend, local)
		}
	}
	const coefficient = 0.2
	bent := func(rank, seed int) float64 { // the same bend for each seed, at different levels
		x := math.Log(float64(rank) / 16)
		return 8e-3 * math.Exp(-0.25*x+coefficient*x*x) * math.Pow(1.1, float64(seed))
	}
	bend, local := RateCurvature(groupOf(t, parabolas(ranks, 4, bent)))
	if math.Abs(bend.Low-coefficient) > 1e-9 || math.Abs(bend.High-coefficient) > 1e-9 {
		t.Errorf("%+v, want %g", bend, coefficient)
	}
	// x goes from -ln 4 over 0 to ln 4.
	for i, want := range []float64{-0.25 - coefficient*math.Log(4), -0.25 + coefficient*math.Log(4)} {
		if math.Abs(local[i]-want) > 1e-9 {
			t.Errorf("from rank %d on the power is %g, want %g", ranks[i], local[i], want)
		}
	}
}

// Best rates at an edge are left out, and a seed with only two ranks left has no curvature.
// A seed whose best rate is left out at a rank has no part in the powers to and from it:
// here it has rates of its own, far below the others'.
func TestRateCurvatureLeavesOutEdges(t *testing.T) {
	bend, local := RateCurvature(groupOf(t, parabolas([]int{4, 16, 64}, 3, func(rank, seed int) float64 {
		if seed == 1 && rank == 64 {
			return 1 // beyond all rates
		}
		return alike(-0.25)(rank, seed) * math.Pow(0.7, float64(seed%2))
	})))
	if bend.N != 2 || math.Abs(bend.Mean) > 1e-9 || math.Abs(local[1]+0.25) > 1e-9 {
		t.Errorf("%+v, %v", bend, local)
	}
	if bend, local := RateCurvature(groupOf(t, parabolas([]int{4}, 3, alike(0)))); bend.N != 0 ||
		!math.IsNaN(bend.Mean) || len(local) != 0 {
		t.Errorf("one rank: %+v, %v", bend, local)
	}
}
