package paper

import (
	"fmt"
	"math"
	"slices"

	"ranksweep/analysis"
	"ranksweep/metrics"
	"ranksweep/metrics/stats"
	"ranksweep/paper/figure"
)

// ratiosFigure draws what is measured of the first steps over what theory expects at exactly these ranks: a panel for
// each quantity, a line for each arm of the first scheme. Other multipliers of one optimizer have almost the same
// ratios, and would hide them.
func ratiosFigure(v View) (f figure.Figure, ok bool) {
	v = v.where(func(a analysis.Arm) bool { return a.Scheme == v.schemes[0] })
	f = figure.Figure{Name: "ratios"}
	n := counts{low: math.MaxInt}
	var values, at []float64
	for _, s := range metrics.Fitted() {
		p := figure.Panel{Title: ratioTitle(s)}
		for i, a := range v.arms {
			if s.Theory.Ratio() {
				continue // the expectation of a ratio is not the ratio of expectations
			}
			marks := v.armSeries(i)
			marks.Spread, marks.Line = figure.Bars, 0
			for _, c := range a.Cells {
				over := c.OverExpected(s)
				if over.N < 3 {
					continue
				}
				marks.Points = append(marks.Points, pointOf(c.Rank, over))
				values, at = append(values, over.Low, over.High), append(at, float64(c.Rank))
				n.low, n.high = min(n.low, over.N), max(n.high, over.N)
			}
			if len(marks.Points) > 0 {
				p.Series = append(p.Series, marks)
			}
		}
		for i := range p.Series {
			p.Series[i].Aside = figure.Aside(i, len(p.Series)) / 2
		}
		if len(p.Series) > 0 {
			f.Panels = append(f.Panels, p)
		}
	}
	setAxes(f.Panels, rankAxis(at, true), figure.Axis{Label: "mean square over expected"}.Over(values...))
	for i := range f.Panels {
		p := &f.Panels[i]
		p.Series = append([]figure.Series{figure.LevelLine(p.X, 1)}, p.Series...)
	}
	for i, a := range v.arms {
		marks := v.armSeries(i)
		marks.Line = 0
		f.Legend = append(f.Legend, figure.Entry{Text: a.Optimizer, Samples: []figure.Series{marks}})
	}
	f.Caption = fmt.Sprintf("Mean square over its expected value or, for a loss drop, the mean over its expected "+
		"value, against rank on a logarithmic axis: means over seeds, %s, with 95%% intervals (Student's t), each for "+
		"one cell, uncorrected for the others. Under %s only: under other multipliers of the same optimizer these "+
		"ratios are almost the same.", seedCount(n), schemeLabel(v.schemes[0])) + runsLost(v) + " " + v.equal
	return f, slices.ContainsFunc(f.Panels, func(p figure.Panel) bool { return len(p.Series) > 1 })
}

// ratioTitle is the title of a statistic's panel: its label or, where that is wider than the panel, a shorter one.
func ratioTitle(s metrics.Statistic) string {
	const widest = 30 // letters
	if len(s.Label) > widest {
		return checkedTitle(s)
	}
	return capital(s.Label)
}

// pointOf is a mean with its interval at a rank.
func pointOf(rank int, i stats.Interval) figure.Point {
	return figure.Point{X: float64(rank), Y: i.Mean, Low: i.Low, High: i.High}
}
