package paper

import (
	"math"
	"strings"
	"testing"

	"ranksweep/paper/figure"
	"ranksweep/results"
)

// The first panel compares schemes with the first one, the second compares each rank with the
// smallest, both in percent.
func TestDifferencesFigure(t *testing.T) {
	runs := losing(5, func(r *results.Run) float64 {
		if r.Scheme == "rslora" {
			return -0.02*float64(r.Rank) + noise(r)
		}
		return noise(r)
	})
	f, ok := differencesFigure(view(runs))
	if !ok || len(f.Panels) != 2 || len(f.Legend) != 2 {
		t.Fatalf("%d panels, %d in the legend, %t", len(f.Panels), len(f.Legend), ok)
	}
	schemes, ranks := f.Panels[0], f.Panels[1]
	if schemes.Title != "Against LoRA" || ranks.Title != "Against rank 4" {
		t.Errorf("titles %q and %q", schemes.Title, ranks.Title)
	}
	for _, c := range []struct {
		s    figure.Series
		want []float64
	}{{schemes.Series[1], []float64{-4, -8}}, {ranks.Series[1], []float64{0}}, {ranks.Series[2],
		[]float64{-4 * 2 / 1.92}}} {
		if len(c.s.Points) != len(c.want) {
			t.Fatalf("%d points, want %d", len(c.s.Points), len(c.want))
		}
		for i, q := range c.s.Points {
			if math.Abs(q.Y-c.want[i]) > 0.1 || !(q.Low < q.Y && q.Y < q.High) {
				t.Errorf("rank %g: %+v, want %g", q.X, q, c.want[i])
			}
		}
	}
	for _, fault := range checkLayout(f) {
		t.Error(fault)
	}
	alone := view(runs)
	alone.alone = true
	if f, _ := differencesFigure(alone); len(f.Panels) != 1 || f.Panels[0].Title != "Against rank 4" {
		t.Errorf("a claim on one scheme: %d panels, the first %q", len(f.Panels), f.Panels[0].Title)
	}
	if _, ok := differencesFigure(view(losing(1, noise))); ok {
		t.Error("a figure of differences without an interval")
	}
}

// A run that ended with a higher loss than before training is named, in tables of cells and of
// comparisons.
func TestUnlearnedRunsAreNamed(t *testing.T) {
	runs := losing(3, func(r *results.Run) float64 {
		if r.Scheme == "rslora" && r.Rank == 8 {
			return 5 + noise(r)
		}
		return noise(r)
	})
	table := summaryTable(view(runs))
	if notes := strings.Join(table.Notes, "\n"); !strings.Contains(notes, "ended with a higher validation loss than "+
		"before training: seeds 0, 1, 2") || strings.Contains(notes, "diverged") {
		t.Error(notes)
	}
	rows, _ := comparisonRows(t, view(runs))
	if notes := rows["rank 8: rsLoRA vs LoRA"]["notes"]; !strings.Contains(notes, "rsLoRA at rank 8 ended with a "+
		"higher loss than before training") {
		t.Error(notes)
	}
	if notes := rows["rank 4: rsLoRA vs LoRA"]["notes"]; strings.Contains(notes, "ended above") {
		t.Error(notes)
	}
}
