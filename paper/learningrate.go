package paper

import (
	"fmt"
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot/vg/draw"

	"ranksweep/metrics"
	"ranksweep/results"
)

// lossRateFigure draws the final loss against the learning rate: a panel for arms
// that differ in their rate alone, a line a rank. There is none unless three
// rates were tried of one.
func lossRateFigure(runs []results.Run) (f Figure, ok bool) {
	arms := results.Arms(runs)
	groups := results.RateGroups(arms)
	loss, _ := metrics.StatisticNamed(lossStatistic(arms))
	labels, palette := armLabels(heads(groups)), families(schemes(arms))
	var rates, values []float64
	for i, g := range groups {
		ok = ok || len(g) > 2
		p := panel{title: labels[i]}
		for _, rank := range ranks(g) {
			line, lost := rateLine(g, rank, loss, rankShade(palette[g[0].Scheme], rank, arms))
			for _, q := range line.points {
				rates, values = append(rates, q.x), append(values, q.y, q.low, q.high)
			}
			p.series = append(p.series, line, lost)
		}
		f.panels = append(f.panels, p)
	}
	setAxes(f.panels, triedAxis(learningRate, rates, true), axis{label: loss.Label + " (" + loss.Unit + ")"}.over(nearLowest(values)...))
	f.Name, f.legend = "learning-rate", curveLegend(arms, 1, noSpread)
	n := statisticCounts(arms, loss)
	f.Caption = fmt.Sprintf("Final %s against the learning rate, which is logarithmic, one line a rank: the mean over seeds, %s.", loss.Label, seedCount(n)) +
		spreadSentence("Bars", n) + " A cross stands for a rate at which a run diverged, a mark on the upper edge for a loss far above." + losses(arms) + " " + heldEqual(arms)
	return f, ok
}

// rateLine is one rank's loss at each rate of a group, and crosses in place of the
// means at which a run diverged.
func rateLine(group []results.Arm, rank int, loss metrics.Statistic, c color.RGBA) (line, lost series) {
	line = series{color: c, line: lineWide, glyph: draw.CircleGlyph{}, spread: bars}
	lost = series{color: c, glyph: draw.CrossGlyph{}}
	for _, cell := range cells(group) {
		if cell.Rank != rank {
			continue
		}
		q := statisticPoint(cell, loss)
		q.x = cell.LR
		if cell.Diverged() > 0 {
			lost.points = append(lost.points, bare(q.x, math.MaxFloat64)) // on the upper edge
			q.y = math.NaN()
		}
		line.points = append(line.points, q)
	}
	return line, lost
}

// nearLowest leaves out losses that would flatten the valleys which a figure is
// there to show: those four times as far above the lowest as the median.
func nearLowest(losses []float64) []float64 {
	present := slices.DeleteFunc(slices.Clone(losses), func(v float64) bool { return !finite(v) })
	if len(present) == 0 {
		return nil
	}
	slices.Sort(present)
	low, median := present[0], present[len(present)/2]
	return slices.DeleteFunc(present, func(v float64) bool { return v-low > 4*(median-low) })
}
