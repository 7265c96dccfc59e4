package analysis

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"ranksweep/grid"
	"ranksweep/metrics"
	"ranksweep/metrics/stats"
	"ranksweep/results"
)

func TestCellsAndArmsGroup(t *testing.T) {
	arms := Arms(Rows(testGrid()))
	if len(arms) != 2 || arms[0].Scheme != "lora" || arms[1].Scheme != "rslora" {
		t.Fatalf("arms: %+v", arms)
	}
	for _, a := range arms {
		var ranks []int
		for _, c := range a.Cells {
			ranks = append(ranks, c.Rank)
			if len(c.Runs) != 2 || c.Runs[0].Seed != 0 || c.Runs[1].Seed != 1 {
				t.Errorf("cell %s does not hold seeds 0 and 1 in order", c.Cell)
			}
			if c.Curve(metrics.GradNorm, Smoothing{}) == nil {
				t.Errorf("cell %s has no curve", c.Cell)
			}
		}
		if !slices.Equal(ranks, []int{4, 16, 64}) || a.Axes != nil || a.Warnings != nil {
			t.Errorf("arm %s: ranks %v, axes %v, warnings %v", a.Scheme, ranks, a.Axes, a.Warnings)
		}
	}
}

func TestCellsDoNotDependOnOrder(t *testing.T) {
	want := Cells(Rows(testGrid()))
	rng := rand.New(rand.NewPCG(1, 2))
	for range 10 {
		grid := append(testGrid(), testGrid()[3]) // a run given twice counts once
		rng.Shuffle(len(grid), func(i, j int) { grid[i], grid[j] = grid[j], grid[i] })
		got := Cells(Rows(grid))
		if len(got) != len(want) {
			t.Fatalf("%d cells, want %d", len(got), len(want))
		}
		for i := range got {
			same := func(a, b Row) bool { return a.ID == b.ID }
			if !slices.EqualFunc(got[i].Runs, want[i].Runs, same) {
				t.Fatalf("cell %d holds other runs", i)
			}
		}
	}
}

