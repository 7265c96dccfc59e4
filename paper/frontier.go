package paper

import (
	"cmp"
	"math"
	"slices"

	"ranksweep/analysis"
	"ranksweep/paper/figure"
)

// frontierFigure draws what a loss costs: the final validation loss of each rank against its
// training cost in the factored form, which other programs run, against that in the cheaper of
// the two forms, which runs here, and against its memory.
func frontierFigure(v View) (figure.Figure, bool) {
	loss, n := v.loss, statisticCounts(v, v.loss)
	f := figure.Figure{Name: "frontier"}
	var values []float64
	for _, of := range []struct {
		title, label string
		cost         func(c analysis.Cell) float64
	}{
		{"factored form", "training cost (TFLOP)", func(c analysis.Cell) float64 { return c.FactoredFlops / 1e12 }},
		{"cheaper form", "training cost (TFLOP)", func(c analysis.Cell) float64 { return c.Flops / 1e12 }},
		{"memory beside the base", "memory (MiB)", func(c analysis.Cell) float64 {
			return float64(c.Bytes) / (1 << 20)
		}},
	} {
		p := figure.Panel{Title: capital(of.title)}
		var costs []float64
		for i, a := range v.arms {
			s := v.armSeries(i)
			s.Spread = figure.Bars
			for _, c := range a.Cells {
				q := statisticPoint(c, loss)
				q.X = of.cost(c)
				s.Points = append(s.Points, q)
				costs, values = append(costs, q.X), append(values, q.Y, q.Low, q.High)
			}
			p.Series = append(p.Series, s)
		}
		p.Series = append(v.frontiers(p.Series), p.Series...)
		p.X = figure.Axis{Label: of.label, Log: true, Few: true}.Over(costs...)
		f.Panels = append(f.Panels, p)
	}
	for i := range f.Panels {
		f.Panels[i].Y = figure.Axis{Label: loss.Label + " (" + loss.Unit + ")"}.Over(values...)
	}
	for i := range v.arms {
		f.Legend = append(f.Legend, v.armEntries(i)...)
	}
	f.Legend = append(f.Legend, figure.Entry{}, figure.Entry{Text: "frontier", Samples: []figure.Series{frontier(nil)}})
	f.Caption = "Final " + loss.Label + " against cost, counted from shapes: means over seeds, " + seedCount(n) + "." +
		spreadSentence("Bars", n) + " " +
		"Each line is a scheme, and ranks rise from left to right. The frontier joins the settings for which no " +
		"other setting of the same model and data has a lower loss at a lower cost. The factored form computes an " +
		"adapter beside its map, as other programs do. The cheaper form is the factored one or, at large ranks, one " +
		"merged matrix." +
		runsLost(v) + " " + v.equal
	return f, slices.ContainsFunc(v.cells, func(c analysis.Cell) bool { return c.Flops > 0 })
}

// frontiers are the frontiers of series, one for each arm: one for the arms of each model and data
// set, since a loss per token says nothing beside that of another tokenizer.
func (v View) frontiers(all []figure.Series) (lines []figure.Series) {
	var kinds []string
	of := make(map[string][]figure.Series)
	for i, a := range v.arms {
		made := a.Cells[0].Provenance
		kind := made.ModelHash + " " + made.DataHash
		if of[kind] == nil {
			kinds = append(kinds, kind)
		}
		of[kind] = append(of[kind], all[i])
	}
	for _, kind := range kinds {
		lines = append(lines, frontier(of[kind]))
	}
	return lines
}

// frontier joins the points, of all series, for which no other point has both a lower cost and
// a lower loss.
func frontier(all []figure.Series) figure.Series {
	f := figure.Series{Name: "frontier", Color: figure.RGB(0xd9d2c0), Line: 5 * figure.LineWide}
	var points []figure.Point
	for _, s := range all {
		points = append(points, s.Points...)
	}
	slices.SortFunc(points, func(a, b figure.Point) int {
		return cmp.Or(cmp.Compare(a.X, b.X), cmp.Compare(a.Y, b.Y))
	})
	lowest := math.Inf(1)
	for _, q := range points {
		if q.Y < lowest {
			lowest = q.Y
			f.Points = append(f.Points, figure.Bare(q.X, q.Y))
		}
	}
	return f
}
