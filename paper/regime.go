package paper

import (
	"fmt"
	"math"
	"slices"

	"ranksweep/analysis"
	"ranksweep/lora"
	"ranksweep/metrics"
	"ranksweep/nn"
	"ranksweep/paper/figure"
	"ranksweep/paper/number"
	"ranksweep/paper/table"
	"ranksweep/theory"
)

// closely is the relative error up to which a law counts as holding.
const closely = 0.1

// twoLaws are the statistics that follow one law at small ranks and another at large ones:
// by theory they rise by a factor √r faster once ranks are far above the maps' width.
func twoLaws() []metrics.Statistic {
	one := func(s metrics.Statistic) bool { return s.Theory.Rise(nn.LinearUpdate, lora.Scheme{}) <= 0 }
	return slices.DeleteFunc(slices.Clone(metrics.Statistics), one)
}

// regimeFigure draws statistics with two laws, divided by the law for small ranks: a panel for
// each statistic, a line for each arm.
func regimeFigure(v View) (figure.Figure, bool) {
	labels, colors := v.traitLabels(), v.colors
	f := figure.Figure{Name: "regime"}
	var values, at []float64
	for _, s := range twoLaws() {
		p := figure.Panel{Title: checkedTitle(s)}
		for i, a := range v.arms {
			g, ok := a.Regime(s)
			if !ok {
				continue
			}
			marks := figure.Series{
				Name: labels[i], Color: colors[i], Glyph: figure.Glyphs[i%len(figure.Glyphs)], Spread: figure.Bars,
			}
			exact := figure.Series{Name: labels[i] + ", exact theory", Color: colors[i], Line: figure.ThinLineWide}
			for k, rank := range g.Ranks {
				x := float64(rank)
				m, e := g.Measured[k], g.Expected[k]
				marks.Points = append(marks.Points, figure.Point{
					X: x, Y: math.Sqrt(m.Mean), Low: math.Sqrt(m.Low), High: math.Sqrt(m.High),
				})
				exact.Points = append(exact.Points, figure.Bare(x, math.Sqrt(e.Mean)))
				values, at = append(values, math.Sqrt(m.Mean), math.Sqrt(e.Mean)), append(at, x)
			}
			p.Series = append(p.Series, exact, marks)
		}
		f.Panels = append(f.Panels, p)
	}
	for i := range f.Panels {
		p := &f.Panels[i]
		p.X = rankAxis(at, true)
		p.Y = figure.Axis{Label: "relative to the law for small ranks", Log: true}.Over(values...)
		p.Series = append(p.Series, tenPercent(p.X))
	}
	for i := range v.arms {
		f.Legend = append(f.Legend, figure.Entry{Text: labels[i], Samples: []figure.Series{{
			Color: colors[i], Glyph: figure.Glyphs[i%len(figure.Glyphs)],
		}}})
	}
	f.Legend = append(f.Legend, figure.Entry{},
		figure.Entry{Text: "exact theory", Samples: []figure.Series{{Color: figure.Ink, Line: figure.ThinLineWide}}},
		figure.Entry{Text: number.Brief(100*closely) + "% above", Samples: []figure.Series{tenPercent(figure.Axis{})}})
	f.Caption = fmt.Sprintf("Quantities after the first update, divided by what the law for small ranks gives, "+
		"against rank, on logarithmic axes: root mean squares over seeds, %s, with 95%% intervals. Lines are the "+
		"values that theory expects at exactly these ranks. The dashed line is %s%% above the law for small ranks.",
		seedCount(doneCounts(v)), number.Brief(100*closely)) + runsLost(v) + " " + v.equal
	return f, len(v.arms) > 0
}

// tenPercent is the line above which a law no longer holds closely.
func tenPercent(x figure.Axis) figure.Series {
	s := figure.LevelLine(x, 1+closely)
	s.Dashes = figure.ShortDashes
	return s
}

// regimesTable says between which ranks neither law holds closely, and at how many ranks the
// measured value is the expected one. It has no rows if no statistic has two laws.
func regimesTable(v View) table.Table {
	t := table.Table{Name: "regimes", Title: fmt.Sprintf("Where the law for small ranks meets the law for large "+
		"ranks, computed from the maps, and where each holds to within %s%%", number.Brief(100*closely))}
	type row struct {
		arm, quantity string
		analysis.Regime
		upTo, from float64 // the ranks between which neither law holds closely
	}
	var rows []row
	labels := v.traitLabels()
	for i, a := range v.arms {
		for _, statistic := range twoLaws() {
			if g, ok := a.Regime(statistic); ok {
				upTo, from := theory.Within(closely, g.Crossover.Mean)
				rows = append(rows, row{labels[i], statistic.Label, g, math.Floor(upTo), math.Ceil(from)})
			}
		}
	}
	if len(rows) == 0 {
		return t
	}
	table.Fill(&t, rows,
		table.Words("adapter", func(r row) string { return r.arm }),
		table.Words("quantity", func(r row) string { return r.quantity }),
		table.Numbers("the laws meet at rank", func(r row) string { return rounded(r.Crossover.Mean) }),
		table.Numbers("law for small ranks, up to rank", func(r row) string { return rounded(r.upTo) }),
		table.Numbers("law for large ranks, from rank", func(r row) string { return rounded(r.from) }),
		table.Numbers("ranks whose 95% interval of the mean square contains the exact one", func(r row) string {
			here := 0
			for k := range r.Ranks {
				if r.Measured[k].Low <= r.Expected[k].Mean && r.Expected[k].Mean <= r.Measured[k].High {
					here++
				}
			}
			return fmt.Sprintf("%d of %d", here, len(r.Ranks))
		}),
	)
	return t
}
