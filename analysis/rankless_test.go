package analysis

import (
	"math"
	"testing"

	"ranksweep/grid"
	"ranksweep/metrics"
	"ranksweep/results"
)

// fullRun is a run that trained the weights themselves.
func fullRun(seed uint64) results.Run {
	r := testRun("full", 0, 1, seed)
	r.ID, r.Cell, r.TwinID, r.Rank, r.Alpha, r.Gamma = r.ID+"-full", "full", "full", 0, 1, 1
	r.Axes = axes("rank", "0", "scaling", "full", "seed", r.Axes[2].Value)
	r.BeyondTheory = "method full has no rank"
	return r
}

// TestRanklessArm: an arm without ranks comes last and has neither a power of rank nor a
// prediction, and no warning about that.
func TestRanklessArm(t *testing.T) {
	arms := Arms(Rows(append([]results.Run{fullRun(1), fullRun(0)}, testGrid()...)))
	if len(arms) != 3 || arms[2].Scheme != "full" || arms[2].Ranked() || !arms[0].Ranked() {
		t.Fatalf("%d arms, the last is %s", len(arms), arms[len(arms)-1].Scheme)
	}
	a := arms[2]
	if len(a.Warnings) > 0 || len(a.Cells) != 1 || len(a.Cells[0].Runs) != 2 {
		t.Errorf("cells %v, warnings %q", a.Cells, a.Warnings)
	}
	for _, s := range metrics.Statistics {
		e, err := a.Exponent(s)
		if err == nil || !math.IsNaN(e.Value) || !math.IsNaN(e.Predicted) || e.N != 0 {
			t.Errorf("%s: %+v, %v", s.Name, e, err)
		}
		if _, err := a.VarianceExponent(s); err == nil {
			t.Errorf("%s: a variance has a power of rank", s.Name)
		}
		if _, ok := a.Regime(s); ok {
			t.Errorf("%s has a regime", s.Name)
		}
	}
	if over := a.CollapseRatio(a.Cells[0]); over.N != 0 {
		t.Errorf("over the smallest rank: %+v", over)
	}
	if e, err := RateExponent([]Arm{a}); err == nil || e.N != 0 {
		t.Errorf("best rates: %+v, %v", e, err)
	}
}

// TestRanklessLeavesWhatMovesAlone: an axis that is zipped with rank moves with it even if
// some runs have no rank, and the runs without a rank are not put into one arm by it.
func TestRanklessLeavesWhatMovesAlone(t *testing.T) {
	runs, planned := zipped()
	for i, seed := range []uint64{0, 1} {
		r := fullRun(seed)
		r.Seed, r.LR = 0, []float64{1, 2}[i]
		runs = append(runs, r)
		planned = append(planned, grid.Planned{ID: r.ID, Axes: axes("rank", "0", "alpha", "")})
	}
	in, _, _ := Split(grid.Grid{Runs: planned}, runs)
	arms := Arms(in)
	if len(arms) != 3 || len(arms[0].Cells) != 3 || len(arms[1].Cells) != 1 || len(arms[2].Cells) != 1 {
		t.Errorf("%d arms, want one of three ranks and two without", len(arms))
	}
}

// TestRanklessIsExportedWithoutSizes: p, rank, alpha and gamma are absent.
func TestRanklessIsExportedWithoutSizes(t *testing.T) {
	runs := []results.Run{fullRun(0)}
	table := cellTable(Cells(Rows(runs)))
	for i, column := range table.Columns {
		switch cell := table.Rows[0][i]; column.Name {
		case "p", "rank", "alpha", "gamma":
			if cell != "" {
				t.Errorf("%s is %q", column.Name, cell)
			}
		case "scheme":
			if cell != "full" {
				t.Errorf("scheme %q", cell)
			}
		}
	}
}
