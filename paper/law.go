package paper

import (
	"fmt"
	"image/color"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot/vg/draw"

	"ranksweep/metrics/stats"
	"ranksweep/paper/figure"
	"ranksweep/paper/number"
)

// law is a quantity that depends on the rank as a power: points against rank, and the power
// fitted to them.
type law struct {
	label  string
	panel  string // title of its panel
	color  color.RGBA
	points []figure.Point
	some   map[float64]bool // the ranks at which some seeds have no value
	source string           // where the predicted power comes from: theory, or a claim
	fit    stats.Exponent
	err    error // why there is no fit
}

// lawPanels draws laws on logarithmic axes, with their fitted powers and the predicted ones: a panel
// for each title, all with the same axes.
func lawPanels(laws []law, label string) (panels []figure.Panel, l figure.Legend) {
	var values, at []float64
	for i, w := range laws {
		points := figure.Series{
			Name: w.label, Color: w.color, Glyph: figure.Glyphs[i%len(figure.Glyphs)], Spread: figure.Bars,
			Points: w.points,
		}
		for _, q := range w.points {
			at = append(at, q.X)
			values = append(values, q.Y, q.High, math.Max(q.Low, q.Y/2)) // a bar may end below
		}
		fit, theory, texts := fitLines(w.fit, w.err, w.source, points)
		k := slices.IndexFunc(panels, func(p figure.Panel) bool { return p.Title == w.panel })
		if k < 0 {
			k, panels = len(panels), append(panels, figure.Panel{Title: w.panel})
		}
		panels[k].Series = append(panels[k].Series, fit, theory, points)
		for j, line := range figure.LegendLines(w.label) {
			e := figure.Entry{Text: line, Samples: []figure.Series{{}}}
			if j == 0 {
				e.Samples[0] = points
			}
			l = append(l, e)
		}
		l = append(l, figure.Entry{Text: texts[0], Samples: []figure.Series{fit}},
			figure.Entry{Text: texts[1], Samples: []figure.Series{theory}}, figure.Entry{})
	}
	if some := markSome(panels, laws); some != nil {
		l = append(l, *some)
	}
	setAxes(panels, rankAxis(at, len(panels) > 1), figure.Axis{Label: label, Log: true}.Over(values...))
	return panels, l
}

// someGlyph marks a mean over some of the seeds only.
var someGlyph = draw.PlusGlyph{}

// markSome gives means over some of the seeds a mark of their own, and returns its entry in the legend; nil if there
// are none.
func markSome(panels []figure.Panel, laws []law) (entry *figure.Entry) {
	for _, w := range laws {
		if len(w.some) == 0 {
			continue
		}
		k := slices.IndexFunc(panels, func(p figure.Panel) bool { return p.Title == w.panel })
		i := slices.IndexFunc(panels[k].Series, func(s figure.Series) bool {
			return s.Name == w.label && s.Glyph != nil
		})
		all := &panels[k].Series[i]
		some := *all
		some.Name, some.Glyph = w.label+", some seeds only", someGlyph
		some.Points = slices.DeleteFunc(slices.Clone(all.Points), func(q figure.Point) bool { return !w.some[q.X] })
		all.Points = slices.DeleteFunc(slices.Clone(all.Points), func(q figure.Point) bool { return w.some[q.X] })
		panels[k].Series = append(panels[k].Series, some)
		entry = &figure.Entry{Text: "some seeds only", Samples: []figure.Series{{Color: figure.Ink, Glyph: someGlyph}}}
	}
	return entry
}

// lawTitles are the titles of the arms' panels. If a scheme has several arms, which may lie on each
// other, they have panels of their own, named for that in which the arms differ.
func (v View) lawTitles() []string {
	titles := make([]string, len(v.arms))
	if len(v.schemes) == len(v.arms) {
		return titles
	}
	for i, a := range v.arms {
		titles[i] = strings.TrimPrefix(v.labels[i], schemeLabel(a.Scheme)+", ")
	}
	return titles
}

// sameMarks says at which ranks marks of one panel are one point; empty if there are none.
func sameMarks(laws []law) string {
	type mark struct {
		panel string
		figure.Point
	}
	seen, ranks := make(map[mark]bool), []int(nil)
	for _, w := range laws {
		for _, q := range w.points {
			if m := (mark{w.panel, q}); seen[m] {
				ranks = append(ranks, int(q.X))
			} else {
				seen[m] = true
			}
		}
	}
	slices.Sort(ranks)
	if ranks = slices.Compact(ranks); len(ranks) == 0 {
		return ""
	}
	return fmt.Sprintf(" Marks at %s lie on each other: their values are equal.", ranksText(ranks))
}

// fitLines are the lines of the fitted power of rank and of the predicted one, over the range
// of points, and a text for each. The predicted line crosses the fitted one in the middle,
// since theory gives a slope and no level.
func fitLines(e stats.Exponent, err error, source string, points figure.Series) (
	fit, theory figure.Series, texts [2]string,
) {
	texts[0] = "no fit"
	texts[1] = "no " + source
	if number.Finite(e.Predicted) {
		texts[1] = source + " " + number.Brief(e.Predicted)
	}
	if err != nil {
		return fit, theory, texts
	}
	texts[0] = fmt.Sprintf("fit %s, n = %d", fittedText(e), e.Seeds)
	first, last := ends(points.Points)
	middle := math.Sqrt(first * last)
	level := math.Exp(e.Log) * math.Pow(middle, e.Value)
	fit = figure.Series{
		Name:   points.Name + ", fitted power",
		Points: powerLaw(first, last, middle, level, e.Value), Color: points.Color, Line: 1.5 * figure.LineWide,
	}
	if number.Finite(e.Predicted) {
		theory = figure.Series{
			Name:   points.Name + ", " + source,
			Points: powerLaw(first, last, middle, level, e.Predicted),
			Color:  figure.Ink, Line: figure.ThinLineWide, Dashes: figure.LongDashes,
		}
	}
	return fit, theory, texts
}

// theorySlope is how captions call the slope that theory predicts.
const theorySlope = "the slope that theory predicts"

// dashedLines says which slope the dashed lines of laws have; empty if there are none.
func dashedLines(laws []law, slope string) string {
	if !slices.ContainsFunc(laws, func(w law) bool { return w.err == nil && number.Finite(w.fit.Predicted) }) {
		return ""
	}
	return " Dashed lines have " + slope + "."
}

// ends are the first and the last rank that have a value.
func ends(points []figure.Point) (first, last float64) {
	first = math.NaN()
	for _, q := range points {
		if !number.Finite(q.Y) {
			continue
		}
		if !number.Finite(first) {
			first = q.X
		}
		last = q.X
	}
	return first, last
}

// powerLaw returns both ends of the line level·(x/middle)^exponent.
func powerLaw(first, last, middle, level, exponent float64) []figure.Point {
	at := func(x float64) figure.Point {
		return figure.Bare(x, level*math.Pow(x/middle, exponent))
	}
	return []figure.Point{at(first), at(last)}
}

// rankAxis has a tick at each of the given ranks. If panels stand in a row, it labels few of
// them.
func rankAxis(ranks []float64, few bool) figure.Axis { return figure.TriedAxis("rank r", ranks, few) }
