package paper

import (
	"fmt"
	"image/color"
	"math"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"ranksweep/metrics"
	"ranksweep/results"
)

// longDashes tell what theory predicts from what was fitted.
var longDashes = []vg.Length{5, 3}

// apart is the distance of marks of arms that share a rank, so that their bars
// do not hide each other.
const apart vg.Length = 3

// onsetLegendWide is where the name of an arm is broken.
const onsetLegendWide = 2 * inch

// onsetFigure draws the onset gradient norm against rank, both logarithmic,
// with the fitted power of each arm and the one that theory predicts.
func onsetFigure(runs []results.Run) Figure {
	arms := results.Arms(runs)
	s := metrics.GradNormOnset
	labels, colors := armLabels(arms), armColors(arms)
	var p panel
	var l legend
	var values, at []float64
	for i, a := range arms {
		points := series{
			color: colors[i], glyph: glyphs[i%len(glyphs)], spread: bars,
			aside: apart * (vg.Length(i) - vg.Length(len(arms)-1)/2),
		}
		for _, c := range a.Cells {
			q := statisticPoint(c, s)
			points.points = append(points.points, q)
			values = append(values, q.y, q.high, math.Max(q.low, q.y/2)) // a bar may end below
		}
		fit, theory, texts := fitLines(a, s, points)
		p.series = append(p.series, fit, theory, points)
		for j, line := range wrap(textStyle(legendSize), labels[i], onsetLegendWide) {
			e := entry{text: line, samples: []series{{}}}
			if j == 0 {
				e.samples[0] = points
			}
			l = append(l, e)
		}
		l = append(l, entry{text: texts[0], samples: []series{fit}}, entry{text: texts[1], samples: []series{theory}}, entry{})
	}
	for _, r := range ranks(arms) {
		at = append(at, float64(r))
	}
	p.x = axis{label: "rank r", log: true, at: at}.over(at...)
	p.y = axis{label: fmt.Sprintf("%s (%s)", s.Label, s.Unit), log: true}.over(values...)
	return Figure{Name: "onset", Caption: onsetCaption(arms, s), panels: []panel{p}, legend: l}
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

// fitLines are the fitted power of rank and the predicted one over the range
// of points, and the words for both. The predicted line crosses the fitted one
// in the middle: theory gives a slope and no level.
func fitLines(a results.Arm, s metrics.Statistic, points series) (fit, theory series, texts [2]string) {
	e, err := a.Exponent(s)
	texts[0] = "no fit"
	texts[1] = "no theory"
	if finite(e.Predicted) {
		texts[1] = "theory " + number(e.Predicted)
	}
	if err != nil {
		return fit, theory, texts
	}
	texts[0] = fmt.Sprintf("fit %s, %d seeds", exponentText(e), e.Seeds)
	first, last := ends(points.points)
	middle := math.Sqrt(first * last)
	level := math.Exp(e.Log) * math.Pow(middle, e.Value)
	fit = series{points: powerLaw(first, last, middle, level, e.Value), color: points.color, line: 1.5 * lineWide}
	if finite(e.Predicted) {
		theory = series{points: powerLaw(first, last, middle, level, e.Predicted), color: ink, line: thinLineWide, dashes: longDashes}
	}
	return fit, theory, texts
}

// ends are the first and the last rank that have a value.
func ends(points []point) (first, last float64) {
	first = math.NaN()
	for _, q := range points {
		if !finite(q.y) {
			continue
		}
		if !finite(first) {
			first = q.x
		}
		last = q.x
	}
	return first, last
}

// powerLaw are the ends of level·(x/middle)^exponent.
func powerLaw(first, last, middle, level, exponent float64) []point {
	at := func(x float64) point {
		return point{x: x, y: level * math.Pow(x/middle, exponent), low: math.NaN(), high: math.NaN()}
	}
	return []point{at(first), at(last)}
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

// glyphs tell arms apart where colours do not.
var glyphs = []draw.GlyphDrawer{
	draw.CircleGlyph{}, draw.BoxGlyph{}, draw.PyramidGlyph{},
	draw.RingGlyph{}, draw.SquareGlyph{}, draw.TriangleGlyph{},
}

func onsetCaption(arms []results.Arm, s metrics.Statistic) string {
	n := statisticCounts(arms, s)
	text := fmt.Sprintf("%s (%s) against rank, both logarithmic: the mean over seeds, %s.", capital(s.Label), s.Unit, seedCount(n))
	return text + spreadSentence("Bars", n) + " Solid lines are the fitted power of rank, with the 95% interval of its exponent over seeds; dashed ones have the slope that theory predicts." +
		losses(arms) + " " + heldEqual(arms)
}
