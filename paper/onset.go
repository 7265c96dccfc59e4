package paper

import (
	"fmt"
	"image/color"
	"math"

	"ranksweep/analysis"
	"ranksweep/metrics"
	"ranksweep/paper/figure"
)

// onsetFigure draws the onset gradient norm against rank, on logarithmic axes, with the fitted
// power of each arm and the one that theory predicts. There is no figure unless some arm has
// ranks.
func onsetFigure(v View) (f figure.Figure, ok bool) {
	v = v.ranked()
	if len(v.arms) == 0 {
		return f, false
	}
	s := metrics.GradNormOnset
	titles := v.lawTitles()
	var laws []law
	for i, a := range v.arms {
		l := law{label: v.labels[i], panel: titles[i], color: v.colors[i], source: "theory"}
		for _, c := range a.Cells {
			l.points = append(l.points, statisticPoint(c, s))
		}
		l.fit, l.err = a.Exponent(s)
		laws = append(laws, l)
	}
	panels, l := lawPanels(laws, fmt.Sprintf("%s (%s)", s.Label, s.Unit))
	return figure.Figure{Name: "onset", Caption: onsetCaption(v, s, laws), Panels: panels, Legend: l}, true
}

// statisticPoint is the mean of s over a cell's seeds, at the cell's rank.
func statisticPoint(c analysis.Cell, s metrics.Statistic) figure.Point {
	var seeds []float64
	for _, r := range c.Runs {
		if v := r.Statistic(s); !math.IsNaN(v) {
			seeds = append(seeds, v)
		}
	}
	return spreadPoint(float64(c.Rank), c.Statistic(s), seeds)
}

// series is how item i is drawn if a line joins its marks.
func series(c color.RGBA, i int) figure.Series {
	return figure.Series{Color: c, Line: figure.LineWide, Glyph: figure.Glyphs[i%len(figure.Glyphs)]}
}

// fittedLines explains the solid lines of a figure of powers of rank.
const fittedLines = "Solid lines are fitted powers of rank; the legend has each exponent with its 95% interval over " +
	"seeds."

// aboveLines says why the means of a figure may lie above its lines.
const aboveLines = " A line is fitted to logarithms, whose mean over seeds lies below the logarithm of the " +
	"mean: so means " +
	"lie above lines, the more so the more seeds scatter."

func onsetCaption(v View, s metrics.Statistic, laws []law) string {
	n := statisticCounts(v, s)
	text := fmt.Sprintf("%s (%s) against rank, on logarithmic axes: means over seeds, %s.",
		capital(s.Label), s.Unit, seedCount(n))
	return text + spreadSentence("Bars", n) + " " + fittedLines + aboveLines +
		dashedLines(laws, theorySlope) + sameMarks(laws) +
		runsLost(v) + " " + v.equal
}
