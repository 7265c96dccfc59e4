package analysis

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"ranksweep/grid"
	"ranksweep/metrics"
	"ranksweep/results"
)

// trial is the outcome of a tuning run: its final validation loss, or the step at which it
// diverged; neither for a missing run.
type trial struct {
	loss     float64
	diverged int
}

// tuningRuns makes a grid of one cell that is tuned over rates, with a trial for each rate and
// each of two seeds, and one reported run.
func tuningRuns(rates []string, trials [][2]trial) (grid.Grid, []results.Run) {
	g := grid.Grid{Nuisance: []string{"lr"}}
	var runs []results.Run
	for i, rate := range rates {
		for seed, trial := range trials[i] {
			r := testRun("lora", 1, 4, uint64(100+seed))
			r.ID = fmt.Sprintf("tuning-%s-%d", rate, seed)
			r.Axes = axes("rank", "4", "lr", rate, "seed", fmt.Sprint(r.Seed))
			g.Tuning = append(g.Tuning, grid.Planned{ID: r.ID, Axes: r.Axes})
			last := &r.Curve[len(r.Curve)-1].Values[metrics.ValLoss]
			switch {
			case trial.loss > 0:
				*last = trial.loss
			case trial.diverged > 0:
				r.Status, r.Steps = results.Diverged, trial.diverged
			default:
				continue
			}
			runs = append(runs, r)
		}
	}
	r := testRun("lora", 1, 4, 0)
	g.Runs = []grid.Planned{{ID: r.ID, Axes: axes("rank", "4", "lr", rates[0], "seed", "0")}}
	return g, append(runs, r)
}

func TestTune(t *testing.T) {
	ok := func(a, b float64) [2]trial { return [2]trial{{loss: a}, {loss: b}} }
	for _, test := range []struct {
		name   string
		rates  []string
		trials [][2]trial
		best   string // empty: none
		doubt  string
	}{
		{"inside", []string{"1e-05", "0.0001", "0.001"}, [][2]trial{ok(3, 3), ok(1, 2), ok(2, 2)}, "0.0001", ""},
		{"by the mean over seeds", []string{"1e-05", "0.0001", "0.001"}, [][2]trial{ok(3, 3), ok(1.9, 1.9), ok(1, 3)},
			"0.0001", ""},
		{"numbers in order of size", []string{"0.001", "1e-05", "0.0001"}, [][2]trial{ok(2, 2), ok(3, 3), ok(1, 1)},
			"0.0001", ""},
		{"at the top", []string{"1e-05", "0.0001"}, [][2]trial{ok(3, 3), ok(1, 2)}, "0.0001",
			"the best lr lies at the edge"},
		{"at the bottom", []string{"1e-05", "0.0001"}, [][2]trial{ok(1, 1), ok(1, 2)}, "1e-05",
			"the best lr lies at the edge"},
		{"one value has no edge", []string{"1e-05"}, [][2]trial{ok(1, 1)}, "1e-05", ""},
		{"words have no edge", []string{"linear", "cosine"}, [][2]trial{ok(1, 1), ok(2, 2)}, "linear", ""},
		{"diverged once is behind", []string{"1e-05", "0.0001", "0.001"},
			[][2]trial{ok(9, 9), ok(8, 8), {{loss: 1}, {diverged: 2}}}, "0.0001", ""},
		{"all diverged: the fewest", []string{"1e-05", "0.0001"},
			[][2]trial{{{diverged: 1}, {diverged: 1}}, {{loss: 9}, {diverged: 1}}}, "0.0001",
			"under every value tried a run diverged"},
		{"all diverged: the latest", []string{"1e-05", "0.0001", "0.001"},
			[][2]trial{{{diverged: 1}, {diverged: 1}}, {{diverged: 2}, {diverged: 9}}, {{diverged: 3}, {diverged: 3}}},
			"0.0001", "under every value tried a run diverged"},
		{"one is missing", []string{"1e-05", "0.0001"}, [][2]trial{ok(1, 1), {{loss: 2}, {}}}, "", ""},
		{"equal: the lower", []string{"1e-05", "0.0001", "0.001"}, [][2]trial{ok(3, 3), ok(2, 2), ok(2, 2)}, "0.0001",
			""},
	} {
		g, runs := tuningRuns(test.rates, test.trials)
		in, choices, out := Split(g, runs)
		if len(in) != 1 || len(choices) != 1 || len(out) != 0 {
			t.Fatalf("%s: %d reported, %d cells tuned, %d left out; want 1, 1, 0", test.name, len(in), len(choices),
				len(out))
		}
		best := ""
		if i := choices[0].Best; i >= 0 {
			best = grid.ValueOf(choices[0].Candidates[i].Axes, "lr")
		}
		doubts := strings.Join(choices[0].Doubts(), "; ")
		if best != test.best || (doubts == "") != (test.doubt == "") || !strings.Contains(doubts, test.doubt) {
			t.Errorf("%s: best %q, doubts %q; want %q, %q", test.name, best, doubts, test.best, test.doubt)
		}
		if got := strings.Join(in[0].Setting.Warnings, "; "); got != doubts {
			t.Errorf("%s: the reported run has warnings %q, want %q", test.name, got, doubts)
		}
	}
}

