package paper

import (
	"fmt"
	"math"
	"slices"

	"ranksweep/metrics"
	"ranksweep/paper/figure"
	"ranksweep/paper/table"
	"ranksweep/results"
	"ranksweep/theory"
)

// closely is how near a law counts as holding.
const closely = 0.1

// twoLaws are the statistics that theory has rise by √r once ranks are far above
// the width of the adapted maps.
func twoLaws() []metrics.Statistic {
	one := func(s metrics.Statistic) bool { return s.Theory.Rise <= 0 }
	return slices.DeleteFunc(slices.Clone(metrics.Statistics), one)
}

// regimeFigure draws what has two laws over the one for small ranks: a panel a
// statistic, a line an arm.
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
			marks := figure.Series{Color: colors[i], Glyph: figure.Glyphs[i%len(figure.Glyphs)], Spread: figure.Bars}
			exact := figure.Series{Color: colors[i], Line: figure.ThinLineWide}
			for k, rank := range g.Ranks {
				x := float64(rank)
				m, e := g.Measured[k], g.Expected[k]
				marks.Points = append(marks.Points, figure.Point{X: x, Y: math.Sqrt(m.Mean), Low: math.Sqrt(m.Low), High: math.Sqrt(m.High)})
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
		p.Y = figure.Axis{Label: "over the law of small ranks", Log: true}.Over(values...)
		p.Series = append(p.Series, tenPercent(p.X))
	}
	for i := range v.arms {
		f.Legend = append(f.Legend, figure.Entry{Text: labels[i], Samples: []figure.Series{{Color: colors[i], Glyph: figure.Glyphs[i%len(figure.Glyphs)]}}})
	}
	f.Legend = append(f.Legend, figure.Entry{},
		figure.Entry{Text: "exact theory", Samples: []figure.Series{{Color: figure.Ink, Line: figure.ThinLineWide}}},
		figure.Entry{Text: fmt.Sprintf("%g%% above", 100*closely), Samples: []figure.Series{tenPercent(figure.Axis{})}})
	f.Caption = fmt.Sprintf("Sizes after the first update over what the law of small ranks gives, both "+
		"logarithmic: root mean squares over seeds, %s, with 95%% intervals. ",
		seedCount(doneCounts(v))) + "Lines are exact expectations at these " +
		"ranks." + losses(v) + " " + v.equal
	return f, len(v.arms) > 0
}

// tenPercent is where a law is missed by what counts as closely.
func tenPercent(x figure.Axis) figure.Series {
	s := figure.LevelLine(x, 1+closely)
	s.Dashes = figure.ShortDashes
	return s
}

// regimesTable says between which ranks neither law holds closely, and at how many
// ranks what was measured is what is expected. It has no rows where no statistic has
// two laws.
func regimesTable(v View) table.Table {
	t := table.Table{Name: "regimes", Title: fmt.Sprintf("Ranks at which two laws meet, computed from the maps, and "+
		"up to and from which one holds to %g%%", 100*closely)}
	type row struct {
		arm, quantity string
		results.Regime
	}
	var rows []row
	labels := v.traitLabels()
	for i, a := range v.arms {
		for _, statistic := range twoLaws() {
			if g, ok := a.Regime(statistic); ok {
				rows = append(rows, row{labels[i], statistic.Label, g})
			}
		}
	}
	if len(rows) == 0 {
		return t
	}
	add := func(c table.Column, of func(r row) string) {
		var entries []table.Entry
		for _, r := range rows {
			entries = append(entries, table.Word(of(r)))
		}
		t.Add(c, entries)
	}
	add(table.Column{Head: "adapters"}, func(r row) string { return r.arm })
	add(table.Column{Head: "quantity"}, func(r row) string { return r.quantity })
	add(table.Column{Head: "laws meet at rank", Number: true}, func(r row) string { return rounded(r.Crossover.Mean) })
	add(table.Column{Head: "small ranks, up to", Number: true}, func(r row) string {
		upTo, _ := theory.Within(closely, r.Crossover.Mean)
		return rounded(math.Floor(upTo))
	})
	add(table.Column{Head: "large ranks, from", Number: true}, func(r row) string {
		_, from := theory.Within(closely, r.Crossover.Mean)
		return rounded(math.Ceil(from))
	})
	add(table.Column{Head: "ranks with their exact value in the 95% interval", Number: true}, func(r row) string {
		here := 0
		for k := range r.Ranks {
			if r.Measured[k].Low <= r.Expected[k].Mean && r.Expected[k].Mean <= r.Measured[k].High {
				here++
			}
		}
		return fmt.Sprintf("%d of %d", here, len(r.Ranks))
	})
	return t
}
