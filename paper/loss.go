package paper

import (
	"slices"

	"ranksweep/metrics"
	"ranksweep/paper/figure"
	"ranksweep/results"
)

// lossFigure draws the validation loss against steps, or, where that was not
// followed, a running mean of the training loss.
func lossFigure(v View) (figure.Figure, bool) {
	k := curves{quantity: metrics.ValLoss, spread: figure.Band}
	followed := func(r results.Row) bool { return len(k.of(r)) > 1 }
	if !slices.ContainsFunc(v.cells, func(c results.Cell) bool { return slices.ContainsFunc(c.Runs, followed) }) {
		k.quantity, k.smoothing = metrics.TrainLoss, v.smoothing(metrics.TrainLoss, 20)
	}
	panels, seen := k.panels(v), k.extent(v)
	values, cut := withoutTransient(seen)
	values = withBands(values, panels)
	setAxes(panels, stepAxis(seen), figure.Axis{Label: quantityLabel(k.quantity)}.Over(values...))
	caption := k.caption(v, k.quantity.Label())
	if cut {
		caption += " The first tenth of the steps leaves the panels at the top."
	}
	return figure.Figure{Name: "loss", Caption: caption, Panels: panels, Legend: k.legend(v)}, len(panels) > 0
}

// withBands adds the ends of bands to the values that an axis must hold, unless
// they would more than double it: then they leave the panels.
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
	if wide, narrow := (figure.Axis{}).Over(all...), (figure.Axis{}).Over(values...); wide.Max-wide.Min > 2*(narrow.Max-narrow.Min) {
		return values
	}
	return all
}

// withoutTransient are the values of points, those of the first tenth of the
// steps left out where they would take more than two thirds of the axis: the
// differences that matter come later.
func withoutTransient(points []figure.Point) (values []float64, cut bool) {
	last := 0.0
	for _, p := range points {
		last = max(last, p.X)
	}
	var later []float64
	for _, p := range points {
		values = append(values, p.Y)
		if p.X >= last/10 {
			later = append(later, p.Y)
		}
	}
	if all, rest := (figure.Axis{}).Over(values...), (figure.Axis{}).Over(later...); all.Max-all.Min > 3*(rest.Max-rest.Min) {
		return later, true
	}
	return values, false
}
