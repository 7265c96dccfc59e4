package paper

import (
	"fmt"
	"image/color"
	"math"

	"ranksweep/metrics"
	"ranksweep/results"
)

// onsetFigure draws the onset gradient norm against rank, both logarithmic,
// with the fitted power of each arm and the one that theory predicts. There is
// none unless some arm has ranks.
func onsetFigure(runs []results.Run) (f Figure, ok bool) {
	arms := ranked(results.Arms(runs))
	if len(arms) == 0 {
		return f, false
	}
	s := metrics.GradNormOnset
	labels, colors := armLabels(arms), armColors(arms)
	var laws []law
	for i, a := range arms {
		l := law{label: labels[i], color: colors[i], source: "theory"}
		for _, c := range a.Cells {
			l.points = append(l.points, statisticPoint(c, s))
		}
		l.fit, l.err = a.Exponent(s)
		laws = append(laws, l)
	}
	p, l := lawPanel(laws, fmt.Sprintf("%s (%s)", s.Label, s.Unit))
	return Figure{Name: "onset", Caption: onsetCaption(arms, s), panels: []panel{p}, legend: l}, true
}

// statisticPoint is the mean of s over a cell's seeds, at the cell's rank.
func statisticPoint(c results.Cell, s metrics.Statistic) point {
	var seeds []float64
	for _, r := range c.Runs {
		if v := r.Statistic(s); !math.IsNaN(v) {
			seeds = append(seeds, v)
		}
	}
	return spreadPoint(float64(c.Rank), c.Statistic(s), seeds)
}

// armColors gives arms the shades of their scheme's family.
func armColors(arms []results.Arm) []color.RGBA {
	palette := families(schemes(arms))
	total, count := map[string]int{}, map[string]int{}
	for _, a := range arms {
		total[a.Scheme]++
	}
	colors := make([]color.RGBA, len(arms))
	for i, a := range arms {
		colors[i] = palette[a.Scheme].shade(count[a.Scheme], total[a.Scheme])
		count[a.Scheme]++
	}
	return colors
}

// armSeries is how arm i is drawn where a line joins its marks.
func armSeries(c color.RGBA, i int) series {
	return series{color: c, line: lineWide, glyph: glyphs[i%len(glyphs)]}
}

func onsetCaption(arms []results.Arm, s metrics.Statistic) string {
	n := statisticCounts(arms, s)
	text := fmt.Sprintf("%s (%s) against rank, both logarithmic: the mean over seeds, %s.", capital(s.Label), s.Unit, seedCount(n))
	return text + spreadSentence("Bars", n) + " Solid lines are the fitted power of rank, with the 95% interval of its exponent over seeds; dashed ones have the slope that theory predicts." +
		losses(arms) + " " + heldEqual(arms)
}
