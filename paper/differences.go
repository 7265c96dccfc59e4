package paper

import (
	"fmt"
	"image/color"
	"math"
	"slices"

	"ranksweep/metrics"
	"ranksweep/results"
)

// differencesFigure draws the comparisons of final losses, seed by seed: each
// scheme with the first one, and each rank with the smallest, against rank. There
// is none unless some comparison has an interval.
func differencesFigure(runs []results.Run) (f Figure, ok bool) {
	arms := results.Arms(runs)
	loss, _ := metrics.StatisticNamed(lossStatistic(arms))
	labels, colors := armLabels(arms), armColors(arms)
	drawn := slices.DeleteFunc(duelsOf(arms, loss), func(d duel) bool { return d.refused != nil || d.Same || d.Difference.N == 0 })
	f = Figure{Name: "differences"}
	n := counts{low: math.MaxInt}
	values, at := []float64{0}, []float64(nil)
	for _, d := range drawn {
		q := d.point()
		values, at = append(values, q.y, q.low, q.high), append(at, q.x)
		n.low, n.high = min(n.low, d.Difference.N), max(n.high, d.Difference.N)
	}
	x := rankAxis(at, true)
	y := axis{label: loss.Label + ", difference in %"}.over(values...)
	for _, family := range []string{schemeFamily, rankFamily} {
		if p := familyPanel(drawn, family, colors); len(p.series) > 0 {
			p.x, p.y, p.series = x, y, append([]series{levelLine(x, 0)}, p.series...)
			f.panels = append(f.panels, p)
		}
	}
	for i := range arms {
		if slices.ContainsFunc(drawn, func(d duel) bool { return d.arm == i }) {
			f.legend = append(f.legend, entry{text: labels[i], samples: []series{armSeries(colors[i], i)}})
		}
	}
	f.Caption = fmt.Sprintf("Differences of the final %s against rank, in percent of the loss compared with: means over pairs of runs of one seed, %s, with 95%% intervals (Student's t), which are of one comparison each. ", loss.Label, seedCount(n)) +
		"Below the line is better." + losses(arms) + " " + heldEqual(arms)
	return f, n.high > 1
}

// familyPanel has a line an arm, through its comparisons of one family.
func familyPanel(duels []duel, family string, colors []color.RGBA) (p panel) {
	for i, c := range colors {
		s := armSeries(c, i)
		s.spread, s.aside = bars, aside(i, len(colors))
		for _, d := range duels {
			if d.family == family && d.arm == i {
				s.points = append(s.points, d.point())
				p.title = d.against()
			}
		}
		if len(s.points) > 0 {
			p.series = append(p.series, s)
		}
	}
	return p
}

// point is the difference in percent of the reference's loss, at the cell's rank.
func (d duel) point() point {
	unit := d.ReferenceMean / 100
	return point{x: float64(d.Cell.Rank), y: d.Difference.Mean / unit, low: d.Difference.Low / unit, high: d.Difference.High / unit}
}

// against names what a duel is with.
func (d duel) against() string {
	if d.family == rankFamily {
		return fmt.Sprintf("Against rank %d", d.Reference.Rank)
	}
	return "Against " + schemeLabel(d.Reference.Scheme)
}
