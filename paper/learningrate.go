package paper

import (
	"fmt"
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot/vg/draw"

	"ranksweep/analysis"
	"ranksweep/metrics/stats"
	"ranksweep/paper/figure"
	"ranksweep/paper/number"
)

// lossRateFigure draws the final loss against the learning rate: a panel for each group of
// arms that differ only in their rate, a line for each rank. There is no figure unless three
// rates were tried in some group.
func lossRateFigure(v View) (f figure.Figure, ok bool) {
	groups, named := v.byRate()
	loss, start := v.loss, v.startingLoss()
	var rates, values []float64
	for i, g := range groups {
		ok = ok || len(g) > 2
		p := figure.Panel{Title: named.labels[i]}
		ranks := ranksOf(cellsOf(g))
		for r, rank := range ranks {
			line, lost := v.rateLine(cellsOf(g), rank, v.rankShade(g[0].Scheme, rank))
			line.Aside = figure.Aside(r, len(ranks)) / 2 // rates stand close together
			lost.Aside = line.Aside
			for k, q := range line.Points {
				rates = append(rates, q.X)
				if q.Y > start {
					line.Points[k] = figure.Bare(q.X, q.Y)
					continue
				}
				values = append(values, q.Y, q.Low, q.High)
			}
			p.Series = append(p.Series, line, lost)
		}
		f.Panels = append(f.Panels, p)
	}
	losses := figure.Axis{Label: loss.Label + " (" + loss.Unit + ")"}.Over(nearLowest(values)...)
	setAxes(f.Panels, figure.TriedAxis(learningRate, rates, len(f.Panels) > 1), losses)
	f.Name, f.Legend = "learning-rate", curves{spread: figure.Bars}.legend(v)
	n := statisticCounts(v, loss)
	f.Caption = fmt.Sprintf("Final %s against the learning rate, on a logarithmic axis, one line for each rank: "+
		"means over seeds, %s.", loss.Label, seedCount(n)) + spreadSentence("Bars", n) + overSeedsText(n) + " A " +
		"cross marks a rate at " +
		"which a run diverged. A mark on the upper edge stands for a loss above it; a loss above the one before " +
		"training has no bar. Marks of different ranks stand a little beside their rate, so that they do not hide " +
		"each other." + runsLost(v) + " " + v.equal
	return f, ok
}

// startingLoss is the validation loss before any update, the mean over all runs; NaN if there is
// none.
func (v View) startingLoss() float64 {
	var all []float64
	for _, c := range v.cells {
		for _, r := range c.Runs {
			all = append(all, r.OnsetIn(v.loss))
		}
	}
	return stats.MeanInterval(all).Mean
}

// rateLine is one rank's mean loss at each rate of a group, with a cross instead at each rate
// at which a run diverged.
func (v View) rateLine(group []analysis.Cell, rank int, c color.RGBA) (line, lost figure.Series) {
	line = figure.Series{
		Name: rankName(rank), Color: c, Line: figure.LineWide, Glyph: v.rankGlyph(rank), Spread: figure.Bars,
	}
	lost = figure.Series{Name: rankName(rank) + ", diverged", Color: c, Glyph: draw.CrossGlyph{}}
	for _, cell := range group {
		if cell.Rank != rank {
			continue
		}
		q := statisticPoint(cell, v.loss)
		q.X = cell.LR
		if cell.Diverged() > 0 {
			lost.Points = append(lost.Points, figure.Bare(q.X, math.MaxFloat64)) // on the upper edge
			q.Y = math.NaN()
		}
		line.Points = append(line.Points, q)
	}
	return line, lost
}

// nearLowest leaves out losses that would flatten the valleys that the figure should show:
// losses more than four times as far above the lowest as the median is.
func nearLowest(losses []float64) []float64 {
	present := slices.DeleteFunc(slices.Clone(losses), func(v float64) bool { return !number.Finite(v) })
	if len(present) == 0 {
		return nil
	}
	slices.Sort(present)
	low, median := present[0], present[len(present)/2]
	return slices.DeleteFunc(present, func(v float64) bool { return v-low > 4*(median-low) })
}
