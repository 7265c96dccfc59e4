package paper

import (
	"fmt"
	"math"
	"slices"

	"ranksweep/paper/figure"
)

// differencesFigure draws the differences of final losses against rank: each scheme compared
// with the first one, and each rank with the smallest, seed by seed. There is no figure unless
// some comparison has an interval. For a claim on one scheme there is no comparison between schemes.
func differencesFigure(v View) (f figure.Figure, ok bool) {
	loss := v.loss
	drawn := slices.DeleteFunc(comparisonsOf(v, loss), func(d comparison) bool {
		return d.refused != nil || d.Same || d.Difference.N == 0 || v.alone && d.family == schemeFamily
	})
	f = figure.Figure{Name: "differences"}
	n := counts{low: math.MaxInt}
	values, at := []float64{0}, []float64(nil)
	for _, d := range drawn {
		q := d.point()
		values, at = append(values, q.Y, q.Low, q.High), append(at, q.X)
		n.low, n.high = min(n.low, d.Difference.N), max(n.high, d.Difference.N)
	}
	x := rankAxis(at, true)
	y := figure.Axis{Label: loss.Label + ", difference in %"}.Over(values...)
	for _, family := range []string{schemeFamily, rankFamily} {
		if p := v.familyPanel(drawn, family); len(p.Series) > 0 {
			p.X, p.Y, p.Series = x, y, append([]figure.Series{figure.LevelLine(x, 0)}, p.Series...)
			f.Panels = append(f.Panels, p)
		}
	}
	for i := range v.arms {
		if slices.ContainsFunc(drawn, func(d comparison) bool { return d.arm == i }) {
			f.Legend = append(f.Legend, v.armEntries(i)...)
		}
	}
	f.Caption = fmt.Sprintf("Difference of the final %s from the reference, in percent of the reference's loss, "+
		"against rank: means over pairs of runs with the same seed, %s, with 95%% intervals (Student's t)%s. Each "+
		"interval is for one comparison, uncorrected for the others. Below the line, the loss is lower than the "+
		"reference's.",
		loss.Label, seedCount(n), validationNote(drawn)) + runsLost(v) + " " + v.equal
	return f, n.high > 1
}

// validationNote says whether the intervals of comparisons have the error from validation.
func validationNote(drawn []comparison) string {
	if slices.ContainsFunc(drawn, func(d comparison) bool { return d.SharedSE > 0 }) {
		return ", which have the error from validation in them"
	}
	return ", which are over seeds and leave out the error from validation"
}

// familyPanel has a line for each arm, through its comparisons of one family.
func (v View) familyPanel(comparisons []comparison, family string) (p figure.Panel) {
	for i := range v.arms {
		s := v.armSeries(i)
		s.Spread = figure.Bars
		for _, d := range comparisons {
			if d.family == family && d.arm == i {
				s.Points = append(s.Points, d.point())
				p.Title = d.against()
			}
		}
		if len(s.Points) > 0 {
			p.Series = append(p.Series, s)
		}
	}
	for i := range p.Series {
		p.Series[i].Aside = figure.Aside(i, len(p.Series))
	}
	return p
}

// point is the difference in percent of the reference's loss, at the cell's rank.
func (d comparison) point() figure.Point {
	unit := d.ReferenceMean / 100
	return figure.Point{
		X: float64(d.Cell.Rank), Y: d.Difference.Mean / unit,
		Low: d.Difference.Low / unit, High: d.Difference.High / unit,
	}
}

// against names the reference.
func (d comparison) against() string {
	if d.family == rankFamily {
		return fmt.Sprintf("Against rank %d", d.Reference.Rank)
	}
	return "Against " + schemeLabel(d.Reference.Scheme)
}
