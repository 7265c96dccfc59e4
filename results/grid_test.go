package results

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"ranksweep/grid"
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
