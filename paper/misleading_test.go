package paper

import (
	"math"
	"slices"
	"strings"
	"testing"

	"ranksweep/analysis"
	"ranksweep/grid"
	"ranksweep/metrics"
	"ranksweep/paper/figure"
	"ranksweep/results"
)

// A curve of few measured steps is shown from its first one on, however far that lies above the
// others: cut, its lines would enter the panel near its end.
func TestTransientOfFewStepsIsShown(t *testing.T) {
	curve := func(steps, every int) (points []figure.Point) {
		for x := 0; x <= steps; x += every {
			y := 4 - 0.001*float64(x)
			if x == 0 {
				y = 10
			}
			points = append(points, figure.Bare(float64(x), y))
		}
		return points
	}
	for _, c := range []struct {
		steps, every int
		cut          bool
	}{{8, 8, false}, {60, 20, false}, {80, 20, false}, {100, 20, true}, {200, 5, true}} {
		if _, cut := withoutTransient(curve(c.steps, c.every)); cut != c.cut {
			t.Errorf("%d steps, measured every %d: cut %t, want %t", c.steps, c.every, cut, c.cut)
		}
	}
}

// twoModels are runs of LoRA on one model, and of rsLoRA on another. A token of the one has two bytes, and one of the
// other four.
func twoModels() []results.Run {
	runs := fake{schemes: []string{"lora", "rslora"}, ranks: []int{4, 64}, seeds: 2, steps: 4}.runs()
	for i := range runs {
		r := &runs[i]
		r.FactoredFlops, r.Flops, r.Bytes = float64(r.Rank)*1e9, float64(r.Rank)*1e9, int64(r.Rank)<<20
		r.Provenance.ModelHash = "a"
		model, bytes := "/here/models/small", 2.0
		if r.Scheme == "rslora" {
			r.Provenance.ModelHash, model, bytes = "b", "/here/models/large", 4
		}
		for k := range r.Curve {
			v := &r.Curve[k].Values
			v[metrics.BitsPerByte] = v[metrics.ValLoss] / math.Ln2 / bytes
		}
		r.Axes = append(r.Axes, grid.Coordinate{Name: "model", Value: model})
	}
	return runs
}

// No frontier joins runs of two models, whose losses are per token of two tokenizers.
func TestFrontierOfEachModel(t *testing.T) {
	f := figureOf(t, "frontier", view(twoModels()))
	for _, p := range f.Panels {
		wide := slices.DeleteFunc(slices.Clone(p.Series), func(s figure.Series) bool { return s.Glyph != nil })
		if len(wide) != 2 || len(wide[0].Points) == 0 || len(wide[1].Points) == 0 {
			t.Errorf("%s: frontiers %v, want one for each model", p.Title, wide)
		}
	}
}

// Losses a token of two models share no axis and no column of differences: these are by bits per byte, or absent.
func TestTwoModelsAreComparedByBytes(t *testing.T) {
	runs := twoModels()
	for _, name := range []string{"loss", "frontier", "differences"} {
		for _, p := range figureOf(t, name, view(runs)).Panels {
			if name != "differences" && !strings.Contains(p.Y.Label, "bits/byte") {
				t.Errorf("%s: axis %q, want bits/byte", name, p.Y.Label)
			}
		}
	}
	tables, err := Tables(view(runs))
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range tables {
		for _, c := range table.Columns {
			if c.Head == "difference (nats/token)" {
				t.Errorf("table %s: column %q", table.Name, c.Head)
			}
		}
	}
	if !strings.Contains(tables[0].Caption, "compared by bits per byte") {
		t.Errorf("the summary says %q", tables[0].Caption)
	}
	for i := range runs {
		for k := range runs[i].Curve {
			runs[i].Curve[k].Values[metrics.BitsPerByte] = math.NaN()
		}
	}
	for _, name := range []string{"loss", "frontier", "differences"} {
		if _, err := Figures(view(runs), name); err == nil {
			t.Errorf("figure %s is drawn of losses that share no unit", name)
		}
	}
	tables, err = Tables(view(runs))
	if err != nil || !strings.Contains(tables[0].Caption, "8 of 8 runs have none, as their records lack the number") {
		t.Errorf("the summary says %q, %v", tables[0].Caption, err)
	}
}

// A figure in which no run has a value is not drawn, and asked for, it is an error.
func TestFiguresWithoutValues(t *testing.T) {
	runs := twoModels()
	for i := range runs {
		runs[i].Status, runs[i].Curve = results.Failed, nil
	}
	v := view(runs)
	for _, name := range FigureNames() {
		if f, err := Figures(v, name); err == nil {
			t.Errorf("figure %s of failed runs: %v", name, f)
		}
	}
	if all, err := Figures(v); err != nil || len(all) > 0 {
		t.Errorf("%d figures of failed runs (%v)", len(all), err)
	}
}

