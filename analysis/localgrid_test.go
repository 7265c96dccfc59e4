package analysis

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ranksweep/grid"
	"ranksweep/metrics"
	"ranksweep/metrics/stats"
	"ranksweep/results"
)

// localRuns makes the local grid of one cell: for each seed a parabola with the given
// lowest point, over rates a factor of 2 apart.
func localRuns(lowest ...stats.Trial) (grid.Grid, []results.Run) {
	g := grid.Grid{Nuisance: []string{"lr"}, Local: true}
	var runs []results.Run
	for seed, low := range lowest {
		for _, lr := range []float64{4e-3, 5e-4, 1e-3, 2e-3, 2.5e-4} { // in mixed order
			r := testRun("lora", 1, 4, uint64(seed))
			r.ID, r.Cell, r.LR = fmt.Sprint(lr, "-", seed), fmt.Sprint("cell-", lr), lr
			r.TwinID = r.Cell
			r.Axes = axes("rank", "4", "lr", results.FormatFloat(lr), "seed", fmt.Sprint(seed))
			d := math.Log(lr / low.Rate)
			r.Curve[2].Values[metrics.ValLoss] = low.Loss + 0.1*d*d
			g.Runs = append(g.Runs, grid.Planned{ID: r.ID, Axes: r.Axes})
			runs = append(runs, r)
		}
	}
	return g, runs
}

var testLoss = metrics.ValLossFinal

// Each seed is reported at the lowest point of its own parabola, and all seeds
// make one cell.
func TestSplitReportsTheLowestPoint(t *testing.T) {
	low := []stats.Trial{{Rate: 1.1e-3, Loss: 2}, {Rate: 0.9e-3, Loss: 2.2}, {Rate: 2.1e-3, Loss: 1.9}}
	g, runs := localRuns(low...)
	in, _, out := Split(g, append(runs, results.Run{ID: "elsewhere"}))
	if len(in) != 3 || len(out) != 1 {
		t.Fatalf("%d reported and %d left out, want 3 and 1", len(in), len(out))
	}
	best := []string{"0.001-0", "0.001-1", "0.002-2"}
	for i, r := range in {
		l := r.Local
		off := max(math.Abs(l.Value/low[i].Rate-1), math.Abs(l.Loss-low[i].Loss))
		if r.ID != best[i] || off > 1e-9 || l.Edge || l.Tried != 5 || len(l.Runs) != 5 {
			t.Errorf("seed %d: run %s, %+v", i, r.ID, *l)
		}
		if r.Setting.LR != l.Value || r.Statistic(testLoss) != l.Loss ||
			grid.ValueOf(r.Setting.Axes, "lr") != results.FormatFloat(l.Value) {
			t.Errorf("seed %d: lr %g, axes %v, loss %g; want those of %+v", i, r.Setting.LR, r.Setting.Axes,
				r.Statistic(testLoss), *l)
		}
		own, _ := metrics.StatisticNamed("val_loss_best")
		if want := own.Of(r.Curve); r.Statistic(own) != want || r.Statistic(own) == l.Loss {
			t.Errorf("seed %d: another statistic is %g, want the run's own %g", i, r.Statistic(own), want)
		}
	}
	cells := Cells(in)
	if len(cells) != 1 || len(cells[0].Runs) != 3 || len(cells[0].Warnings) > 0 {
		t.Fatalf("%d cells, want one of three seeds without warnings", len(cells))
	}
	c := cells[0]
	want := math.Cbrt(1.1e-3 * 0.9e-3 * 2.1e-3)
	least, most, ok := c.LocalRange()
	off := max(math.Abs(c.LR/want-1), math.Abs(least/0.9e-3-1), math.Abs(most/2.1e-3-1))
	if off > 1e-9 || grid.ValueOf(c.Axes, "lr") != results.FormatFloat(c.LR) || !ok {
		t.Errorf("lr %g, axes %v, from %g to %g; want %g from 9e-4 to 2.1e-3", c.LR, c.Axes, least, most, want)
	}
	if mean := c.Statistic(testLoss).Mean; math.Abs(mean-6.1/3) > 1e-9 || c.LocalEdges() != 0 {
		t.Errorf("mean %g, %d edges; want %g and none", mean, c.LocalEdges(), 6.1/3)
	}
	if _, _, ok := (Cell{Runs: Rows(runs)}).LocalRange(); ok {
		t.Error("a cell without local grids has a range")
	}
}

