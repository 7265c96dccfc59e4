package paper

import (
	"slices"
	"strings"
	"testing"

	"ranksweep/analysis"
	"ranksweep/chart"
	"ranksweep/paper/figure"
)

// Every figure of runs that somebody chose says so in its caption and in its picture, and shows no other runs.
func TestFiguresOfChosenRuns(t *testing.T) {
	rows := analysis.Rows(sweep())
	chosen, err := chart.Choose("rank < 100 and seed < 2", rows)
	if err != nil {
		t.Fatal(err)
	}
	drawn := 0
	for _, name := range FigureNames() {
		figures, err := Figures(view(sweep()).Chosen(chosen), name)
		if err != nil {
			continue // these runs have nothing to show in it
		}
		drawn++
		f := figures[0]
		if want := "Shown are 8 of 18 runs, those with rank < 100 and seed < 2."; !strings.Contains(f.Caption, want) {
			t.Errorf("%s: the caption does not say %q: %s", name, want, f.Caption)
		}
		if !slices.ContainsFunc(f.Legend, func(e figure.Entry) bool { return e.Text == "chosen: 8 of 18 runs" }) {
			t.Errorf("%s: the legend does not say which runs are shown: %v", name, f.Legend)
		}
		for _, p := range f.Panels {
			for _, s := range p.Series {
				for _, q := range s.Points {
					if p.X.Label == "rank r" && q.X > 100 {
						t.Errorf("%s: a point at rank %g is shown", name, q.X)
					}
				}
			}
		}
	}
	if drawn < 5 {
		t.Errorf("only %d figures were drawn", drawn)
	}
}

// A figure of this program takes the title, the width and the name that it is asked to have.
func TestRestyledFigures(t *testing.T) {
	figures, err := Figures(view(sweep()), "loss")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		by    chart.Spec
		name  string
		width float64
	}{
		{chart.Spec{}, "loss", 0},
		{chart.Spec{Width: 234}, "loss", 234},
		{chart.Spec{Title: "Why", Where: "rank < 9"}, "loss-chosen", chart.UsualWidth},
		{chart.Spec{Name: "mine"}, "mine", 0},
	} {
		got, err := Restyled(figures, c.by)
		if err != nil || got[0].Name != c.name || got[0].Width.Points() != c.width || got[0].Title != c.by.Title {
			t.Errorf("%+v: got %q, %v wide, title %q, %v", c.by, got[0].Name, got[0].Width, got[0].Title, err)
		}
	}
	if _, err := Restyled(figures, chart.Spec{Name: "onset"}); err == nil {
		t.Error("a figure takes the name of another one")
	}
}
