package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ranksweep/metrics"
	"ranksweep/results"
)

// oneRun makes a store of one run in a folder of its own, and changes into the folder.
func oneRun(t *testing.T) {
	t.Helper()
	dir := workplace(t)
	complete(t, dir, "store", "--set", "rank=2", "--set", "scaling=lora", "--set", "seed=0")
	t.Chdir(dir)
}

// alter multiplies a loss of the store's single run by a factor, updates the checksum, and
// returns the run's ID.
func alter(t *testing.T, factor float64) string {
	t.Helper()
	return rewrite(t, func(r *results.Run) { r.Curve[3].Values[metrics.TrainLoss] *= factor })
}

// rewrite changes the store's single run and returns its ID.
func rewrite(t *testing.T, change func(r *results.Run)) string {
	t.Helper()
	runs, problems := results.Open("store").Runs()
	if len(runs) != 1 || len(problems) > 0 {
		t.Fatalf("%d runs, problems %v", len(runs), problems)
	}
	change(&runs[0])
	check(t, os.RemoveAll(filepath.Join("store", "runs")))
	check(t, results.Open("store").Put(runs[0]))
	return runs[0].ID
}

// TestAdapterOfAnotherCurve: an adapter whose curve differs from the stored one is an error.
func TestAdapterOfAnotherCurve(t *testing.T) {
	oneRun(t)
	id := alter(t, 1+0x1p-40)
	var out, said bytes.Buffer
	code := run(t.Context(), []string{"export", "store", "--adapters", "out"}, &out, &said)
	if want := "run " + id +
		" has a different curve when trained again, so its adapter cannot be handed out"; code != 1 ||
		!strings.Contains(said.String(), want) {
		t.Errorf("exit status %d, want 1 and %q:\n%s", code, want, &said)
	}
	if _, err := os.Stat("out"); err == nil {
		t.Error("it was handed out all the same")
	}
}