// Marks stand at their rank, on the fitted line.
func TestMarksStandOnTheirFit(t *testing.T) {
	v := view(fake{
		schemes: []string{"lora", "rslora", "constant", "p=0.75"}, ranks: []int{4, 64}, seeds: 3, steps: 2,
	}.runs())
	for _, s := range figureOf(t, "onset", v).Panels[0].Series {
		if s.Aside != 0 {
			t.Errorf("a series stands %v beside its ranks", s.Aside)
		}
	}
}

// Shades mean ranks in every figure: arms of one scheme differ in something else.
func TestShadesMeanRanks(t *testing.T) {
	rates := []float64{1e-4, 2e-4}
	for _, schemes := range [][]string{{"lora"}, {"lora", "rslora"}} {
		v := view(fake{schemes: schemes, ranks: []int{4, 64}, seeds: 2, steps: 4, rates: rates}.runs())
		middle := []figure.Family{figure.Copper, figure.BlueGreen, figure.Grey}
		for i, a := range v.arms {
			if !slices.ContainsFunc(middle, func(f figure.Family) bool { return f.Shade(0, 1) == v.colors[i] }) {
				t.Errorf("%s, arm %d: colour %v is no middle shade", a.Scheme, i, v.colors[i])
			}
			for j := range i {
				one, other := v.armSeries(i), v.armSeries(j)
				if one.Color == other.Color && slices.Equal(one.Dashes, other.Dashes) {
					t.Errorf("%v: lines of arms %d and %d look the same", schemes, i, j)
				}
			}
		}
	}
}

// Paths are as short as tells them apart, in every label.
func TestPathsAreShortened(t *testing.T) {
	for _, c := range []struct{ paths, want string }{
		{"/here/models/small base", "small base"}, {"/a/x/m /b/x/m", "a/x/m b/x/m"}, {"/m m", "/m m"},
		{"m.gguf", "m.gguf"},
	} {
		var arms []analysis.Arm
		for path := range strings.FieldsSeq(c.paths) {
			arms = append(arms, analysis.Arm{Axes: []grid.Coordinate{{Name: "model", Value: path}}})
		}
		short := shortPaths(arms, "model")
		var got []string
		for path := range strings.FieldsSeq(c.paths) {
			got = append(got, short[path])
		}
		if text := strings.Join(got, " "); text != c.want {
			t.Errorf("%s: got %s, want %s", c.paths, text, c.want)
		}
	}
	for _, f := range []string{"loss", "frontier", "onset"} {
		for _, e := range figureOf(t, f, view(twoModels())).Legend {
			if strings.Contains(e.Text, "/here") {
				t.Errorf("figure %s: legend %q", f, e.Text)
			}
		}
	}
}

// Values of an axis are written as learning rates are. For programs they stay as they are stored.
func TestAxesAreWrittenAlike(t *testing.T) {
	var runs []results.Run
	for _, alpha := range []string{"1", "1e+06"} {
		for _, r := range (fake{schemes: []string{"lora"}, ranks: []int{4, 8}, seeds: 1, steps: 2}).runs() {
			r.ID, r.Cell = r.ID+alpha, r.Cell+alpha
			r.Axes = append(r.Axes, grid.Coordinate{Name: "alpha", Value: alpha})
			runs = append(runs, r)
		}
	}
	v := view(runs)
	if len(v.differing) != 1 || !slices.Equal(v.differing[0].texts, []string{"1", "1e6"}) ||
		!slices.Equal(v.differing[0].values, []string{"1", "1e+06"}) {
		t.Errorf("%+v", v.differing)
	}
	if !slices.Equal(v.labels, []string{"LoRA, alpha 1", "LoRA, alpha 1e6"}) {
		t.Errorf("%q", v.labels)
	}
}

// The learning rates of one table are written in one way.
func TestRatesAreWrittenAlike(t *testing.T) {
	v := view(fake{schemes: []string{"lora"}, ranks: []int{4, 8}, seeds: 2, steps: 4,
		rates: []float64{1e-4, 1e-3}}.runs())
	var got []string
	for _, x := range v.differing {
		if x.name == learningRate {
			got = append(got, x.values...)
		}
	}
	if !slices.Equal(got, []string{"1e-4", "1e-3"}) {
		t.Errorf("rates %q", got)
	}
}
