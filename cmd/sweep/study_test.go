package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ranksweep/analysis"
	"ranksweep/results"
)

// A view prints the same of a store and, once the store is gone, of its study's files.
func TestTablesOfAStudy(t *testing.T) {
	t.Parallel()
	_, store, _ := tunedStore(t)
	h, err := stored(newExport(), store)
	check(t, err)
	s, err := h.study(store)
	check(t, err)
	if s.About.Experiment != "tuned" || !strings.HasPrefix(s.About.YAML, "name: tuned\n") {
		t.Errorf("about %+v", s.About)
	}
	dir := t.TempDir()
	check(t, results.WriteStudy(dir, s, nil))
	check(t, os.RemoveAll(store))

	s, err = results.ReadStudy(dir)
	check(t, err)
	runs, choices, left := analysis.Split(s.Grid, s.Runs)
	if len(runs) != 4 || len(choices) != 2 || len(left) != 0 {
		t.Errorf("%d runs, %d tuned cells, %d left", len(runs), len(choices), len(left))
	}
	var want, got bytes.Buffer
	check(t, showTables(&want, h, t.TempDir(), layout{}))
	read := holdings{runs: runs, choices: choices, coverage: results.CoverageOf(s.Grid, s.Runs, nil)}
	check(t, showTables(&got, read, t.TempDir(), layout{}))
	if got.String() != want.String() || want.Len() == 0 {
		t.Errorf("of the study\n%s\nof the store\n%s", &got, &want)
	}
}

func TestStudyOfAStoreWithoutItsExperiment(t *testing.T) {
	dir := t.TempDir()
	if _, err := (holdings{}).study(dir); err == nil || !strings.Contains(err.Error(), "experiment.yaml") {
		t.Errorf("got %v", err)
	}
	check(t, os.WriteFile(filepath.Join(dir, "experiment.yaml"), []byte("name: [\n"), 0o666))
	if _, err := (holdings{}).study(dir); err == nil || !strings.Contains(err.Error(), "experiment.yaml") {
		t.Errorf("got %v", err)
	}
}
