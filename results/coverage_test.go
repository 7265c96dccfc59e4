package results

import (
	"strconv"
	"testing"

	"ranksweep/grid"
)

func TestCoverage(t *testing.T) {
	planned := func(from, to int) (all []grid.Planned) {
		for i := from; i < to; i++ {
			all = append(all, grid.Planned{ID: strconv.Itoa(i)})
		}
		return all
	}
	runs := func(n int) (all []Run) {
		for i := range n {
			all = append(all, Run{ID: strconv.Itoa(i)})
		}
		return all
	}
	reported := append(planned(12, 38), grid.Planned{}, grid.Planned{}) // two have yet to be chosen
	tunes := grid.Grid{Tuning: planned(0, 12), Runs: reported}
	for _, c := range []struct {
		g     grid.Grid
		there []Run
		newer int
		want  string
	}{
		{grid.Grid{Runs: planned(0, 40)}, runs(40), 0, ""},
		{grid.Grid{Runs: planned(0, 40)}, runs(50), 0, ""},
		{grid.Grid{Runs: planned(0, 40)}, runs(24), 0, "partial: 24 of 40 runs of the grid"},
		{grid.Grid{Runs: planned(0, 40)}, runs(39), 1,
			"partial: 39 of 40 runs of the grid; a newer program wrote 1 more, left out here"},
		{tunes, runs(10), 0, "partial: 10 of 40 runs of the grid, 10 of 12 that tune and 0 of 28 that are reported"},
		{tunes, runs(38), 0, "partial: 38 of 40 runs of the grid, 12 of 12 that tune and 26 of 28 that are reported"},
		{grid.Grid{}, runs(24), 0, "plan unknown: grid.csv is missing, so that nobody can tell which runs are; all " +
			"that are there are shown"},
	} {
		got := CoverageOf(c.g, c.there, make([]*NewerError, c.newer))
		if got.String() != c.want || got.Whole() != (c.want == "") {
			t.Errorf("%d of %d runs: %q, want %q", len(c.there), c.g.Len(), got, c.want)
		}
	}
}
