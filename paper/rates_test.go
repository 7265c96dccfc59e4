package paper

import (
	"math"
	"slices"
	"strings"
	"testing"

	"ranksweep/lora"
	"ranksweep/metrics"
	"ranksweep/paper/figure"
	"ranksweep/results"
)

// rateRuns have the best learning rate at rank^power for each scheme. The power scatters over
// seeds as much as asked.
func rateRuns(power func(p float64) float64, scatter float64) (runs []results.Run) {
	for i, scheme := range []string{"constant", "rslora", "lora"} {
		p := float64(i) / 2
		for _, rank := range []int{4, 16, 64} {
			for seed := range 3 {
				best := 1e-2 * math.Pow(float64(rank)/16, power(p)+scatter*float64(seed-1))
				for _, rate := range []float64{1e-4, 1e-3, 1e-2, 1e-1, 1} {
					r := fake{steps: 2, noVal: true}.run(scheme, rate, rank, uint64(seed))
					r.Powers = lora.Scheme{P: p}
					d := math.Log(rate / best)
					r.Curve[2].Values[metrics.ValLoss] = 2 + d*d
					runs = append(runs, r)
				}
			}
		}
	}
	return runs
}

func claimed(p float64) float64 { return (p - 1) / 2 }

// The figure has a point for each rank at the best rate, and none if no rate lies between
// others.
func TestRatesFigure(t *testing.T) {
	f, ok := ratesFigure(view(rateRuns(claimed, 0)))
	if !ok {
		t.Fatal("no figure of nine best rates a scheme")
	}
	for i, p := range []float64{1, 0.5, 0} { // as arms are ordered: LoRA first
		marks := f.Panels[0].Series[3*i+2].Points
		for _, q := range marks {
			if want := 1e-2 * math.Pow(q.X/16, claimed(p)); math.Abs(q.Y/want-1) > 1e-6 {
				t.Errorf("p = %g, rank %g: %g, want %g", p, q.X, q.Y, want)
			}
		}
	}
	if !strings.Contains(f.Caption, "n = 3.") || strings.Contains(f.Caption, "Left out") {
		t.Error(f.Caption)
	}
	if _, ok := ratesFigure(view(fake{schemes: []string{"lora"}, ranks: []int{4, 16}, seeds: 2, steps: 2}.runs())); ok {
		t.Error("a figure of best rates from one rate")
	}
}

// A group of arms has several rates, so no label names one, even if groups begin at different rates.
func TestGroupsOfRatesHaveNoRate(t *testing.T) {
	lowest := func(r results.Run) bool { return r.Scheme == "lora" && r.LR == 1e-4 }
	v := view(slices.DeleteFunc(rateRuns(claimed, 0), lowest))
	best, _ := ratesFigure(v)
	losses, _ := lossRateFigure(v)
	if got := best.Legend[0].Text; got != "LoRA" {
		t.Errorf("best rates: %q", got)
	}
	if got := losses.Panels[0].Title; got != "LoRA" {
		t.Errorf("losses: %q", got)
	}
}

// A figure of a claim has the claimed slopes. Any other figure has theory's, and theory has none
// under SGD.
func TestSlopesOfRates(t *testing.T) {
	runs := rateRuns(claimed, 0)
	sgd := slices.Clone(runs)
	for i := range sgd {
		sgd[i].Optimizer = "sgd"
	}
	for _, c := range []struct {
		runs    []results.Run
		wants   string
		legend  string  // of rsLoRA
		slope   float64 // NaN: no line
		caption string
	}{
		{runs, "", "theory -0.25", -0.25, "Dashed lines have the slope that theory predicts."},
		{runs, ratesOfTheory, "claim -0.25", -0.25, "Dashed lines have the claimed slope."},
		{sgd, ratesFree, "claim 0", 0, "Dashed lines have the claimed slope."},
		{sgd, ratesOfPower, "claim 0.5", 0.5, "Dashed lines have the claimed slope."},
		{sgd, "", "no theory", math.NaN(), ""},
	} {
		v := view(c.runs)
		v.wants = c.wants
		f, _ := ratesFigure(v)
		if got := f.Legend[6].Text; got != c.legend {
			t.Errorf("wanted %q: legend %q, want %q", c.wants, got, c.legend)
		}
		if !strings.Contains(f.Caption, c.caption) || c.caption == "" && strings.Contains(f.Caption, "Dashed") {
			t.Errorf("wanted %q: %s", c.wants, f.Caption)
		}
		slope := math.NaN()
		if line := f.Panels[0].Series[4].Points; len(line) == 2 {
			slope = math.Log(line[1].Y/line[0].Y) / math.Log(line[1].X/line[0].X)
		}
		if !(math.Abs(slope-c.slope) <= 1e-9) && !(math.IsNaN(slope) && math.IsNaN(c.slope)) {
			t.Errorf("wanted %q: slope %g, want %g", c.wants, slope, c.slope)
		}
	}
}

