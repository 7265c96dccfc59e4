package paper

import (
	"fmt"
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"ranksweep/metrics"
	"ranksweep/metrics/stats"
	"ranksweep/results"
)

const (
	lineWide     vg.Length = 1.1
	thinLineWide vg.Length = 0.7
)

// shortDashes tell a diverged run from the mean of the done ones.
var shortDashes = []vg.Length{2, 1.5}

// curvePanels draw q against steps: a panel an arm, a line a rank, and the
// seeds as spread says. Their axes are not yet set.
func curvePanels(arms []results.Arm, q metrics.Quantity, spread spread) []panel {
	labels, palette := armLabels(arms), families(schemes(arms))
	var panels []panel
	for i, a := range arms {
		p := panel{title: labels[i]}
		for _, c := range a.Cells {
			color := rankShade(palette[a.Scheme], c.Rank, arms)
			p.series = append(p.series, meanLine(c, q, color, spread))
			p.series = append(p.series, divergedLines(c, q, color)...)
		}
		panels = append(panels, p)
	}
	return panels
}

// rankShade is the shade of a rank of arms; what has none takes the middle.
func rankShade(f family, rank int, arms []results.Arm) color.RGBA {
	if rank == 0 {
		return f.shade(0, 1)
	}
	all := ranks(ranked(arms))
	return f.shade(slices.Index(all, rank), len(all))
}

// meanLine is the mean of a cell's done runs.
func meanLine(c results.Cell, q metrics.Quantity, color color.RGBA, spread spread) series {
	s := series{color: color, line: lineWide, spread: spread}
	seeds := map[int][]float64{} // by step
	for _, r := range c.Runs {
		for _, p := range r.Curve {
			if v := p.Values[q]; r.Status == results.Done && !math.IsNaN(v) {
				seeds[p.Step] = append(seeds[p.Step], v)
			}
		}
	}
	for _, p := range c.Curve(q) {
		s.points = append(s.points, spreadPoint(float64(p.Step), p.Interval, seeds[p.Step]))
	}
	return s
}

// spreadPoint is a mean with its 95% interval; of two seeds, whose interval
// would be 12.7 standard errors wide, with both of them; of one, alone.
func spreadPoint(x float64, i stats.Interval, seeds []float64) point {
	p := point{x: x, y: i.Mean, low: i.Low, high: i.High}
	if i.N == 2 {
		p.low, p.high = slices.Min(seeds), slices.Max(seeds)
	}
	return p
}

// divergedLines draw each diverged run of a cell by itself, up to a cross.
func divergedLines(c results.Cell, q metrics.Quantity, color color.RGBA) []series {
	var lines []series
	for _, r := range c.Runs {
		if r.Status != results.Diverged {
			continue
		}
		points := finitePoints(r, q)
		lines = append(lines, series{points: points, color: color, line: thinLineWide, dashes: shortDashes})
		if n := len(points); n > 0 {
			lines = append(lines, series{points: points[n-1:], color: color, glyph: draw.CrossGlyph{}})
		}
	}
	return lines
}

// finitePoints are the values of q in a run, without a spread.
func finitePoints(r results.Run, q metrics.Quantity) []point {
	var points []point
	for _, p := range r.Curve {
		if v := p.Values[q]; finite(v) {
			points = append(points, bare(float64(p.Step), v))
		}
	}
	return points
}

// extent is what axes must hold: every point of every done run, and of a
// diverged one, which would stretch them without end, the steps, and the
// values that do not exceed the first.
func extent(arms []results.Arm, q metrics.Quantity) []point {
	var all []point
	for _, c := range cells(arms) {
		for _, r := range c.Runs {
			points := finitePoints(r, q)
			for i := range points {
				if r.Status == results.Diverged && points[i].y > points[0].y {
					points[i].y = math.NaN()
				}
			}
			all = append(all, points...)
		}
	}
	return all
}

// quantityLabel is the title of an axis of q.
func quantityLabel(q metrics.Quantity) string { return q.Label() + " (" + q.Unit() + ")" }

// setAxes gives all panels the same axes.
func setAxes(panels []panel, x, y axis) {
	for i := range panels {
		panels[i].x, panels[i].y = x, y
	}
}

// stepAxis holds the steps of points.
func stepAxis(points []point) axis {
	steps := []float64{0}
	for _, p := range points {
		steps = append(steps, p.x)
	}
	return axis{label: "step", whole: true, few: true}.over(steps...)
}

// curveLegend has a line for each rank, with a sample of each scheme's shade, and
// one for what has none, and says what lines and bands are.
func curveLegend(arms []results.Arm, window int, spread spread) legend {
	names, bands := schemes(arms), ""
	if spread == band {
		bands = spreadName(doneCounts(arms))
	}
	palette := families(names)
	l := legend{{text: "rank", samples: make([]series, len(names))}}
	for _, rank := range ranks(arms) {
		e := entry{text: rankText(rank)}
		for _, name := range names {
			s := series{color: rankShade(palette[name], rank, arms), line: lineWide}
			if bands != "" {
				s.spread = band
			}
			if hasRanks(arms, name) != (rank > 0) {
				s = series{}
			}
			e.samples = append(e.samples, s)
		}
		l = append(l, e)
	}
	if anyDiverged(arms) {
		cross := series{color: ink, line: thinLineWide, dashes: shortDashes, glyph: draw.CrossGlyph{}}
		l = append(l, entry{text: "diverged", samples: []series{cross}})
	}
	l = append(l, entry{}, entry{text: "lines: mean, " + seedCount(doneCounts(arms))})
	if bands != "" {
		l = append(l, entry{text: "bands: " + bands})
	}
	if window > 1 {
		l = append(l, entry{text: fmt.Sprintf("smoothed over %d points", window)})
	}
	return l
}

// hasRanks reports whether a scheme has ranks.
func hasRanks(arms []results.Arm, scheme string) bool {
	return slices.ContainsFunc(arms, func(a results.Arm) bool { return a.Scheme == scheme && a.Ranked() })
}
