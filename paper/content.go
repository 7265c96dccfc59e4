package paper

import (
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// content is the plotter of a panel's inside.
type content struct{ panel }

// Plot draws every band before any line and every line before any glyph, so
// that no area hides a line. Bands hide each other, but not their edges.
func (p content) Plot(c draw.Canvas, _ *plot.Plot) {
	if p.tiles != nil {
		p.heat(c)
		return
	}
	for _, s := range p.series {
		p.band(c, s)
	}
	p.frame(c)
	for _, s := range p.series {
		p.edges(c, s)
	}
	for _, s := range p.series {
		p.lines(c, s)
		p.bars(c, s)
	}
	for _, s := range p.series {
		p.glyphs(c, s)
	}
}

// heat draws the tiles of a heat map, the framed ones last.
func (p content) heat(c draw.Canvas) {
	style := textStyle(tileSize)
	style.XAlign, style.YAlign = draw.XCenter, draw.YCenter
	for _, framed := range []bool{false, true} {
		for _, t := range p.tiles {
			if t.zero != framed {
				continue
			}
			low, high := p.at(c, t.x-0.5, t.y-0.5), p.at(c, t.x+0.5, t.y+0.5)
			corners := []vg.Point{low, {X: high.X, Y: low.Y}, high, {X: low.X, Y: high.Y}}
			c.FillPolygon(t.color, corners)
			write(c, style, p.at(c, t.x, t.y), t.text)
			if framed {
				c.StrokeLines(draw.LineStyle{Color: ink, Width: 1.4}, append(corners, low))
			}
		}
	}
}

// at is where a point lies on the canvas. A value that an axis cannot show
// lies below or left of the canvas.
func (p panel) at(c draw.Canvas, x, y float64) vg.Point {
	return vg.Point{
		X: c.X(p.x.Normalize(p.x.min, p.x.max, x)),
		Y: c.Y(p.y.Normalize(p.y.min, p.y.max, y)),
	}
}

// frame draws the axes and a faint line at each labelled tick of y, or says
// that there is nothing to show.
func (p panel) frame(c draw.Canvas) {
	if !slices.ContainsFunc(p.series, func(s series) bool { return slices.ContainsFunc(s.points, p.shows) }) {
		style := textStyle(labelSize)
		style.XAlign, style.YAlign = draw.XCenter, draw.YCenter
		write(c, style, c.Center(), "no values")
	} else {
		for _, t := range p.y.Ticks(p.y.min, p.y.max) {
			if y := p.at(c, p.x.min, t.Value).Y; !t.IsMinor() && c.ContainsY(y) {
				c.StrokeLine2(draw.LineStyle{Color: rgb(0xe4e4e4), Width: 0.5}, c.Min.X, y, c.Max.X, y)
			}
		}
	}
	c.StrokeLines(axisLine, []vg.Point{{X: c.Min.X, Y: c.Max.Y}, c.Min, {X: c.Max.X, Y: c.Min.Y}})
}

// band fills the area between the low and the high ends of a series, clipped.
func (p panel) band(c draw.Canvas, s series) {
	if s.spread != band {
		return
	}
	for _, points := range stretches(s.points, p.showsSpread) {
		outline := make([]vg.Point, 2*len(points))
		for i, q := range points {
			outline[i] = p.at(c, q.x, q.high)
			outline[len(outline)-1-i] = p.at(c, q.x, q.low)
		}
		c.FillPolygon(tint(s.color), c.ClipPolygonXY(outline))
	}
}

// edges draws the ends of a band, clipped.
func (p panel) edges(c draw.Canvas, s series) {
	if s.spread != band {
		return
	}
	style := draw.LineStyle{Color: mix(rgb(0xffffff), s.color, 0.6), Width: 0.4}
	for _, points := range stretches(s.points, p.showsSpread) {
		low, high := make([]vg.Point, len(points)), make([]vg.Point, len(points))
		for i, q := range points {
			low[i], high[i] = p.at(c, q.x, q.low), p.at(c, q.x, q.high)
		}
		c.StrokeLines(style, c.ClipLinesXY(low, high)...)
	}
}

// lines joins the points of a series, clipped; a point by itself is a dot.
func (p panel) lines(c draw.Canvas, s series) {
	if s.line == 0 {
		return
	}
	style := draw.LineStyle{Color: s.color, Width: s.line, Dashes: s.dashes}
	for _, points := range stretches(s.points, p.shows) {
		line := make([]vg.Point, len(points))
		for i, q := range points {
			line[i] = p.at(c, q.x, q.y)
			line[i].X += s.aside
		}
		if len(line) == 1 {
			c.DrawGlyph(draw.GlyphStyle{Color: s.color, Radius: s.line, Shape: draw.CircleGlyph{}}, line[0])
			continue
		}
		c.StrokeLines(style, c.ClipLinesXY(line)...)
	}
}

// bars draws an error bar with feet at each point, clipped.
func (p panel) bars(c draw.Canvas, s series) {
	const foot vg.Length = 2.2
	if s.spread != bars {
		return
	}
	for _, q := range s.points {
		if !p.showsSpread(q) {
			continue
		}
		low, high := p.at(c, q.x, q.low), p.at(c, q.x, q.high)
		low.X, high.X = low.X+s.aside, high.X+s.aside
		c.StrokeLines(draw.LineStyle{Color: s.color, Width: 0.9}, c.ClipLinesXY(
			[]vg.Point{low, high},
			[]vg.Point{{X: low.X - foot, Y: low.Y}, {X: low.X + foot, Y: low.Y}},
			[]vg.Point{{X: high.X - foot, Y: high.Y}, {X: high.X + foot, Y: high.Y}},
		)...)
	}
}

// glyphs marks the points of a series. A mark whose value lies outside stands
// on the edge.
func (p panel) glyphs(c draw.Canvas, s series) {
	if s.glyph == nil {
		return
	}
	for _, q := range s.points {
		if p.shows(q) {
			at := p.at(c, q.x, q.y)
			at.X = min(max(at.X+s.aside, c.Min.X), c.Max.X)
			at.Y = min(max(at.Y, c.Min.Y), c.Max.Y)
			c.DrawGlyphNoClip(s.mark(), at)
		}
	}
}

// mark is the style of the series' glyph.
func (s series) mark() draw.GlyphStyle {
	return draw.GlyphStyle{Color: s.color, Radius: 2.4, Shape: s.glyph}
}

// shows reports whether both axes can show the point.
func (p panel) shows(q point) bool { return p.x.holds(q.x) && p.y.holds(q.y) }

// showsSpread reports whether there are ends of a band or bar to show with it.
func (p panel) showsSpread(q point) bool { return p.shows(q) && q.hasSpread() }

func (q point) hasSpread() bool { return q.low <= q.high }

// stretches cuts points where ok fails: what is absent leaves a gap.
func stretches(points []point, ok func(point) bool) [][]point {
	var all [][]point
	start := 0
	for i := 0; i <= len(points); i++ {
		if i < len(points) && ok(points[i]) {
			continue
		}
		if i > start {
			all = append(all, points[start:i])
		}
		start = i + 1
	}
	return all
}
