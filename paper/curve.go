package paper

import (
	"fmt"
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot/vg/draw"

	"ranksweep/analysis"
	"ranksweep/metrics"
	"ranksweep/metrics/stats"
	"ranksweep/paper/figure"
	"ranksweep/paper/number"
	"ranksweep/results"
)

// curves say how a quantity of runs is drawn against steps.
type curves struct {
	quantity  metrics.Quantity
	smoothing analysis.Smoothing
	spread    figure.Spread // how the seeds behind a mean are shown
}

// panels has a panel for each arm, with a line for each rank. Their axes are not set yet.
func (k curves) panels(v View) []figure.Panel {
	var panels []figure.Panel
	for i, a := range v.arms {
		p := figure.Panel{Title: v.labels[i]}
		for _, c := range a.Cells {
			color := v.rankShade(a.Scheme, c.Rank)
			p.Series = append(p.Series, k.meanLine(c, color))
			p.Series = append(p.Series, k.divergedLines(c, color)...)
		}
		panels = append(panels, p)
	}
	return panels
}

// rankShade is the shade of a rank of a scheme; without a rank it is the middle shade.
func (v View) rankShade(scheme string, rank int) color.RGBA {
	if rank == 0 {
		return v.palette[scheme].Shade(0, 1)
	}
	all := slices.DeleteFunc(slices.Clone(v.ranks), func(r int) bool { return r == 0 })
	return v.palette[scheme].Shade(slices.Index(all, rank), len(all))
}

// rankGlyph is the mark of a rank in figures that mark points.
func (v View) rankGlyph(rank int) draw.GlyphDrawer {
	return figure.Glyphs[slices.Index(v.ranks, rank)%len(figure.Glyphs)]
}

// meanLine is the mean of a cell's done runs.
func (k curves) meanLine(c analysis.Cell, color color.RGBA) figure.Series {
	s := figure.Series{Name: rankName(c.Rank), Color: color, Line: figure.LineWide, Spread: k.spread}
	for _, p := range c.Curve(k.quantity, k.smoothing) {
		s.Points = append(s.Points, spreadPoint(float64(p.Step), p.Interval, p.Seeds))
	}
	return s
}

// spreadPoint is a mean with its 95% interval. With two seeds, whose interval would be 12.7
// standard errors wide, both seeds stand in its place; with one seed there is only the mean.
func spreadPoint(x float64, i stats.Interval, seeds []float64) figure.Point {
	p := figure.Point{X: x, Y: i.Mean, Low: i.Low, High: i.High}
	if i.N == 2 {
		p.Low, p.High = slices.Min(seeds), slices.Max(seeds)
	}
	return p
}

// divergedLines draws a line for each diverged run of a cell, which ends in a cross.
func (k curves) divergedLines(c analysis.Cell, color color.RGBA) []figure.Series {
	var lines []figure.Series
	for _, r := range c.Runs {
		if r.Status != results.Diverged {
			continue
		}
		points := k.of(r)
		lines = append(lines, figure.Series{
			Name:   fmt.Sprintf("%s, seed %d, diverged", rankName(c.Rank), r.Seed),
			Points: points, Color: color, Line: figure.ThinLineWide, Dashes: figure.ShortDashes,
		})
		if n := len(points); n > 0 {
			lines = append(lines, figure.Series{Points: points[n-1:], Color: color, Glyph: draw.CrossGlyph{}})
		}
	}
	return lines
}

// of returns the finite values of one run, without a spread.
func (k curves) of(r analysis.Row) (points []figure.Point) {
	for _, p := range k.smoothing.Of(r.Curve, k.quantity) {
		if y := p.Values[k.quantity]; number.Finite(y) {
			points = append(points, figure.Bare(float64(p.Step), y))
		}
	}
	return points
}

// extent has the points that axes must show: every point of every done run. A diverged run
// would stretch the axes without end, so of it only the steps count, and the values up to its
// first one.
func (k curves) extent(v View) []figure.Point {
	var all []figure.Point
	for _, c := range v.cells {
		for _, r := range c.Runs {
			points := k.of(r)
			for i := range points {
				if r.Status == results.Diverged && points[i].Y > points[0].Y {
					points[i].Y = math.NaN()
				}
			}
			all = append(all, points...)
		}
	}
	return all
}

// quantityLabel is the title of an axis that shows q.
func quantityLabel(q metrics.Quantity) string { return q.Label() + " (" + q.Unit() + ")" }

// setAxes gives all panels the same axes.
func setAxes(panels []figure.Panel, x, y figure.Axis) {
	for i := range panels {
		panels[i].X, panels[i].Y = x, y
	}
}

// stepAxis shows the steps of points.
func stepAxis(points []figure.Point) figure.Axis {
	steps := []float64{0}
	for _, p := range points {
		steps = append(steps, p.X)
	}
	return figure.Axis{Label: "step", Whole: true, Few: true}.Over(steps...)
}

// legend has a line for each rank, with a sample of each scheme's shade, and a line for arms
// without a rank. It also says what lines and bands are.
func (k curves) legend(v View) figure.Legend {
	spreads, spread := map[figure.Spread]string{figure.Band: "bands: ", figure.Bars: "bars: "}[k.spread], ""
	if k.spread != figure.NoSpread {
		spread = spreadName(doneCounts(v))
	}
	done := doneCounts(v).high > 0 // otherwise there is no mean
	l := figure.Legend{{Text: "rank", Samples: make([]figure.Series, len(v.schemes))}}
	for _, rank := range v.ranks {
		e := figure.Entry{Text: rankText(rank)}
		if rank == 0 {
			e.Text = "none"
		}
		for _, scheme := range v.schemes {
			s := figure.Series{Color: v.rankShade(scheme, rank), Line: figure.LineWide}
			switch {
			case !done:
				s.Line, s.Dashes = figure.ThinLineWide, figure.ShortDashes
			case k.spread == figure.Bars:
				s.Glyph = v.rankGlyph(rank)
			case spread != "":
				s.Spread = k.spread
			}
			if !v.has(scheme, rank) {
				s = figure.Series{}
			}
			e.Samples = append(e.Samples, s)
		}
		l = append(l, e)
	}
	if anyDiverged(v) {
		l = append(l, figure.Entry{Text: "diverged", Samples: []figure.Series{{
			Color: figure.Ink, Line: figure.ThinLineWide, Dashes: figure.ShortDashes, Glyph: draw.CrossGlyph{},
		}}})
	}
	if !done {
		return l
	}
	l = append(l, figure.Entry{}, figure.Entry{Text: "lines: mean, " + seedCount(doneCounts(v))})
	if spread != "" {
		l = append(l, figure.Entry{Text: spreads + spread})
	}
	if window := k.smoothing.Window; window > 1 {
		l = append(l, figure.Entry{Text: fmt.Sprintf("smoothed over %d points", window)})
	}
	return l
}

// has reports whether there is a cell of a scheme at a rank, which is 0 for arms without ranks.
func (v View) has(scheme string, rank int) bool {
	return slices.ContainsFunc(v.cells, func(c analysis.Cell) bool { return c.Scheme == scheme && c.Rank == rank })
}