// TestTunedAxesMakeOneArm: rates that are chosen rank by rank do not split the arm, and theory,
// which assumes one rate, predicts only if all ranks chose the same rate.
func TestTunedAxesMakeOneArm(t *testing.T) {
	first := metrics.DeltaWFirst
	for _, test := range []struct {
		rates     []float64
		predicted bool
	}{{[]float64{1e-4, 1e-4, 1e-4}, true}, {[]float64{1e-4, 1e-3, 1e-4}, false}} {
		g := grid.Grid{Nuisance: []string{"lr"}}
		var runs []results.Run
		for i, rank := range []int{4, 8, 16} {
			r := testRun("lora", 1, rank, 0)
			r.LR = test.rates[i]
			runs = append(runs, r)
			own := append(slices.Clone(r.Axes), axes("lr", fmt.Sprint(r.LR))...)
			g.Runs = append(g.Runs, grid.Planned{ID: r.ID, Axes: own})
		}
		in, _, _ := Split(g, runs)
		arms := Arms(in)
		if len(arms) != 1 || len(arms[0].Cells) != 3 {
			t.Fatalf("rates %v: %d arms, want one of three ranks", test.rates, len(arms))
		}
		if e, _ := arms[0].Exponent(first); math.IsNaN(e.Predicted) == test.predicted {
			t.Errorf("rates %v: predicted %g", test.rates, e.Predicted)
		}
	}
}

// zipped makes an arm in which alpha doubles with rank.
func zipped() (runs []results.Run, planned []grid.Planned) {
	for i, rank := range []int{4, 8, 16} {
		r := testRun("lora", 1, rank, 0)
		r.ID, r.Cell, r.Alpha = string(rune('a'+i)), string(rune('A'+i)), float64(2*rank)
		runs = append(runs, r)
		planned = append(planned, grid.Planned{ID: r.ID,
			Axes: axes("rank", results.FormatFloat(float64(rank)), "alpha", results.FormatFloat(r.Alpha))})
	}
	return runs, planned
}

// TestAxesMovingWithRankMakeOneArm: an alpha that is zipped with rank does not split the arm,
// and theory, which assumes a constant alpha, predicts nothing.
func TestAxesMovingWithRankMakeOneArm(t *testing.T) {
	runs, planned := zipped()
	in, _, out := Split(grid.Grid{Runs: planned}, append(runs, results.Run{ID: "elsewhere"}))
	if len(in) != 3 || len(out) != 1 {
		t.Fatalf("%d in the grid, %d not; want 3 and 1", len(in), len(out))
	}
	arms := Arms(in)
	if len(arms) != 1 || len(arms[0].Cells) != 3 {
		t.Fatalf("%d arms, want one of three ranks", len(arms))
	}
	e, err := arms[0].Exponent(metrics.GradNormOnset)
	if err != nil || !math.IsNaN(e.Predicted) {
		t.Errorf("predicted %v, %v; want nothing", e.Predicted, err)
	}
	if len(arms[0].Warnings) != 1 || arms[0].Warnings[0] != "no prediction of theory: alpha depends on rank" {
		t.Errorf("warnings %q", arms[0].Warnings)
	}
}

// TestGridPlacesRunsOfEarlierGrids: a run that was made for a grid with fewer axes joins the
// arm of the runs that were made later.
func TestGridPlacesRunsOfEarlierGrids(t *testing.T) {
	early, late := testRun("lora", 1, 4, 0), testRun("lora", 1, 8, 0)
	early.ID, late.ID = "early", "late"
	late.Axes = append(late.Axes, axes("batch", "4")...)
	in, _, _ := Split(grid.Grid{Runs: []grid.Planned{
		{ID: "early", Axes: axes("rank", "4", "batch", "4")},
		{ID: "late", Axes: axes("rank", "8", "batch", "4")},
	}}, []results.Run{early, late})
	if arms := Arms(in); len(arms) != 1 {
		t.Errorf("%d arms, want one", len(arms))
	}
}

// TestClippedRunsArePredictedAtOnsetOnly: the onset is measured before clipping.
func TestClippedRunsArePredictedAtOnsetOnly(t *testing.T) {
	runs := testGrid()
	for i := range runs {
		runs[i].BeyondTheory = "gradients are clipped"
	}
	arm := Arms(Rows(runs))[0]
	first := metrics.DeltaWFirst
	if e, _ := arm.Exponent(first); !math.IsNaN(e.Predicted) {
		t.Errorf("after an update: predicted %g", e.Predicted)
	}
	if e, _ := arm.Exponent(metrics.GradNormOnset); math.IsNaN(e.Predicted) {
		t.Error("at onset: predicted nothing")
	}
}