// The reported runs do not depend on the order of the stored ones.
func TestSplitOfLocalGridsHasNoOrder(t *testing.T) {
	g, runs := localRuns(stats.Trial{Rate: 1.1e-3, Loss: 2}, stats.Trial{Rate: 2.1e-3, Loss: 1.9})
	want, _, _ := Split(g, runs)
	slices.Reverse(runs)
	got, _, _ := Split(g, runs)
	for i := range want {
		if got[i].ID != want[i].ID || got[i].Setting.Cell != want[i].Setting.Cell ||
			got[i].Local.Loss != want[i].Local.Loss {
			t.Errorf("seed %d: %s in %s and %s in %s", i, got[i].ID, got[i].Setting.Cell, want[i].ID,
				want[i].Setting.Cell)
		}
	}
}

func TestEdgesOfLocalGrids(t *testing.T) {
	diverge := func(r *results.Run) { r.Status = results.Diverged }
	for _, test := range []struct {
		name  string
		low   float64 // where the parabola is lowest
		spoil map[string]func(*results.Run)
		value float64
		edge  bool
	}{
		{"below all", 1e-4, nil, 2.5e-4, true},
		{"above all", 9e-3, nil, 4e-3, true},
		{"inside", 9e-4, nil, 9e-4, false},
		{"beside one that diverged", 1.9e-3, map[string]func(*results.Run){"0.004-0": diverge}, 2e-3, false},
		{"the best diverged", 1e-3, map[string]func(*results.Run){"0.001-0": diverge}, 5e-4, false},
		{"the last one above where it began", 1.9e-3, map[string]func(*results.Run){
			"0.004-0": func(r *results.Run) { r.Curve[0].Values[metrics.ValLoss] = 0 },
		}, 2e-3, false},
	} {
		g, runs := localRuns(stats.Trial{Rate: test.low, Loss: 2})
		for i := range runs {
			if spoil := test.spoil[runs[i].ID]; spoil != nil {
				spoil(&runs[i])
			}
		}
		in, _, _ := Split(g, runs)
		if l := in[0].Local; math.Abs(l.Value/test.value-1) > 1e-9 || l.Edge != test.edge {
			t.Errorf("%s: %g, edge %t; want %g, %t", test.name, l.Value, l.Edge, test.value, test.edge)
		}
		if n := Cells(in)[0].LocalEdges(); (n == 1) != test.edge {
			t.Errorf("%s: %d seeds at the edge", test.name, n)
		}
	}
}

// If no run of a local grid has a loss, the run that came farthest is reported, as diverged.
func TestLocalGridThatDiverged(t *testing.T) {
	g, runs := localRuns(stats.Trial{Rate: 1e-3, Loss: 2})
	for i := range runs {
		runs[i].Status, runs[i].Steps = results.Diverged, i
	}
	in, _, _ := Split(g, runs)
	c := Cells(in)[0]
	mean := c.Statistic(testLoss).Mean
	if in[0].ID != runs[4].ID || c.Diverged() != 1 || !math.IsNaN(mean) || in[0].Local.Edge {
		t.Errorf("run %s, %d diverged, loss %g", in[0].ID, c.Diverged(), mean)
	}
}

