package paper

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg/draw"

	"ranksweep/analysis"
	"ranksweep/chart"
	"ranksweep/metrics"
	"ranksweep/paper/figure"
	"ranksweep/results"
)

// charted is the chart of runs that options describe: "x=rank y=val_loss".
func charted(t *testing.T, runs []results.Run, options ...string) Chart {
	t.Helper()
	var spec chart.Spec
	for _, o := range options {
		name, value, _ := strings.Cut(o, "=")
		if err := spec.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
	c, err := NewChart(spec, chart.Source{Reported: analysis.Rows(runs), Modules: modulesOf})
	if err != nil {
		t.Fatalf("%v: %v", options, err)
	}
	return c
}

// modulesOf has the gradient norms of two maps in each of ten layers at the onset.
func modulesOf(string) (points []metrics.Point, err error) {
	for layer := range 10 {
		for k, name := range []string{"self_attn.q_proj", "mlp.down_proj"} {
			v := metrics.NoValues()
			v[metrics.GradNorm] = float64(layer+1) / float64(k+1)
			points = append(points, metrics.Point{Module: fmt.Sprintf("model.layers.%d.%s", layer, name), Values: v})
		}
	}
	return points, nil
}

// named replaces the schemes of runs by paths, as those of models are.
func named(runs []results.Run) []results.Run {
	for i := range runs {
		runs[i].Scheme = "/home/somebody/with/a/long/name/models/" + strings.Repeat(runs[i].Scheme, 6)
	}
	return runs
}

// Nothing overlaps, leaves the figure or is crossed, at the width of a column and of a page.
func TestChartsHaveRoom(t *testing.T) {
	ten := []int{1, 2, 4, 8, 16, 32, 64, 256, 1024, 2048}
	six := []string{"lora", "rslora", "constant", "p=0.75", "rslora@4", "p=0.25"}
	many := fake{schemes: six, ranks: ten, seeds: 2, steps: 3}
	rates := fake{schemes: six[:2], ranks: ten, seeds: 2, steps: 2,
		rates: []float64{1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3}}
	lost := many.runs()
	for i := range lost {
		diverge(&lost[i], i%3+1)
	}
	rank := []string{"x=rank", "y=val_loss", "lines=scaling"}
	curve := []string{"y=train_loss", "lines=rank", "panels=scaling"}
	heat := []string{"kind=heat", "x=lr", "y=rank", "color=val_loss", "panels=scaling"}
	upright := []string{"kind=heat", "x=scaling", "y=rank", "color=val_loss",
		"title=" + strings.Repeat("A long title. ", 20)}
	points := []string{"kind=points", "x=grad_norm_onset", "y=val_loss", "lines=scaling", "log=x"}
	depth := []string{"kind=heat", "x=layer", "y=rank", "color=grad_norm_onset", "panels=scaling"}
	for name, test := range map[string]struct {
		runs    []results.Run
		options []string
	}{
		"ranks":          {many.runs(), rank},
		"paths":          {named(many.runs()), rank},
		"panels":         {many.runs(), []string{"x=rank", "y=val_loss", "panels=scaling"}},
		"paths, panels":  {named(many.runs()), []string{"x=rank", "y=step_first", "panels=scaling", "where=rank > 4"}},
		"curves":         {many.runs(), curve},
		"box":            {many.runs(), append([]string{"kind=box"}, rank...)},
		"schemes":        {named(many.runs()), []string{"x=scaling", "y=val_loss", "lines=rank"}},
		"points":         {many.runs(), points},
		"rates":          {rates.runs(), heat},
		"upright":        {named(many.runs()), upright},
		"depth":          {many.runs(), depth},
		"modules":        {many.runs(), []string{"x=module", "y=grad_norm_onset", "lines=rank", "panels=scaling"}},
		"one run":        {many.runs()[:1], rank},
		"all diverged":   {lost, rank},
		"diverged heat":  {lost, upright},
		"diverged curve": {lost, curve},
		"diverged box":   {lost, append([]string{"kind=box"}, rank...)},
	} {
		if name == "paths, panels" {
			for i := range test.runs { // no run of a fake has the values that make this statistic
				test.runs[i].Curve[1].Values[metrics.LossDrop], test.runs[i].Curve[1].Values[metrics.DeltaW] = 2, 3
			}
		}
		for _, width := range []string{"2in", "icml", "nature-page"} {
			c := charted(t, test.runs, append(test.options, "width="+width)...)
			f := c.Figure()
			for _, fault := range checkLayout(f) {
				t.Errorf("%s, %s: %s", name, width, fault)
			}
		}
	}
}

// A figure of a column's width has that width on paper, and texts that are as large as they say.
func TestChartsHaveTheirWidth(t *testing.T) {
	c := charted(t, sweep(), "x=rank", "y=val_loss", "lines=scaling", "width=3.25in")
	width, height := c.Figure().Size()
	if width.Points() != 234 || height <= 0 {
		t.Fatalf("%v by %v points, want 234 wide: 3.25 times 72", width, height)
	}
	sheet := newSheet(width, height)
	c.Figure().Draw(draw.New(sheet))
	for _, text := range sheet.texts {
		high := math.Min(float64(text.box.Max.Y-text.box.Min.Y), float64(text.box.Max.X-text.box.Min.X))
		if least := 7 * 0.94; high < least-1e-9 && len(text.text) > 1 { // a glyph reaches over 0.94 of a text's size
			t.Errorf("%q is %.2f points high, want a text of 7 points: %.2f", text.text, high, least)
		}
	}
	file, err := c.Figure().Encode(figure.PDF)
	has := func(text string) bool { return bytes.Contains(file, []byte(text)) }
	if err != nil || !has("/MediaBox [0 0 234.00 ") || !has("/FontFile2") {
		t.Errorf("%v: a PDF without its width or its font", err)
	}
}

// A heat map frames the lowest mean of a row, has an arrow where it lies at an edge, and a cross where a run
// diverged.
func TestTilesAreMarked(t *testing.T) {
	runs := fake{schemes: []string{"lora"}, ranks: []int{4, 8}, seeds: 1, steps: 2, rates: []float64{1, 2, 3}}.runs()
	losses := []float64{5, 5, 4, 3, 6, 7} // by rate, then rank: 5 4 6 at rank 4, 5 3 7 at rank 8
	for i := range runs {
		for k := range runs[i].Curve {
			runs[i].Curve[k].Values[metrics.ValLoss] = losses[i]
		}
	}
	marks := func() (texts []string) {
		c := charted(t, runs, "kind=heat", "x=lr", "y=rank", "color=val_loss")
		for _, tile := range c.Figure().Panels[0].Tiles {
			texts = append(texts, fmt.Sprint(tile.Text, tile.Framed))
		}
		return texts
	}
	if got, want := fmt.Sprint(marks()), "[5.0false 4.0true 6.0false 5.0false 3.0true 7.0false]"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	runs[3].Status = results.Diverged
	if got, want := fmt.Sprint(marks()), "[5.0false 4.0true 6.0false ←5.0true ×false 7.0false]"; got != want {
		t.Errorf("with a run that diverged %s, want %s", got, want)
	}
}

// Two seeds whose losses do not differ alike leave a tile untold from the lowest one; ten that do tell it apart.
func TestTilesThatAreNotToldApart(t *testing.T) {
	for seeds, want := range map[int]string{2: "[≈2.50 2.00]", 10: "[2.50 2.00→]"} {
		runs := fake{schemes: []string{"lora"}, ranks: []int{4}, seeds: seeds, steps: 2, rates: []float64{1, 2}}.runs()
		for i := range runs {
			loss := 2 + 0.1*float64(i%seeds) - 0.05*float64(seeds-1)
			if i < seeds { // the first rate: 0.5 more, and another scatter
				loss = 2.5 - 0.1*float64(i%seeds) + 0.05*float64(seeds-1)
			}
			for k := range runs[i].Curve {
				runs[i].Curve[k].Values[metrics.ValLoss] = loss
			}
		}
		var texts []string
		c := charted(t, runs, "kind=heat", "x=lr", "y=rank", "color=val_loss")
		for _, tile := range c.Figure().Panels[0].Tiles {
			texts = append(texts, strings.TrimSpace(tile.Text))
		}
		if got := fmt.Sprint(texts); strings.ReplaceAll(got, "→", "") != strings.ReplaceAll(want, "→", "") {
			t.Errorf("%d seeds: %s, want %s", seeds, got, want)
		}
	}
}

// The data beside a figure are those that it shows, at full precision.
func TestChartHasItsData(t *testing.T) {
	runs := fake{schemes: []string{"lora"}, ranks: []int{4, 8}, seeds: 2, steps: 1}.runs()
	for i, loss := range []float64{1.25, 1.75, 3, 5} {
		runs[i].Curve[1].Values[metrics.ValLoss] = loss
	}
	for _, test := range []struct {
		options []string
		want    string
	}{
		{[]string{"x=rank", "y=val_loss", "lines=scaling"},
			"rank,scaling,val_loss,val_loss_low,val_loss_high,n,diverged,notes|" +
				"4,lora,1.5,1.25,1.75,2,0,|8,lora,4,3,5,2,0,|"},
		{[]string{"kind=points", "x=rank", "y=val_loss", "where=rank == 4"},
			"rank,run,seed,val_loss,n,diverged,notes|4,lora-5e-05-4-0,0,1.25,1,0,|4,lora-5e-05-4-1,1,1.75,1,0,|"},
	} {
		var b bytes.Buffer
		if err := charted(t, runs, test.options...).Table().WriteCSV(&b); err != nil {
			t.Fatal(err)
		}
		if got := strings.ReplaceAll(b.String(), "\n", "|"); got != test.want {
			t.Errorf("%v:\n%s, want\n%s", test.options, got, test.want)
		}
	}
}

// A mean is not taken of what is left when a run diverged, and the caption says so.
func TestChartsAverageNoSurvivors(t *testing.T) {
	runs := sweep()
	runs[0].Status = results.Diverged
	c := charted(t, runs, "x=rank", "y=val_loss", "lines=scaling")
	if m := c.Grid[0].Lines[0].Marks[0]; !math.IsNaN(m.Value()) || m.Diverged != 1 || len(m.Values) != 2 {
		t.Errorf("%+v", m)
	}
	if f := c.Figure(); !strings.Contains(f.Caption, "1 of 18 runs diverged: a cross marks where") {
		t.Error(f.Caption)
	}
	c = charted(t, runs, "x=rank", "y=grad_norm_onset", "lines=scaling")
	if m := c.Grid[0].Lines[0].Marks[0]; m.Diverged != 0 || len(m.Values) != 3 {
		t.Errorf("at the onset a run that diverges later counts: %+v", m)
	}
}

// Theory's line is the exact values where runs have them, and else a power of rank.
func TestChartsShowTheory(t *testing.T) {
	theory := func(runs []results.Run, options ...string) figure.Series {
		series := charted(t, runs, append(options, "x=rank")...).Figure().Panels[0].Series
		return series[len(series)-1]
	}
	runs := fake{schemes: []string{"lora"}, ranks: []int{4, 16, 64}, seeds: 2, steps: 2}.runs()
	s := theory(runs, "y=grad_norm_onset")
	first, last := s.Points[0], s.Points[len(s.Points)-1]
	if power := math.Log(last.Y/first.Y) / math.Log(16); math.Abs(power+0.5) > 1e-9 || len(s.Dashes) == 0 {
		t.Errorf("LoRA's onset norm goes by theory as r to the power -1/2, not %v", power)
	}
	for i := range runs {
		runs[i].Expected = map[string]float64{"grad_norm_onset": float64(runs[i].Rank)}
	}
	if s := theory(runs, "y=grad_norm_onset"); len(s.Points) != 3 || s.Points[2].Y != 64 {
		t.Errorf("exact values: %v", s.Points)
	}
	if s := theory(runs, "y=val_loss"); len(s.Dashes) > 0 {
		t.Error("theory says nothing of losses, and has a line")
	}
}
