package paper

import (
	"fmt"
	"image/color"
	"math"

	"ranksweep/metrics"
	"ranksweep/paper/figure"
	"ranksweep/results"
)

// onsetFigure draws the onset gradient norm against rank, both logarithmic,
// with the fitted power of each arm and the one that theory predicts. There is
// none unless some arm has ranks.
func onsetFigure(v View) (f figure.Figure, ok bool) {
	v = v.ranked()
	if len(v.arms) == 0 {
		return f, false
	}
	s := metrics.GradNormOnset
	labels, colors := v.labels, v.colors
	var laws []law
	for i, a := range v.arms {
		l := law{label: labels[i], color: colors[i], source: "theory"}
		for _, c := range a.Cells {
			l.points = append(l.points, statisticPoint(c, s))
		}
		l.fit, l.err = a.Exponent(s)
		laws = append(laws, l)
	}
	p, l := lawPanel(laws, fmt.Sprintf("%s (%s)", s.Label, s.Unit))
	return figure.Figure{Name: "onset", Caption: onsetCaption(v, s), Panels: []figure.Panel{p}, Legend: l}, true
}

// statisticPoint is the mean of s over a cell's seeds, at the cell's rank.
func statisticPoint(c results.Cell, s metrics.Statistic) figure.Point {
	var seeds []float64
	for _, r := range c.Runs {
		if v := r.Statistic(s); !math.IsNaN(v) {
			seeds = append(seeds, v)
		}
	}
	return spreadPoint(float64(c.Rank), c.Statistic(s), seeds)
}

// armSeries is how arm i is drawn where a line joins its marks.
func armSeries(c color.RGBA, i int) figure.Series {
	return figure.Series{Color: c, Line: figure.LineWide, Glyph: figure.Glyphs[i%len(figure.Glyphs)]}
}

func onsetCaption(v View, s metrics.Statistic) string {
	n := statisticCounts(v, s)
	text := fmt.Sprintf("%s (%s) against rank, both logarithmic: the mean over seeds, %s.", capital(s.Label), s.Unit, seedCount(n))
	return text + spreadSentence("Bars", n) + " Solid lines are the fitted power of rank, with the 95% interval of its exponent over seeds; dashed ones have the slope that theory predicts." +
		losses(v) + " " + v.equal
}
