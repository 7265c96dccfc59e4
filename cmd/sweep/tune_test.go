package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"ranksweep/grid"
	"ranksweep/results"
)

// tunedStore runs a small tuned experiment. It returns its workplace, its store and the grid
// of the store.
func tunedStore(t *testing.T) (dir, store string, grid grid.Grid) {
	t.Helper()
	dir = workplace(t)
	check(t, os.WriteFile(filepath.Join(dir, "tuned.yaml"), []byte(`name: tuned
model: model
data: {source: sums.jsonl, validation: 6}
train: {batch: 4, context: 32, steps: 3}
grid: {rank: [2, 4], seed: [0, 1]}
nuisance: {lr: [1e-4, 1e-3]}
tune: {seed: [7, 8]}
`), 0o666))
	if _, text := sweepIn(t, dir, "run", "tuned.yaml"); strings.Contains(text, "sweep: ") {
		t.Fatal(text)
	}
	store = filepath.Join(dir, "runs", "tuned")
	grid, err := results.ReadGrid(store)
	check(t, err)
	return dir, store, grid
}

// sweepIn runs the command in a folder, whatever its exit status.
func sweepIn(t *testing.T, dir string, args ...string) (stdout, stderr string) {
	t.Helper()
	var out, diagnosis bytes.Buffer
	c := exec.Command("sweep", args...)
	c.Dir, c.Stdout, c.Stderr = dir, &out, &diagnosis
	c.Run() // the caller looks at its output
	return out.String(), diagnosis.String()
}

// TestIncompleteTuning: missing tuning runs are counted, are shown in the table, and are
// trained again, to the same store.
func TestIncompleteTuning(t *testing.T) {
	t.Parallel()
	dir, store, grid := tunedStore(t)
	first, _ := sweepIn(t, dir, "table", "runs/tuned")

	check(t, os.RemoveAll(filepath.Join(store, "runs", grid.Tuning[0].ID)))
	if out, _ := sweepIn(t, dir, "status", "runs/tuned"); !strings.Contains(out, "missing   1\n") {
		t.Errorf("status without a run of the tuning:\n%s", out)
	}
	out, diagnosis := sweepIn(t, dir, "table", "runs/tuned", "--all")
	const partial = "partial: 11 of 12 runs of the grid, 7 of 8 that tune and 4 of 4 that are reported; "
	if !strings.Contains(out, "missing runs: 1, so nothing is chosen yet") ||
		!strings.Contains(diagnosis, partial) || strings.Count(out, "  chosen  ") != 1 {
		t.Errorf("table without a run of the tuning:\n%s%s", out, diagnosis)
	}

	for _, p := range grid.Runs {
		check(t, os.RemoveAll(filepath.Join(store, "runs", p.ID)))
	}
	if _, diagnosis = sweepIn(t, dir, "table", "runs/tuned"); !strings.Contains(diagnosis,
		"holds only runs that tune, 7 of 8: ") {
		t.Errorf("table without a reported run: %s", diagnosis)
	}
	if again, diagnosis := sweepIn(t, dir, "run", "tuned.yaml"); again != first {
		t.Errorf("mended, the tables are\n%s\nand were\n%s\n%s", again, first, diagnosis)
	}
}

// TestAdaptersOfTunedRuns: reported runs hand out their adapters, tuning runs do not.
func TestAdaptersOfTunedRuns(t *testing.T) {
	t.Parallel()
	dir, store, grid := tunedStore(t)
	check(t, os.RemoveAll(store))
	sweepIn(t, dir, "run", "tuned.yaml", "--adapters", "adapters")
	entries, err := os.ReadDir(filepath.Join(dir, "adapters"))
	check(t, err)
	if len(entries) != len(grid.Runs) {
		t.Errorf("%d adapters, want %d", len(entries), len(grid.Runs))
	}
	for _, p := range grid.Runs {
		if !adapters(filepath.Join(dir, "adapters")).has(p.ID) {
			t.Errorf("run %s has no adapter", p.ID)
		}
	}
}