func TestSchemesAndAxesAreInOrder(t *testing.T) {
	var runs []results.Run
	for _, scheme := range []struct {
		name string
		p    float64
	}{{"p=0.75", 0.75}, {"constant", 0}, {"p=0.25", 0.25}, {"rslora@4", 0.5}, {"rslora", 0.5}, {"lora", 1}} {
		for _, lr := range []string{"1e-3", "none", "5e-5"} {
			r := testRun(scheme.name, scheme.p, 4, 0)
			r.ID += lr
			r.Cell += lr
			r.Axes = append(r.Axes, axes("lr", lr)...)
			runs = append(runs, r)
		}
	}
	var got []string
	for _, a := range Arms(Rows(runs)) {
		got = append(got, a.Scheme+" "+a.Axes[0].Value)
	}
	var want []string
	for _, scheme := range []string{"lora", "rslora", "rslora@4", "constant", "p=0.25", "p=0.75"} {
		for _, lr := range []string{"5e-5", "1e-3", "none"} {
			want = append(want, scheme+" "+lr)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Schemes, other axes and their values are in the order in which the grid has them.
func TestArmsAreInTheOrderOfTheGrid(t *testing.T) {
	schemes := []string{"lora", "rslora", "p=0.75", "p=0.25", "lora+", "constant"}
	rates, targets := []string{"1e-3", "1e-4", "5e-4"}, []string{"mlp", "attention"}
	var g grid.Grid
	var runs []results.Run
	var want []string
	for _, scheme := range schemes {
		for _, target := range targets {
			for _, rate := range rates {
				want = append(want, scheme+" "+target+" "+rate)
				for rank := range 2 {
					r := testRun(scheme, 1, 4+rank, 0)
					r.ID, r.Cell = fmt.Sprint("r", len(runs)), fmt.Sprint("c", len(runs))
					r.Axes = []grid.Coordinate{
						{Name: "targets", Value: target}, {Name: "lr", Value: rate},
						{Name: "rank", Value: fmt.Sprint(4 + rank)}, {Name: "scaling", Value: scheme},
					}
					runs, g.Runs = append(runs, r), append(g.Runs, grid.Planned{ID: r.ID, Axes: r.Axes})
				}
			}
		}
	}
	rng := rand.New(rand.NewPCG(3, 1))
	rng.Shuffle(len(runs), func(i, j int) { runs[i], runs[j] = runs[j], runs[i] })
	in, _, _ := Split(g, runs)
	var got []string
	for _, a := range Arms(in) {
		got = append(got, a.Scheme+" "+a.Axes[0].Value+" "+a.Axes[1].Value)
		if a.Cells[0].Rank != 4 || len(a.Cells) != 2 {
			t.Errorf("%s: ranks are not in rising order", got[len(got)-1])
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestCellsNeverMix(t *testing.T) {
	for name, change := range map[string]func(*results.Run){
		"numerics":  func(r *results.Run) { r.Provenance.Numerics++ },
		"model":     func(r *results.Run) { r.Provenance.ModelHash = "other" },
		"data":      func(r *results.Run) { r.Provenance.DataHash = "other" },
		"optimizer": func(r *results.Run) { r.Optimizer = "sgd" },
		"rate":      func(r *results.Run) { r.LR = 1 },
		"scheme":    func(r *results.Run) { r.Scheme = "rslora" },
		"rank":      func(r *results.Run) { r.Rank = 8 },
		"axis":      func(r *results.Run) { r.Axes = append(r.Axes, axes("targets", "mlp")...) },
	} {
		a, b := testRun("lora", 1, 4, 0), testRun("lora", 1, 4, 1)
		if cells := Cells(Rows([]results.Run{a, b})); len(cells) != 1 || cells[0].Warnings != nil {
			t.Fatalf("equal runs: %d cells, warnings %v", len(cells), cells[0].Warnings)
		}
		change(&b)
		cells := Cells(Rows([]results.Run{a, b}))
		if len(cells) != 2 {
			t.Errorf("%s: %d cells, want 2", name, len(cells))
			continue
		}
		for _, c := range cells {
			if len(c.Warnings) != 1 || !strings.Contains(c.Warnings[0], "kept apart") {
				t.Errorf("%s: warnings %q", name, c.Warnings)
			}
		}
	}
}

func TestArmWarnsOfTwoCellsAtOneRank(t *testing.T) {
	a, b := testRun("lora", 1, 4, 0), testRun("lora", 1, 4, 0)
	b.ID, b.Cell = "other", "other"
	arms := Arms(Rows([]results.Run{a, b}))
	if len(arms) != 1 || len(arms[0].Cells) != 2 || len(arms[0].Warnings) != 1 {
		t.Errorf("got %+v", arms)
	}
}

func TestCellKeepsTheWarningsOfItsRuns(t *testing.T) {
	a, b := testRun("lora", 1, 4, 0), testRun("lora", 1, 4, 1)
	a.Warnings, b.Warnings = []string{"x"}, []string{"x", "y"}
	if got := Cells(Rows([]results.Run{a, b}))[0].Warnings; !slices.Equal(got, []string{"x", "y"}) {
		t.Errorf("got %q", got)
	}
}

// A diverged run counts for statistics that are measured before its second update: to leave
// it out would leave a sample of survivors.
func TestStatisticLeavesOutWhatIsNotDone(t *testing.T) {
	mean := metrics.GradNormMean
	var runs []results.Run
	for seed, status := range []results.Status{results.Done, results.Diverged, results.Done, results.Failed} {
		r := testRun("constant", 0, 4, uint64(seed))
		r.Status = status
		runs = append(runs, r)
	}
	c := Cells(Rows(runs))[0]
	// Seeds 0, 1 and 2: 16·√4·(1 + seed/8).
	if i := c.Statistic(metrics.GradNormOnset); i.N != 3 || i.Mean != 36 || c.Diverged() != 1 || c.Failed() != 1 {
		t.Errorf("got %+v with %d diverged and %d failed", i, c.Diverged(), c.Failed())
	}
	if i := c.Statistic(mean); i.N != 2 {
		t.Errorf("the mean over steps is over %d runs, want the 2 that are done", i.N)
	}
	for i := range runs {
		runs[i].Status = results.Diverged
	}
	c = Cells(Rows(runs))[0]
	if i := c.Statistic(metrics.GradNormOnset); i.N != 4 || c.Diverged() != 4 {
		t.Errorf("of a cell that diverged: %+v, %d diverged", i, c.Diverged())
	}
	if i := c.Statistic(mean); i.N != 0 || !math.IsNaN(i.Mean) || c.Curve(metrics.GradNorm, Smoothing{}) != nil {
		t.Errorf("of a cell that diverged: mean over steps %+v", i)
	}
}

func TestCurveIsTheMeanAtEachStep(t *testing.T) {
	a, b := testRun("constant", 0, 4, 0), testRun("constant", 0, 4, 2)
	a.Curve[1].Values[metrics.GradNorm] = math.NaN()
	a.Curve[2].Values[metrics.GradNorm], b.Curve[2].Values[metrics.GradNorm] = math.NaN(), math.NaN()
	got := Cells(Rows([]results.Run{a, b}))[0].Curve(metrics.GradNorm, Smoothing{})
	want := []CurvePoint{
		{0, []float64{32, 40}, stats.MeanInterval([]float64{32, 40})},
		{1, []float64{40}, stats.Interval{Mean: 40, Low: math.NaN(), High: math.NaN(), N: 1}},
	}
	if len(got) != 2 || !reflect.DeepEqual(got[0], want[0]) || got[1].Step != 1 || got[1].Mean != 40 || got[1].N != 1 ||
		!math.IsNaN(got[1].Low) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestExponentBesideItsPrediction(t *testing.T) {
	for _, a := range Arms(Rows(testGrid())) {
		want := 0.5 - a.Powers.P
		e, err := a.Exponent(metrics.GradNormOnset)
		// The values are a power of rank but for rounding.
		if err != nil || math.Abs(e.Value-want) > 1e-14 || e.Predicted != want || e.N != 6 || e.Seeds != 2 {
			t.Errorf("%s: %+v, %v, want %v", a.Scheme, e, err, want)
		}
	}
	e, err := Arms(Rows([]results.Run{testRun("lora", 1, 4, 0)}))[0].Exponent(metrics.GradNormOnset)
	if err == nil || !math.IsNaN(e.Value) || e.Predicted != -0.5 {
		t.Errorf("of one rank: %+v, %v", e, err)
	}
	loss := metrics.TrainLossFinal
	if e, _ := Arms(Rows(testGrid()))[0].Exponent(loss); !math.IsNaN(e.Predicted) {
		t.Errorf("predicted %v for the training loss", e.Predicted)
	}
}

func TestCollapseRatio(t *testing.T) {
	runs := testGrid()
	// Seed 1 has no onset at the smallest rank, and seed 2 no run there.
	runs = slices.DeleteFunc(runs, func(r results.Run) bool { return r.ID == "lora-4-1" })
	runs = append(runs, testRun("lora", 1, 16, 2))
	a := Arms(Rows(runs))[0]
	for i, want := range []float64{1, 0.5, 0.25} { // √(4/r)
		if got := a.CollapseRatio(a.Cells[i]); got.N != 1 || got.Mean != want {
			t.Errorf("rank %d: %+v, want %v of one seed", a.Cells[i].Rank, got, want)
		}
	}
	b := Arms(Rows(runs))[1]
	if got := b.CollapseRatio(b.Cells[2]); got.N != 2 || got.Mean != 1 {
		t.Errorf("rslora: %+v, want 1 of two seeds", got)
	}
}

// An arm holds all its ranks, wherever the grid has the seed.
func TestArmsWithSeedsFirst(t *testing.T) {
	var planned []grid.Planned
	var runs []results.Run
	for _, rank := range []int{4, 8} {
		for _, lr := range []string{"1", "2"} {
			r := testRun("lora", 1, rank, 0)
			r.ID, r.Cell = r.ID+lr, r.Cell+lr
			r.LR, _ = strconv.ParseFloat(lr, 64)
			runs = append(runs, r)
			planned = append(planned,
				grid.Planned{ID: r.ID, Axes: axes("seed", "0", "rank", strconv.Itoa(rank), "lr", lr)})
		}
	}
	in, _, _ := Split(grid.Grid{Runs: planned}, runs)
	arms := Arms(in)
	if len(arms) != 2 || len(arms[0].Cells) != 2 || len(arms[1].Cells) != 2 {
		t.Errorf("%d arms, want 2 of 2 ranks each", len(arms))
	}
}
