package analysis

import (
	"fmt"
	"math"
	"testing"

	"ranksweep/metrics"
	"ranksweep/metrics/stats"
	"ranksweep/results"
)

// ratedRun has a validation loss that is a parabola in the logarithm of the rate, lowest at
// the rate best.
func ratedRun(rank int, seed uint64, lr, best float64) results.Run {
	r := testRun("rslora", 0.5, rank, seed)
	r.LR = lr
	r.Cell = fmt.Sprint(r.Cell, lr)
	r.ID = fmt.Sprint(r.ID, lr)
	r.Axes = append(r.Axes, axes("lr", fmt.Sprint(lr))...)
	d := math.Log(lr / best)
	r.Curve[2].Values[metrics.ValLoss] = 2 + 0.1*d*d
	return r
}

var testRates = []float64{1e-4, 1e-3, 3e-3, 1e-2, 0.1}

// The best rate of each rank and seed is found between the rates tried, and the power of rank
// is fitted to the best rates.
func TestBestRates(t *testing.T) {
	var runs []results.Run
	for _, rank := range []int{4, 16, 64} {
		for seed := range uint64(2) {
			for _, lr := range testRates {
				runs = append(runs, ratedRun(rank, seed, lr, 8e-3*math.Pow(float64(rank), -0.25)))
			}
		}
	}
	groups := RateGroups(Arms(Rows(runs)))
	if len(groups) != 1 || len(groups[0]) != len(testRates) || groups[0][0].LR != 1e-4 {
		t.Fatalf("%d groups", len(groups))
	}
	best := BestRates(groups[0])
	if len(best) != 6 {
		t.Fatalf("%d best rates, want one a rank and seed", len(best))
	}
	for _, b := range best {
		if want := 8e-3 * math.Pow(float64(b.Rank), -0.25); b.Edge || b.Wall || math.Abs(b.Rate/want-1) > 1e-9 ||
			math.Abs(b.Loss-2) > 1e-9 {
			t.Errorf("%+v, want %g", b, want)
		}
	}
	e, err := RateExponent(groups[0])
	if err != nil || math.Abs(e.Value+0.25) > 1e-9 || e.Excluded != 0 {
		t.Errorf("%+v, %v", e, err)
	}
}

// TestRateGroupsOfAGrid: an axis that the grid lists after the rate does not part a group.
func TestRateGroupsOfAGrid(t *testing.T) {
	rows := Rows([]results.Run{ratedRun(4, 0, 1e-3, 1e-3), ratedRun(4, 0, 1e-2, 1e-3)})
	for i := range rows {
		rows[i].Setting.Axes = axes("rank", "4", "lr", []string{"1e-3", "1e-2"}[i], "targets", "all-linear")
		rows[i].Setting.Places = []int{0, i, 0}
	}
	if groups := RateGroups(Arms(rows)); len(groups) != 1 || len(groups[0]) != 2 {
		t.Errorf("%d groups, want 1 of 2 arms", len(groups))
	}
}

// A best rate at the edge is marked, and left out of the fit. A diverged run is never best,
// and is no point of the parabola.
func TestBestRateAtTheEdge(t *testing.T) {
	var runs []results.Run
	for _, rank := range []int{4, 16, 64} {
		for _, lr := range testRates {
			best := 3e-3
			if rank == 64 {
				best = 1
			}
			r := ratedRun(rank, 0, lr, best)
			if rank == 16 && lr > 3e-3 {
				r.Status, r.Curve[2].Values[metrics.ValLoss] = results.Diverged, math.NaN()
			}
			runs = append(runs, r)
		}
	}
	for _, b := range BestRates(RateGroups(Arms(Rows(runs)))[0]) {
		want, edge, wall := 3e-3, false, b.Rank == 16
		if b.Rank == 64 {
			want, edge = 0.1, true
		}
		if b.Edge != edge || b.Wall != wall || math.Abs(b.Rate/want-1) > 1e-9 {
			t.Errorf("%+v, want %g, at the edge %t, at a wall %t", b, want, edge, wall)
		}
	}
	e, _ := RateExponent(RateGroups(Arms(Rows(runs)))[0])
	if e.Excluded != 1 || e.N != 2 {
		t.Errorf("%+v, want rank 64 left out", e)
	}
}

// A run that ended above where it began is as bad as one that diverged: no
// parabola goes through it.
func TestBestRateBesideOneThatBlewUp(t *testing.T) {
	var runs []results.Run
	for _, lr := range testRates {
		r := ratedRun(4, 0, lr, 2e-3)
		r.Curve[0].Values[metrics.ValLoss] = 2.5
		if lr > 3e-3 {
			r.Curve[2].Values[metrics.ValLoss] = 30
		}
		runs = append(runs, r)
	}
	if best := BestRates(RateGroups(Arms(Rows(runs)))[0]); len(best) != 1 || !best[0].Wall || best[0].Edge ||
		best[0].Rate != 3e-3 {
		t.Errorf("%+v, want 0.003, as it was tried", best)
	}
}

// A low lies below both neighbours; of equal losses the first counts, and a run that diverged is none.
func TestLows(t *testing.T) {
	inf := math.Inf(1)
	for _, test := range []struct {
		losses []float64
		want   int
	}{
		{[]float64{3, 2, 1, 2, 3}, 1}, {[]float64{3, 1, 2, 1, 3}, 2}, {[]float64{1, 2, 1}, 2},
		{[]float64{3, 1, 1, 3}, 1}, {[]float64{3, 2, inf, inf}, 1}, {[]float64{inf, inf}, 0}, {nil, 0},
	} {
		var tried []stats.Trial
		for i, loss := range test.losses {
			tried = append(tried, stats.Trial{Rate: float64(i + 1), Loss: loss})
		}
		if got := lows(tried); got != test.want {
			t.Errorf("%v: %d, want %d", test.losses, got, test.want)
		}
	}
}

// A best rate beside one at which training failed is known to lie between the rates tried next to it.
func TestMovedExponents(t *testing.T) {
	var runs []results.Run
	for _, rank := range []int{4, 16} {
		for _, lr := range testRates {
			r := ratedRun(rank, 0, lr, 3e-3)
			if rank == 16 && lr > 3e-3 {
				r.Status, r.Curve[2].Values[metrics.ValLoss] = results.Diverged, math.NaN()
			}
			runs = append(runs, r)
		}
	}
	below, above := MovedExponents(RateGroups(Arms(Rows(runs)))[0])
	if want := math.Log(1e-3/3e-3) / math.Log(4); math.Abs(below.Value-want) > 1e-9 {
		t.Errorf("a step lower: %g, want %g", below.Value, want)
	}
	if want := math.Log(1e-2/3e-3) / math.Log(4); math.Abs(above.Value-want) > 1e-9 {
		t.Errorf("a step higher: %g, want %g", above.Value, want)
	}
}
