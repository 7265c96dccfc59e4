package paper

import (
	"fmt"
	"image/color"
	"math"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"ranksweep/metrics/stats"
)

// longDashes tell what theory predicts from what was fitted.
var longDashes = []vg.Length{5, 3}

// aside is where the marks of arm i of n at a rank stand, so that their bars do
// not hide each other: within five points of it, or they leave the panel.
func aside(i, n int) vg.Length {
	apart := min(3, 10/vg.Length(max(1, n-1)))
	return apart * (vg.Length(i) - vg.Length(n-1)/2)
}

// lawLegendWide is where the name of an arm is broken.
const lawLegendWide = 2 * inch

// law is what depends on the rank by a power: points against rank, and the power
// fitted to them.
type law struct {
	label  string
	color  color.RGBA
	points []point
	source string // of the predicted power: theory, or who claims it
	fit    stats.Exponent
	err    error // why there is no fit
}

// lawPanel draws laws, both axes logarithmic, with their fitted powers and those
// that theory predicts.
func lawPanel(laws []law, label string) (p panel, l legend) {
	var values, at []float64
	for i, w := range laws {
		points := series{
			color: w.color, glyph: glyphs[i%len(glyphs)], spread: bars, points: w.points,
			aside: aside(i, len(laws)),
		}
		for _, q := range w.points {
			at = append(at, q.x)
			values = append(values, q.y, q.high, math.Max(q.low, q.y/2)) // a bar may end below
		}
		fit, theory, texts := fitLines(w.fit, w.err, w.source, points)
		p.series = append(p.series, fit, theory, points)
		for j, line := range wrap(textStyle(legendSize), w.label, lawLegendWide) {
			e := entry{text: line, samples: []series{{}}}
			if j == 0 {
				e.samples[0] = points
			}
			l = append(l, e)
		}
		l = append(l, entry{text: texts[0], samples: []series{fit}}, entry{text: texts[1], samples: []series{theory}}, entry{})
	}
	p.x = rankAxis(at, false)
	p.y = axis{label: label, log: true}.over(values...)
	return p, l
}

// fitLines are the fitted power of rank and the predicted one over the range
// of points, and the words for both. The predicted line crosses the fitted one
// in the middle: theory gives a slope and no level.
func fitLines(e stats.Exponent, err error, source string, points series) (fit, theory series, texts [2]string) {
	texts[0] = "no fit"
	texts[1] = "no " + source
	if finite(e.Predicted) {
		texts[1] = source + " " + number(e.Predicted)
	}
	if err != nil {
		return fit, theory, texts
	}
	texts[0] = fmt.Sprintf("fit %s, n = %d", exponentText(e), e.Seeds)
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
		return bare(x, level*math.Pow(x/middle, exponent))
	}
	return []point{at(first), at(last)}
}

// glyphs tell arms apart where colours do not.
var glyphs = []draw.GlyphDrawer{
	draw.CircleGlyph{}, draw.BoxGlyph{}, draw.PyramidGlyph{},
	draw.RingGlyph{}, draw.SquareGlyph{}, draw.TriangleGlyph{},
}
