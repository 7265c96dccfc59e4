package paper

import (
	"math"
	"slices"
	"strings"
	"testing"

	"ranksweep/grid"
	"ranksweep/lora"
	"ranksweep/metrics"
	"ranksweep/nn"
	"ranksweep/paper/figure"
	"ranksweep/results"
)

// phaseRuns follow theory: loss drops under SGD and Adam, and best rates that are the same at
// every rank where theory says so.
func phaseRuns() []results.Run {
	var runs []results.Run
	for _, optimizer := range []string{"adamw", "sgd"} {
		for i, scheme := range []string{"constant", "rslora", "lora"} {
			p := float64(i) / 2
			drop := metrics.LossDropFirst.Theory
			power, _ := drop.Exponent(nn.UpdateOf(optimizer), lora.Scheme{P: p})
			for _, rank := range []int{4, 16, 64} {
				for _, rate := range []float64{1e-4, 1e-2, 1} {
					for seed := range 2 {
						r := fake{steps: 2, noVal: true}.run(scheme, rate, rank, uint64(seed))
						r.Optimizer, r.Powers = optimizer, lora.Scheme{P: p}
						r.ID, r.Cell = optimizer+r.ID, optimizer+r.Cell
						r.Axes = append(r.Axes, grid.Coordinate{Name: "optimizer", Value: optimizer})
						r.Curve[1].Values[metrics.LossDrop] = rate * math.Pow(float64(rank), power)
						d := math.Log(rate / (1e-2 * math.Pow(float64(rank)/16, -power)))
						r.Curve[2].Values[metrics.ValLoss] = 2 + d*d
						runs = append(runs, r)
					}
				}
			}
		}
	}
	return runs
}

func TestPhaseFigure(t *testing.T) {
	f := figureOf(t, "phase", view(phaseRuns()))
	if names := f.Panels[0].Y.Names; !slices.Equal(names, []string{"adamw", "sgd"}) ||
		!slices.Equal(f.Panels[0].X.Names, []string{"0", "0.5", "1"}) {
		t.Errorf("rows %q from below, columns %q", names, f.Panels[0].X.Names)
	}
	text := func(panel int, x, y float64) figure.Tile {
		i := slices.IndexFunc(f.Panels[panel].Tiles, func(t figure.Tile) bool { return t.X == x && t.Y == y })
		return f.Panels[panel].Tiles[i]
	}
	for _, c := range []struct {
		panel int
		x, y  float64
		text  string
		zero  bool
	}{
		{0, 0, 1, "1.00", false}, {0, 1, 1, "0.00", true}, {0, 2, 1, "-1.00", false}, // SGD
		{0, 0, 0, "1.00", false}, {0, 1, 0, "0.50", false}, {0, 2, 0, "0.00", true}, // Adam
		{1, 1, 1, "-", true},
		{2, 1, 1, "0.00", false}, {2, 1, 0, "-0.50", false}, {2, 2, 0, "0.00", true},
	} {
		if got := text(c.panel, c.x, c.y); got.Text != c.text || got.Framed != c.zero {
			t.Errorf("%s at column %g, row %g: %q, framed %t, want %q, %t", f.Panels[c.panel].Title, c.x, c.y,
				got.Text, got.Framed, c.text, c.zero)
		}
	}
	if strings.Contains(f.Caption, "Muon") {
		t.Errorf("the caption speaks of Muon, which no run has: %s", f.Caption)
	}
	runs := phaseRuns()
	for i := range runs {
		if runs[i].Optimizer == "sgd" {
			runs[i].Optimizer = "muon"
		}
	}
	if f := figureOf(t, "phase", view(runs)); !strings.Contains(f.Caption, "Muon's first loss drop") {
		t.Errorf("the caption does not speak of Muon: %s", f.Caption)
	}
	for _, format := range figure.Formats {
		file, err := f.Encode(format)
		if err != nil || len(file) == 0 {
			t.Error(err)
		}
	}
}
