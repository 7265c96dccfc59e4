package paper

import (
	"slices"

	"ranksweep/analysis"
	"ranksweep/metrics"
	"ranksweep/paper/figure"
)

// lossFigure draws the validation loss against steps or, if that was measured only once, a
// running mean of the training loss; of runs whose tokenizers differ bits per byte. There is no figure if that was
// measured once, too.
func lossFigure(v View) (figure.Figure, bool) {
	k := curves{quantity: metrics.ValLoss, spread: figure.Band}
	followed := func(r analysis.Row) bool { return len(k.of(r)) > 1 }
	some := func(c analysis.Cell) bool { return slices.ContainsFunc(c.Runs, followed) }
	if v.byBytes() {
		k.quantity = metrics.BitsPerByte
	} else if !slices.ContainsFunc(v.cells, some) {
		k.quantity, k.smoothing = metrics.TrainLoss, v.smoothing(metrics.TrainLoss, 20)
	}
	if !slices.ContainsFunc(v.cells, some) {
		return figure.Figure{}, false // a point a run is no curve
	}
	panels, seen := k.panels(v), k.extent(v)
	values, cut := withoutTransient(seen)
	values = withBands(values, panels)
	setAxes(panels, stepAxis(seen), figure.Axis{Label: quantityLabel(k.quantity)}.Over(values...))
	caption := k.caption(v, k.quantity.Label())
	if cut {
		caption += " Losses of the first tenth of the steps lie above the panels."
	}
	return figure.Figure{Name: "loss", Caption: caption, Panels: panels, Legend: k.legend(v)}, len(panels) > 0
}

// withBands adds the ends of bands to the values that an axis must show, unless they would
// more than double its range: then bands are cut off.
func withBands(values []float64, panels []figure.Panel) []float64 {
	all := slices.Clone(values)
	for _, p := range panels {
		for _, s := range p.Series {
			for _, pt := range s.Points {
				if s.Spread == figure.Band && pt.HasSpread() {
					all = append(all, pt.Low, pt.High)
				}
			}
		}
	}
	if axisRange(all) > 2*axisRange(values) {
		return values
	}
	return all
}

// axisRange is the range of a linear axis that shows all values.
func axisRange(values []float64) float64 {
	a := figure.Axis{}.Over(values...)
	return a.Max - a.Min
}

// leastLater is the least number of steps with values that must be left of a curve whose first
// part is cut off.
const leastLater = 5

// withoutTransient returns the values of points. It leaves out those of the first tenth of
// the steps if they would take more than two thirds of the axis, since the differences that matter
// come later, unless too few steps with values are left: then lines would enter the panel near
// its end.
func withoutTransient(points []figure.Point) (values []float64, cut bool) {
	last := 0.0
	for _, p := range points {
		last = max(last, p.X)
	}
	var later []float64
	steps := make(map[float64]bool)
	for _, p := range points {
		values = append(values, p.Y)
		if p.X >= last/10 {
			later, steps[p.X] = append(later, p.Y), true
		}
	}
	if len(steps) >= leastLater && axisRange(values) > 3*axisRange(later) {
		return later, true
	}
	return values, false
}
