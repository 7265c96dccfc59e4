package figure

import (
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// boxes draws a box from the low to the high end of each point, with a line at the point, clipped.
func (p Panel) boxes(c draw.Canvas, s Series) {
	for _, q := range s.Points {
		if !p.showsSpread(q) {
			continue
		}
		low, high, middle := p.at(c, q.X, q.Low), p.at(c, q.X, q.High), p.at(c, q.X, q.Y)
		left, right := low.X+s.Aside-s.Half, low.X+s.Aside+s.Half
		corners := []vg.Point{{X: left, Y: low.Y}, {X: right, Y: low.Y}, {X: right, Y: high.Y}, {X: left, Y: high.Y}}
		c.FillPolygon(tint(s.Color), c.ClipPolygonXY(corners))
		c.StrokeLines(draw.LineStyle{Color: s.Color, Width: ThinLineWide},
			c.ClipLinesXY(append(corners, corners[0]))...)
		c.StrokeLines(draw.LineStyle{Color: s.Color, Width: 1.5 * LineWide}, c.ClipLinesXY(
			[]vg.Point{{X: left, Y: middle.Y}, {X: right, Y: middle.Y}})...)
	}
}
