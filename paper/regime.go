package paper

import (
	"fmt"
	"math"
	"slices"

	"ranksweep/metrics"
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
func regimeFigure(arms []results.Arm) Figure {
	labels, colors := traitLabels(arms), armColors(arms)
	f := Figure{Name: "regime"}
	var values, at []float64
	for _, s := range twoLaws() {
		p := panel{title: checkedTitle(s)}
		for i, a := range arms {
			g, ok := a.Regime(s)
			if !ok {
				continue
			}
			marks := series{color: colors[i], glyph: glyphs[i%len(glyphs)], spread: bars}
			exact := series{color: colors[i], line: thinLineWide}
			for k, rank := range g.Ranks {
				x := float64(rank)
				m, e := g.Measured[k], g.Expected[k]
				marks.points = append(marks.points, point{x: x, y: math.Sqrt(m.Mean), low: math.Sqrt(m.Low), high: math.Sqrt(m.High)})
				exact.points = append(exact.points, bare(x, math.Sqrt(e.Mean)))
				values, at = append(values, math.Sqrt(m.Mean), math.Sqrt(e.Mean)), append(at, x)
			}
			p.series = append(p.series, exact, marks)
		}
		f.panels = append(f.panels, p)
	}
	for i := range f.panels {
		p := &f.panels[i]
		p.x = rankAxis(at, true)
		p.y = axis{label: "over the law of small ranks", log: true}.over(values...)
		p.series = append(p.series, tenPercent(p.x))
	}
	for i := range arms {
		f.legend = append(f.legend, entry{text: labels[i], samples: []series{{color: colors[i], glyph: glyphs[i%len(glyphs)]}}})
	}
	f.legend = append(f.legend, entry{},
		entry{text: "exact theory", samples: []series{{color: ink, line: thinLineWide}}},
		entry{text: fmt.Sprintf("%g%% above", 100*closely), samples: []series{tenPercent(axis{})}})
	f.Caption = fmt.Sprintf("Sizes after the first update over what the law of small ranks gives, both "+
		"logarithmic: root mean squares over seeds, %s, with 95%% intervals. ",
		seedCount(doneCounts(arms))) + "Lines are exact expectations at these " +
		"ranks." + losses(arms) + " " + heldEqual(arms)
	return f
}

// tenPercent is where a law is missed by what counts as closely.
func tenPercent(x axis) series {
	s := levelLine(x, 1+closely)
	s.dashes = shortDashes
	return s
}

// regimesTable says between which ranks neither law holds closely, and at how many
// ranks what was measured is what is expected. It has no rows where no statistic has
// two laws.
func regimesTable(arms []results.Arm) Table {
	t := Table{Name: "regimes", Title: fmt.Sprintf("Ranks at which two laws meet, computed from the maps, and "+
		"up to and from which one holds to %g%%", 100*closely)}
	type row struct {
		arm, quantity string
		results.Regime
	}
	var rows []row
	labels := traitLabels(arms)
	for i, a := range arms {
		for _, statistic := range twoLaws() {
			if g, ok := a.Regime(statistic); ok {
				rows = append(rows, row{labels[i], statistic.Label, g})
			}
		}
	}
	if len(rows) == 0 {
		return t
	}
	add := func(c Column, of func(r row) string) {
		var entries []Entry
		for _, r := range rows {
			entries = append(entries, word(of(r)))
		}
		t.add(c, entries)
	}
	add(Column{Head: "adapters"}, func(r row) string { return r.arm })
	add(Column{Head: "quantity"}, func(r row) string { return r.quantity })
	add(Column{Head: "laws meet at rank", Number: true}, func(r row) string { return rounded(r.Crossover.Mean) })
	add(Column{Head: "small ranks, up to", Number: true}, func(r row) string {
		upTo, _ := theory.Within(closely, r.Crossover.Mean)
		return rounded(math.Floor(upTo))
	})
	add(Column{Head: "large ranks, from", Number: true}, func(r row) string {
		_, from := theory.Within(closely, r.Crossover.Mean)
		return rounded(math.Ceil(from))
	})
	add(Column{Head: "ranks with their exact value in the 95% interval", Number: true}, func(r row) string {
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
