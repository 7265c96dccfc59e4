package public

import (
	"slices"

	"ranksweep/paper/figure"
)

// Figure draws the best rates of each model against rank, at the ranks where they lie between others.
func Figure() figure.Figure {
	var p figure.Panel
	var ranks, rates []float64
	best := slices.DeleteFunc(BestRates(), func(b Best) bool { return !b.Inside() })
	for len(best) > 0 {
		s := figure.Series{Color: figure.Ink, Line: figure.ThinLineWide, Glyph: figure.Glyphs[0]}
		model := best[0].Model
		for len(best) > 0 && best[0].Model == model {
			b := best[0]
			s.Points = append(s.Points, figure.Bare(float64(b.Rank), b.Vertex))
			ranks, rates, best = append(ranks, float64(b.Rank)), append(rates, b.Vertex), best[1:]
		}
		p.Series = append(p.Series, s)
	}
	p.X = figure.TriedAxis("rank", ranks, false)
	p.Y = figure.Axis{Label: "best learning rate", Log: true}.Over(rates...)
	return figure.Figure{Name: "public", Panels: []figure.Panel{p}}
}
