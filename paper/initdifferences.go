package paper

import (
	"fmt"
	"math"

	"ranksweep/paper/figure"
	"ranksweep/paper/number"
)

// initDifferencesFigure draws the differences of final losses from that of PyTorch's default initialization against
// rank, with the margins beyond which they would matter.
func initDifferencesFigure(v View) (f figure.Figure, ok bool) {
	family, _ := initComparisons(v)
	p := figure.Panel{Title: "Against kaiming-uniform"}
	low := figure.Series{Color: figure.Ink, Line: figure.ThinLineWide, Dashes: figure.ShortDashes, Guide: true}
	n := counts{low: math.MaxInt}
	var values, at []float64
	for i := range v.arms {
		s := v.armSeries(i)
		s.Spread = figure.Bars
		for _, d := range family {
			if d.arm != i || d.refused != nil || d.Difference.N == 0 {
				continue
			}
			q, margin := d.point(), 100*d.margin()/d.ReferenceMean
			s.Points = append(s.Points, q)
			if len(p.Series) == 0 {
				low.Points = append(low.Points, figure.Bare(q.X, -margin))
			}
			values, at = append(values, q.Low, q.High, margin, -margin), append(at, q.X)
			n.low, n.high = min(n.low, d.Difference.N), max(n.high, d.Difference.N)
		}
		if len(s.Points) > 0 {
			p.Series = append(p.Series, s)
			f.Legend = append(f.Legend, v.armEntries(i)...)
		}
	}
	for i := range p.Series {
		p.Series[i].Aside = figure.Aside(i, len(p.Series))
	}
	high := low
	high.Points = nil
	for _, q := range low.Points {
		high.Points = append(high.Points, figure.Bare(q.X, -q.Y))
	}
	p.X = rankAxis(at, true)
	p.Y = figure.Axis{Label: v.loss.Label + ", difference in %"}.Over(values...)
	p.Series = append([]figure.Series{figure.LevelLine(p.X, 0), low, high}, p.Series...)
	f.Name, f.Panels = "init-differences", []figure.Panel{p}
	f.Legend = append(f.Legend, figure.Entry{Text: "margin", Samples: []figure.Series{low}})
	f.Caption = fmt.Sprintf("Difference of the final %s from that of PyTorch's default initialization, in percent of "+
		"that, against rank: means over pairs of runs with the same seed, %s, with 95%% intervals (Student's t)%s. "+
		"Each interval is for one comparison, uncorrected for the others. The dashed lines are the margins: %s%% of "+
		"what the default learned, on average over seeds.", v.loss.Label, seedCount(n), validationNote(family),
		number.Brief(100*learnedMargin)) + runsLost(v) + " " + v.equal
	return f, n.high > 1
}
