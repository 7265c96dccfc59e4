package results

import (
	"math"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"ranksweep/grid"
	"ranksweep/metrics"
)

// TestGridReadsBack: ReadGrid reads what Write wrote.
func TestGridReadsBack(t *testing.T) {
	dir := t.TempDir()
	if got, err := ReadGrid(dir); got.Len() != 0 || err != nil {
		t.Errorf("no grid: %v, %v", got, err)
	}
	runs := []grid.Planned{{ID: "a", Axes: axes("rank", "4", "targets", `q_proj,"x"`)},
		{ID: "b", Axes: axes("rank", "8", "targets", "mlp")}}
	for name, want := range map[string]grid.Grid{
		"runs alone": {Runs: runs},
		"tuning":     {Runs: runs[:1], Tuning: runs[1:], Nuisance: []string{"targets"}},
		"local":      {Runs: runs[:1], Tuning: runs[1:], Nuisance: []string{"rank"}, Local: true},
		"not chosen": {Runs: []grid.Planned{{ID: "", Axes: axes("rank", "4", "targets", "")}}, Tuning: runs,
			Nuisance: []string{"targets"}},
	} {
		if err := WriteGrid(want, dir); err != nil {
			t.Fatal(err)
		}
		if got, err := ReadGrid(dir); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: read back %v, %v, want %v", name, got, err, want)
		}
	}
	if err := WriteGrid(grid.Grid{Runs: runs}, filepath.Join(dir, gridFile)); err == nil {
		t.Error("a grid is written into a file that is no folder")
	}
}

// TestGridKnowsLocalAxes: a file of an earlier program has no local axes.
func TestGridKnowsLocalAxes(t *testing.T) {
	planned := []grid.Planned{{ID: "a", Axes: axes("rank", "4", "lr", "0.1")}}
	for text, want := range map[string]grid.Grid{
		"run,phase,rank,nuisance.lr\na,tuning,4,0.1\n": {Tuning: planned, Nuisance: []string{"lr"}},
		"run,phase,rank,local.lr\na,reported,4,0.1\n":  {Runs: planned, Nuisance: []string{"lr"}, Local: true},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, gridFile), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		if got, err := ReadGrid(dir); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q: read %v, %v, want %v", text, got, err, want)
		}
	}
}

// zipped makes an arm in which alpha doubles with rank.
func zipped() (runs []Run, planned []grid.Planned) {
	for i, rank := range []int{4, 8, 16} {
		r := testRun("lora", 1, rank, 0)
		r.ID, r.Cell, r.Alpha = string(rune('a'+i)), string(rune('A'+i)), float64(2*rank)
		runs = append(runs, r)
		planned = append(planned, grid.Planned{ID: r.ID,
			Axes: axes("rank", formatFloat(float64(rank)), "alpha", formatFloat(r.Alpha))})
	}
	return runs, planned
}

// TestAxesMovingWithRankMakeOneArm: an alpha that is zipped with rank does not split the arm,
// and theory, which assumes a constant alpha, predicts nothing.
func TestAxesMovingWithRankMakeOneArm(t *testing.T) {
	runs, planned := zipped()
	in, _, out := Split(grid.Grid{Runs: planned}, append(runs, Run{ID: "elsewhere"}))
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
	}}, []Run{early, late})
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