// oneLeft are the runs of rateRuns in which LoRA's seed 0 has one best rate left between others,
// its seed 1 one beside a rate at which the loss rose, and its seed 2 none at rank 64.
func oneLeft() []results.Run {
	runs := rateRuns(claimed, 0)
	for i := range runs {
		r := &runs[i]
		loss := &r.Curve[2].Values[metrics.ValLoss]
		r.Curve[0].Values[metrics.ValLoss] = 1000
		switch {
		case r.Scheme != "lora":
		case r.Seed == 0 && r.Rank < 64:
			*loss = 2 - math.Log(r.LR)
		case r.Seed == 1 && r.Rank == 4 && r.LR == 1e-1, r.Seed == 2 && r.Rank == 64:
			*loss = 2000
		}
	}
	return runs
}

// The caption counts the best rates that are left out, by their causes.
func TestBestRatesLeftOut(t *testing.T) {
	f, _ := ratesFigure(view(oneLeft()))
	const want = " 1 best rate lies next to a rate at which the run ended above the loss where it began, or " +
		"diverged: rank 4 (1 of 9). Such a best rate is used as it was tried, without a parabola. It is known to " +
		"within a step of the " +
		"rates tried, which intervals over seeds leave out. Left out: 2 best rates at an edge of those tried, rank 4 " +
		"(1 of 9), rank 16 (1 of 9). The mark there, a plus, is a mean of the other seeds, which are no chance " +
		"sample. 1 of " +
		"27 ranks and seeds have no best rate: no run ended below the loss where it began. Left out of the fits " +
		"only: 1 best rate where a seed has no other. "
	if !strings.Contains(f.Caption, want) {
		t.Errorf("caption %s\nwant in it %s", f.Caption, want)
	}
}

// A mean over some of the seeds has a mark of its own, which the legend names.
func TestMarksOfSomeSeeds(t *testing.T) {
	runs := rateRuns(claimed, 0)
	for i, r := range runs { // the best rate of one seed lies at the upper edge
		if r.Rank == 64 && r.Seed == 2 {
			runs[i].Curve[2].Values[metrics.ValLoss] = 2 - math.Log(r.LR)/100
		}
	}
	f, ok := ratesFigure(view(runs))
	if !ok {
		t.Fatal("no figure")
	}
	marked := 0
	for _, s := range f.Panels[0].Series {
		if strings.HasSuffix(s.Name, ", some seeds only") {
			marked++
			if len(s.Points) != 1 || s.Points[0].X != 64 || s.Glyph != someGlyph {
				t.Errorf("%+v", s)
			}
		} else if s.Glyph != nil && slices.ContainsFunc(s.Points, func(q figure.Point) bool { return q.X == 64 }) {
			t.Errorf("%s marks rank 64 as if it had all seeds", s.Name)
		}
	}
	if last := f.Legend[len(f.Legend)-1]; marked != 3 || last.Text != "some seeds only" {
		t.Errorf("%d marks, legend ends with %q", marked, last.Text)
	}
	if !strings.Contains(f.Caption, "rank 64 (3 of 9)") || !strings.Contains(f.Caption, "a plus") {
		t.Error(f.Caption)
	}
}