// A seed that lacks a run has a warning; a seed that lacks all runs is absent.
func TestIncompleteLocalGrid(t *testing.T) {
	g, runs := localRuns(stats.Trial{Rate: 1e-3, Loss: 2}, stats.Trial{Rate: 1e-3, Loss: 2},
		stats.Trial{Rate: 1e-3, Loss: 2})
	runs[5].Status = results.Failed
	in, _, _ := Split(g, runs[1:10])
	var texts []string
	for _, r := range in {
		texts = append(texts, r.Setting.Warnings...)
	}
	const lacks = " lacks 1 of the 5 runs of its local grid, which are missing or failed: its best lr comes from " +
		"the other runs"
	want := "seed 0" + lacks + "; seed 1" + lacks
	if len(in) != 2 || strings.Join(texts, "; ") != want || in[1].Local.Tried != 4 {
		t.Errorf("%d reported, warnings %q", len(in), texts)
	}
}

// Local grids may look beyond the edge of the values that tuning tried, so that an edge is no
// doubt there.
func TestTuningAtTheEdgeOfLocalGrids(t *testing.T) {
	for _, local := range []bool{true, false} {
		trials := [][2]trial{{{loss: 3}, {loss: 3}}, {{loss: 1}, {loss: 1}}}
		g, runs := tuningRuns([]string{"1e-05", "0.0001"}, trials)
		g.Local = local
		runs[len(runs)-1].Curve[2].Values[metrics.ValLoss] = 1
		in, choices, _ := Split(g, runs)
		if len(in) != 1 || (len(choices[0].Doubts()) == 0) != local || (len(in[0].Setting.Warnings) == 0) != local {
			t.Errorf("local %t: doubts %q, warnings %q", local, choices[0].Doubts(), in[0].Setting.Warnings)
		}
	}
}

// All trained runs are exported, and the best run of each seed is marked.
func TestExportOfLocalGrids(t *testing.T) {
	g, runs := localRuns(stats.Trial{Rate: 1e-3, Loss: 2}, stats.Trial{Rate: 9e-3, Loss: 3})
	in, _, _ := Split(g, runs)
	if len(Trained(in)) != 10 || len(Trained(Rows(runs))) != 10 {
		t.Fatalf("%d and %d were trained, want 10", len(Trained(in)), len(Trained(Rows(runs))))
	}
	dir := t.TempDir()
	if err := export(results.OutlinesOf(runs), g, dir); err != nil {
		t.Fatal(err)
	}
	count := func(file, part string) int {
		text, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		return strings.Count(string(text), part)
	}
	for _, want := range []struct {
		file, part string
		n          int
	}{
		{"runs.csv", ",local,local_value,local_val_loss,", 1},
		{"runs.csv", ",tried,,,", 8},
		{"runs.csv", ",best,", 2},
		{"runs.csv", ",best,0.004,3.", 1}, // at the edge, where it was trained
		{"curves.csv", "\n", 1 + 10*3},
		{"cells.csv", ",val_loss,2,", 1}, // two seeds
	} {
		if n := count(want.file, want.part); n != want.n {
			t.Errorf("%s has %q %d times, want %d", want.file, want.part, n, want.n)
		}
	}
}

// A study with local grids reports the same runs after it was read back.
func TestStudyOfLocalGrids(t *testing.T) {
	g, runs := localRuns(stats.Trial{Rate: 1e-3, Loss: 2}, stats.Trial{Rate: 9e-4, Loss: 3})
	was, _, _ := Split(g, runs)
	dir := t.TempDir()
	if err := results.WriteStudy(dir, results.StudyFiles{Runs: runs, Grid: g}, LocalMarks(was)); err != nil {
		t.Fatal(err)
	}
	s, err := results.ReadStudy(dir)
	if err != nil {
		t.Fatal(err)
	}
	now, _, _ := Split(s.Grid, s.Runs)
	if len(now) != 2 || now[0].Local == nil || now[0].Local.Loss != was[0].Local.Loss ||
		now[1].Setting.LR != was[1].Setting.LR {
		t.Errorf("%d runs are reported, want 2 with their local grids", len(now))
	}
}
