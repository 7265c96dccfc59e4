package paper

import (
	"cmp"
	"math"
	"slices"

	"ranksweep/metrics"
	"ranksweep/results"
)

// frontierFigure draws what a loss costs: the final validation loss of each rank
// against its training cost in the factored form, which others run, in the
// cheaper one of the two, which runs here, and against its memory.
func frontierFigure(runs []results.Run) Figure {
	arms := results.Arms(runs)
	labels, colors := armLabels(arms), armColors(arms)
	loss, _ := metrics.StatisticNamed(lossStatistic(arms))
	f := Figure{Name: "frontier"}
	var values []float64
	for _, of := range []struct {
		title, label string
		cost         func(c results.Cell) float64
	}{
		{"factored form", "training cost (TFLOP)", func(c results.Cell) float64 { return c.FactoredFlops / 1e12 }},
		{"the cheaper form", "training cost (TFLOP)", func(c results.Cell) float64 { return c.Flops / 1e12 }},
		{"memory beside the base", "MB", func(c results.Cell) float64 { return float64(c.Bytes) / (1 << 20) }},
	} {
		p := panel{title: capital(of.title)}
		var costs []float64
		for i, a := range arms {
			s := armSeries(colors[i], i)
			s.spread = bars
			for _, c := range a.Cells {
				q := statisticPoint(c, loss)
				q.x = of.cost(c)
				s.points = append(s.points, q)
				costs, values = append(costs, q.x), append(values, q.y, q.low, q.high)
			}
			p.series = append(p.series, s)
		}
		p.series = append([]series{frontier(p.series)}, p.series...)
		p.x = axis{label: of.label, log: true, few: true}.over(costs...)
		f.panels = append(f.panels, p)
	}
	for i := range f.panels {
		f.panels[i].y = axis{label: loss.Label + " (" + loss.Unit + ")"}.over(values...)
	}
	for i := range arms {
		f.legend = append(f.legend, entry{text: labels[i], samples: []series{armSeries(colors[i], i)}})
	}
	f.legend = append(f.legend, entry{}, entry{text: "frontier", samples: []series{frontier(nil)}})
	f.Caption = "Final " + loss.Label + " against what each rank takes, counted from shapes; on each line ranks rise from left to right. " +
		"The frontier is the lowest loss that no other cell has for less. " +
		"Means over seeds with 95% intervals. The factored form computes an adapter beside its map, as others do; the cheaper form is that or, " +
		"at large ranks, one merged matrix." + losses(arms) + " " + heldEqual(arms)
	return f
}

// frontier joins the points, of all series, that no other has both a lower cost
// and a lower loss than.
func frontier(all []series) series {
	f := series{color: rgb(0xd9d2c0), line: 5 * lineWide}
	var points []point
	for _, s := range all {
		points = append(points, s.points...)
	}
	slices.SortFunc(points, func(a, b point) int { return cmp.Or(cmp.Compare(a.x, b.x), cmp.Compare(a.y, b.y)) })
	lowest := math.Inf(1)
	for _, q := range points {
		if q.y < lowest {
			lowest = q.y
			f.points = append(f.points, bare(q.x, q.y))
		}
	}
	return f
}
