package results

import (
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"ranksweep/grid"
	"ranksweep/metrics"
	"ranksweep/results/parquetfile"
)

// exportPython returns a Python with pyarrow, pandas and tensorboard: the one that RANKSWEEP_EXPORT_PYTHON
// names, which must have them, or else the one on the path. The test is skipped if that lacks them.
func exportPython(t *testing.T) string {
	t.Helper()
	name, asked := os.LookupEnv("RANKSWEEP_EXPORT_PYTHON")
	if !asked {
		name = "python3"
	}
	out, err := exec.Command(name, "-c", "import pandas, pyarrow, tensorboard").CombinedOutput()
	if err != nil && asked {
		t.Fatalf("RANKSWEEP_EXPORT_PYTHON=%s lacks pandas, pyarrow or tensorboard: %v\n%s", name, err, out)
	}
	if err != nil {
		t.Skip("skipped: python3 lacks pandas, pyarrow or tensorboard; set RANKSWEEP_EXPORT_PYTHON to one that has " +
			"them, see CONTRIBUTING.md")
	}
	return name
}

// hardRuns have what is hard in tables: texts that look like formulas, absent and infinite values, the
// largest seed, a run that diverged, one that failed, a column that others lack.
func hardRuns() []Run {
	runs := append(testGrid(), nasty(), Run{ID: "bare", Status: Failed, Reason: "=cmd|calc!A1"})
	runs[0].Status, runs[0].Reason = Diverged, "loss is Inf at step 2"
	runs[0].Curve[1].Values[metrics.TrainLoss] = math.Inf(1)
	runs[1].Curve[1].Values[metrics.GradNormM] = 3
	runs[2].Config = json.RawMessage(`{"more":{"depth":3,"name":"-x","zero":"007"},"lr":1e-3}`)
	module := metrics.Point{Step: 1, Tokens: metrics.TokensUnknown, Module: "=x", Values: metrics.NoValues()}
	runs[3].Timing.Peak = 1 << 40
	runs[2].Modules = []metrics.Point{module}
	return runs
}

// pyarrow reads the same values from Parquet that CSV has.
func TestParquetInPython(t *testing.T) { compareInPython(t, Parquet, "parquet.py") }

// TensorBoard reads the same values from event files, as float32.
func TestEventsInPython(t *testing.T) { compareInPython(t, TensorBoard, "events.py") }

// compareInPython exports hard runs as CSV and in another form, and has a Python program compare the two.
func compareInPython(t *testing.T, f Form, program string) {
	t.Helper()
	python, dir, runs := exportPython(t), t.TempDir(), hardRuns()
	var g grid.Grid
	for _, r := range runs {
		g.Runs = append(g.Runs, grid.Planned{ID: r.ID, Axes: r.Axes})
	}
	g.Runs = append(g.Runs, grid.Planned{ID: "missing"})
	g.Tuning, g.Runs = g.Runs[:1], g.Runs[1:]
	o, _, _ := fill(t, Open(t.TempDir()), runs).Outlines(g, newRest(t))
	for _, f := range []Form{CSV, f} {
		if _, err := o.Write(dir, f, g, nil); err != nil {
			t.Fatal(err)
		}
	}
	out, err := exec.Command(python, filepath.Join("testdata", program), dir).CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// The columns of all tables have the types that their cells are of.
func TestColumnKinds(t *testing.T) {
	for _, want := range []struct {
		file, column string
		kind         parquetfile.Kind
	}{
		{RunsTable, "run", parquetfile.Text}, {RunsTable, "seed", parquetfile.Unsigned},
		{RunsTable, "place", parquetfile.Whole}, {RunsTable, "rank", parquetfile.Whole},
		{RunsTable, "lr", parquetfile.Number}, {RunsTable, "p", parquetfile.Number},
		{RunsTable, "zero_a", parquetfile.Truth}, {RunsTable, "started", parquetfile.Time},
		{RunsTable, "numerics", parquetfile.Whole}, {RunsTable, "bytes", parquetfile.Whole},
		{RunsTable, "axes", parquetfile.Text}, {RunsTable, "config.PATH", parquetfile.Text},
		{RunsTable, "stable_rank_final", parquetfile.Number}, {RunsTable, "val_loss", parquetfile.Number},
		{curvesTable, "step", parquetfile.Whole}, {curvesTable, "tokens", parquetfile.Whole},
		{curvesTable, "stable_rank", parquetfile.Number}, {modulesTable, "module", parquetfile.Text},
		{validationTable, "batch", parquetfile.Whole}, {validationTable, "scored", parquetfile.Whole},
		{validationTable, "nats", parquetfile.Number},
	} {
		found := false
		for _, c := range Columns() {
			if c.File == want.file && c.Name == want.column {
				if found = true; c.kind() != want.kind {
					t.Errorf("%s of %s is of kind %d, want %d", want.column, want.file, c.kind(), want.kind)
				}
			}
		}
		if !found {
			t.Errorf("%s has no column %s", want.file, want.column)
		}
	}
	if kind := (Column{"batch", "", "value on an axis"}).kind(); kind != parquetfile.Text {
		t.Errorf("an axis is of kind %d", kind)
	}
}
