package paper

import (
	"slices"
	"strings"
	"testing"

	"ranksweep/analysis"
	"ranksweep/grid"
	"ranksweep/paper/figure"
	"ranksweep/paper/table"
	"ranksweep/results"
)

// fullRuns are runs that trained the weights themselves, at one rate or several.
func fullRuns(rates ...float64) []results.Run {
	runs := fake{schemes: []string{"full"}, ranks: []int{1}, seeds: 3, steps: 20, rates: rates}.runs()
	for i := range runs {
		r := &runs[i]
		r.Rank, r.Alpha, r.Gamma, r.Axes[0].Value = 0, 1, 1, "0"
	}
	return runs
}

// withMethod gives runs the axis method.
func withMethod(runs []results.Run, method string) []results.Run {
	for i := range runs {
		runs[i].Axes = append(runs[i].Axes, grid.Coordinate{Name: "method", Value: method})
		runs[i].Flops, runs[i].FactoredFlops, runs[i].Bytes = 1e12, 1e12, 1e6
	}
	return runs
}

func tableNamed(t *testing.T, tables []table.Table, name string) table.Table {
	t.Helper()
	i := slices.IndexFunc(tables, func(t table.Table) bool { return t.Name == name })
	if i < 0 {
		t.Fatalf("no table %s", name)
	}
	return tables[i]
}

// TestRanklessInTables: full fine-tuning is a row of the summary without rank, gamma and a
// relative norm. It has no power of rank, and is compared with nothing, even if it is the
// first of the grid.
func TestRanklessInTables(t *testing.T) {
	lora, full := analysis.Rows(withMethod(sweep(), "lora")), analysis.Rows(withMethod(fullRuns(), "full"))
	for i := range lora {
		lora[i].Setting.Place = i + 10
	}
	v := NewView(slices.Concat(lora, full), nil, results.Coverage{})
	tables, err := Tables(v)
	if err != nil {
		t.Fatal(err)
	}
	_, rows := tableNamed(t, tables, "summary").Texts()
	last := rows[len(rows)-1]
	if len(rows) != 7 || strings.Join(last[:3], " ") != "full fine-tuning - -" || last[4] != "" {
		t.Errorf("summary: %q", last)
	}
	for _, name := range []string{"exponents", "comparisons"} {
		of := tableNamed(t, tables, name)
		for _, r := range of.Rows {
			for _, e := range r.Entries {
				if strings.Contains(e.Text, "full") {
					t.Errorf("%s: a row of %s", name, e.Text)
				}
			}
		}
	}
	if rows := len(tableNamed(t, tables, "comparisons").Rows); rows != 3+4 {
		t.Errorf("%d comparisons, want 3 of schemes and 4 of ranks", rows)
	}
	if labels := v.labels; strings.Join(labels, "; ") != "LoRA; rsLoRA; full fine-tuning" {
		t.Errorf("labels %q", labels)
	}
}

// TestMethodTellsArmsApart if the scheme does not.
func TestMethodTellsArmsApart(t *testing.T) {
	other := withMethod(sweep(), "other")
	for i := range other {
		other[i].ID, other[i].Cell = "other-"+other[i].ID, "other-"+other[i].Cell
	}
	labels := view(append(withMethod(sweep(), "lora"), other...)).labels
	want := "LoRA, method lora; LoRA, method other; rsLoRA, method lora; rsLoRA, method other"
	if strings.Join(labels, "; ") != want {
		t.Errorf("labels %q, want %q", labels, want)
	}
}

// TestRanklessInFigures: every figure can be drawn of both methods and of full fine-tuning
// alone, which is no line in figures against rank.
func TestRanklessInFigures(t *testing.T) {
	for name, runs := range map[string][]results.Run{
		"both":  slices.Concat(withMethod(sweep(), "lora"), withMethod(fullRuns(), "full")),
		"alone": withMethod(fullRuns(1e-4, 1e-3, 1e-2), "full"),
	} {
		figures, err := Figures(view(runs))
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, f := range figures {
			names = append(names, f.Name)
			if _, err := f.Encode(figure.SVG); err != nil {
				t.Errorf("%s, %s: %v", name, f.Name, err)
			}
			if f.Name != "onset" && f.Name != "differences" {
				continue
			}
			for _, e := range f.Legend {
				if strings.Contains(e.Text, "full") {
					t.Errorf("%s, %s: the legend has %s", name, f.Name, e.Text)
				}
			}
		}
		want := "loss gradient-norm onset frontier differences"
		if name == "alone" {
			want = "loss gradient-norm frontier learning-rate"
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s: figures %s, want %s", name, got, want)
		}
		if _, err := Tables(view(runs)); err != nil {
			t.Error(err)
		}
	}
}

func TestCheckLeavesRanklessOut(t *testing.T) {
	check, err := NewCheck(view(slices.Concat(withMethod(sweep(), "lora"), withMethod(fullRuns(), "full"))))
	if err != nil || len(check.Tables[0].Rows) != 2 {
		t.Errorf("%d rows, %v", len(check.Tables[0].Rows), err)
	}
	if _, err := NewCheck(view(fullRuns())); err == nil || !strings.Contains(err.Error(), "no run has a rank") {
		t.Errorf("error %v", err)
	}
}
