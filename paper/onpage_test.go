package paper

import (
	"strings"
	"testing"
)

// Of more arms than a page has room for, the first are drawn. The caption says so, and the data have all of them.
func TestFigureOfManyArms(t *testing.T) {
	many := fake{schemes: []string{"lora", "rslora"}, ranks: []int{4, 16, 64}, seeds: 2, steps: 4}
	for i := range 30 {
		many.rates = append(many.rates, float64(i+1)*1e-5)
	}
	v := view(many.runs())
	figures, err := Figures(v)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range figures {
		if isLarge(f) {
			t.Errorf("%s: %d panels, %d lines of legend", f.Name, len(f.Panels), len(f.Legend))
		}
		if said := strings.Contains(f.Caption, " of 60 arms: a page has no room"); said != (f.Whole != nil) {
			t.Errorf("%s: %d panels of data, and the caption says %s", f.Name, len(f.Whole), f.Caption)
		}
	}
	f := figureOf(t, "loss", v)
	if len(f.Panels) != 24 || len(f.Whole) != 60 {
		t.Errorf("%d panels are drawn, %d are in the data", len(f.Panels), len(f.Whole))
	}
	titles := make(map[string]bool)
	for _, r := range figureTable(f).Rows {
		titles[r.Entries[0].Text] = true
	}
	if len(titles) != 60 {
		t.Errorf("the data have %d panels", len(titles))
	}
}

// A figure of best rates shows all rates of the arms that it draws.
func TestFigureOfManyRateGroups(t *testing.T) {
	v := view(manyAxes(5))
	for _, n := range []int{1, 3} {
		some := v.firstGroups(n)
		groups, _ := some.byRate()
		if all, _ := v.byRate(); len(groups) != n || len(groups[0]) != len(all[0]) {
			t.Errorf("%d groups, want %d", len(groups), n)
		}
	}
}
