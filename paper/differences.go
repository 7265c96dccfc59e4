package paper

import (
	"fmt"
	"image/color"

	"ranksweep/metrics"
	"ranksweep/results"
)

// differencesFigure draws the comparisons of final losses, seed by seed: each
// scheme with the first one, and each rank with the smallest, against rank. There
// is none unless some comparison has an interval.
func differencesFigure(runs []results.Run) (f Figure, ok bool) {
	arms := results.Arms(runs)
	loss, _ := metrics.StatisticNamed(lossStatistic(arms))
	duels := duelsOf(arms, loss)
	labels, colors := armLabels(arms), armColors(arms)
	f = Figure{Name: "differences"}
	var values, at []float64
	drawn := make([]bool, len(arms))
	for _, family := range []string{schemeFamily, rankFamily} {
		p := panel{}
		for i := range arms {
			s := series{color: colors[i], line: lineWide, glyph: glyphs[i%len(glyphs)], spread: bars}
			for _, d := range duels {
				if d.family != family || d.arm != i || d.refused != nil || d.Same || d.Difference.N == 0 {
					continue
				}
				s.points = append(s.points, d.point())
				p.title = d.against(family)
			}
			s.aside = aside(i, len(arms))
			for _, q := range s.points {
				values, at = append(values, q.y, q.low, q.high), append(at, q.x)
				ok = ok || q.hasSpread()
				drawn[i] = true
			}
			if len(s.points) > 0 {
				p.series = append(p.series, s)
			}
		}
		if len(p.series) > 0 {
			f.panels = append(f.panels, p)
		}
	}
	for i := range f.panels {
		p := &f.panels[i]
		p.x = axis{label: "rank r", log: true, few: true}.over(at...)
		p.y = axis{label: loss.Label + ", difference in %"}.over(append(values, 0)...)
		p.series = append([]series{zeroLine(p.x)}, p.series...)
	}
	for i := range arms {
		if drawn[i] {
			f.legend = append(f.legend, entry{text: labels[i], samples: []series{sampleOf(colors[i], i)}})
		}
	}
	f.Caption = fmt.Sprintf("Differences of the final %s against rank, in percent of the loss compared with: means over pairs of runs of one seed, with 95%% intervals (Student's t), which are of one comparison each. ", loss.Label) +
		"Below the line is better." + losses(arms) + " " + heldEqual(arms)
	return f, ok
}

// point is the difference in percent of the reference's loss, at the cell's rank.
func (d duel) point() point {
	unit := d.ReferenceMean / 100
	return point{x: float64(d.Cell.Rank), y: d.Difference.Mean / unit, low: d.Difference.Low / unit, high: d.Difference.High / unit}
}

// against names what the duels of a family are with.
func (d duel) against(family string) string {
	if family == rankFamily {
		return fmt.Sprintf("Against rank %d", d.Reference.Rank)
	}
	return "Against " + schemeLabel(d.Reference.Scheme)
}

func sampleOf(c color.RGBA, i int) series {
	return series{color: c, line: lineWide, glyph: glyphs[i%len(glyphs)]}
}

// zeroLine is where two losses are the same.
func zeroLine(x axis) series {
	at := func(x float64) point { return point{x: x} }
	return series{points: []point{at(x.min), at(x.max)}, color: ink, line: thinLineWide}
}
