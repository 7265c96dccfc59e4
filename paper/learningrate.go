package paper

import (
	"fmt"
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
	var first []results.Arm
	for _, g := range groups {
		first = append(first, g[0])
		ok = ok || len(g) > 2
	}
	labels, palette, all := armLabels(first), families(schemes(arms)), ranks(arms)
	var rates, values []float64
	for i, g := range groups {
		p := panel{title: labels[i]}
		for _, rank := range ranks(g) {
			line := series{color: palette[g[0].Scheme].shade(slices.Index(all, rank), len(all)), line: lineWide, glyph: draw.CircleGlyph{}, spread: bars}
			lost := series{color: line.color, glyph: draw.CrossGlyph{}}
			for _, a := range g {
				for _, c := range a.Cells {
					if c.Rank != rank {
						continue
					}
					q := statisticPoint(c, loss)
					q.x = c.LR
					if c.Diverged() > 0 {
						lost.points = append(lost.points, point{x: q.x, y: math.MaxFloat64})
						q.y = math.NaN()
					}
					line.points = append(line.points, q)
					rates, values = append(rates, q.x), append(values, q.y, q.low, q.high)
				}
			}
			p.series = append(p.series, line, lost)
		}
		f.panels = append(f.panels, p)
	}
	slices.Sort(rates)
	setAxes(f.panels, axis{label: learningRate, log: true, few: true, at: slices.Compact(rates)}.over(rates...), axis{label: loss.Label + " (" + loss.Unit + ")"}.over(nearLowest(values)...))
	f.Name, f.legend = "learning-rate", curveLegend(arms, 1, noSpread)
	n := statisticCounts(arms, loss)
	f.Caption = fmt.Sprintf("Final %s against the learning rate, which is logarithmic, one line a rank: the mean over seeds, %s.", loss.Label, seedCount(n)) +
		spreadSentence("Bars", n) + " A cross stands for a rate at which a run diverged, a mark on the upper edge for a loss far above." + losses(arms) + " " + heldEqual(arms)
	return f, ok
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
