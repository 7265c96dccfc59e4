package paper

import (
	"math"
	"slices"
	"strings"
	"testing"

	"ranksweep/metrics"
	"ranksweep/paper/number"
	"ranksweep/results"
)

// There is a panel for each scheme, a line for each rank and a point for each rate. A rate at
// which a run diverged has a cross in place of its mean, and no loss far above flattens the
// rest.
func TestLossRateFigure(t *testing.T) {
	runs := rateRuns(claimed, 0)
	for i := range runs {
		if r := &runs[i]; r.Scheme == "lora" && r.Rank == 4 && r.LR == 1 {
			diverge(r, 1)
		}
	}
	f, ok := lossRateFigure(view(runs))
	if !ok || len(f.Panels) != 3 || f.Name != "learning-rate" {
		t.Fatalf("%d panels, %t", len(f.Panels), ok)
	}
	lora := f.Panels[0]
	if len(lora.Series) != 6 || len(lora.Series[0].Points) != 5 {
		t.Fatalf("%d series", len(lora.Series))
	}
	if q := lora.Series[0].Points[2]; q.X != 1e-2 || math.Abs(q.Y-2) > 1e-9 {
		t.Errorf("at the best rate %+v", q)
	}
	if q, cross := lora.Series[0].Points[4], lora.Series[1].Points; !math.IsNaN(q.Y) || len(cross) != 1 ||
		cross[0].X != 1 {
		t.Errorf("of a rate at which runs diverged: point %+v, crosses %+v", q, cross)
	}
	if lora.Y.Max > 40 {
		t.Errorf("the axis goes to %g: the highest loss is 23, the median 7", lora.Y.Max)
	}
	if !strings.Contains(f.Caption, "3 of 135 runs diverged") {
		t.Error(f.Caption)
	}
	for _, fault := range checkLayout(f) {
		t.Error(fault)
	}
	if _, ok := lossRateFigure(view(sweep())); ok {
		t.Error("a figure of one learning rate")
	}
}

// A loss above the one before training has no bar, and no part in the axis: it would hide the valleys.
func TestValleysAreNotHidden(t *testing.T) {
	runs := rateRuns(claimed, 0)
	for i := range runs {
		r := &runs[i]
		r.Curve[0].Values[metrics.ValLoss] = 2.5
		if r.LR != 1e-2 { // all but the best rate of rank 16 blow up, each seed by another factor
			r.Curve[2].Values[metrics.ValLoss] = 8 * float64(1+r.Seed)
		}
		if r.Rank != 16 {
			r.Curve[2].Values[metrics.ValLoss] = 2.2 + 0.01*float64(r.Seed)
		}
	}
	f, ok := lossRateFigure(view(runs))
	if !ok || f.Panels[0].Y.Max > 2.6 || f.Panels[0].Y.Min < 1.9 {
		t.Fatalf("%t, the axis goes from %g to %g", ok, f.Panels[0].Y.Min, f.Panels[0].Y.Max)
	}
	for _, q := range f.Panels[0].Series[2].Points { // rank 16
		if above := q.Y > 2.5; above == number.Finite(q.High) {
			t.Errorf("at the rate %g: %+v", q.X, q)
		}
	}
}

// The legend has a shade for each scheme and rank that there is, and for no other.
func TestLegendOfRanksThatAreThere(t *testing.T) {
	runs := slices.DeleteFunc(rateRuns(claimed, 0), func(r results.Run) bool {
		return r.Scheme == "lora" && r.Rank == 4 || r.Scheme == "rslora" && r.Rank == 64
	})
	v := view(runs)
	l := curves{}.legend(v)
	for i, rank := range v.ranks {
		for j, scheme := range v.schemes {
			gone := scheme == "lora" && rank == 4 || scheme == "rslora" && rank == 64
			if shown := l[1+i].Samples[j].Line > 0; shown == gone {
				t.Errorf("%s at rank %d: shown %t", scheme, rank, shown)
			}
		}
	}
}

func TestNearLowest(t *testing.T) {
	got := nearLowest([]float64{1.3, math.NaN(), 1, 1.1, 9, 1.2, math.Inf(1)})
	if len(got) != 4 || got[3] != 1.3 {
		t.Errorf("kept %v, want all but 9", got)
	}
	if got := nearLowest(nil); len(got) != 0 {
		t.Errorf("of nothing %v", got)
	}
}
