package figure

import (
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// content is the plotter of a panel's inside.
type content struct{ Panel }

// Plot draws every band before any line and every line before any glyph, so
// that no area hides a line. Bands hide each other, but not their edges.
func (p content) Plot(c draw.Canvas, _ *plot.Plot) {
	if p.Tiles != nil {
		p.heat(c)
		return
	}
	for _, s := range p.Series {
		p.band(c, s)
	}
	p.frame(c)
	for _, s := range p.Series {
		p.edges(c, s)
	}
	for _, s := range p.Series {
		p.lines(c, s)
		p.bars(c, s)
	}
	for _, s := range p.Series {
		p.glyphs(c, s)
	}
}

// heat draws the tiles of a heat map, the framed ones last.
func (p content) heat(c draw.Canvas) {
	style := textStyle(tileSize)
	style.XAlign, style.YAlign = draw.XCenter, draw.YCenter
	for _, framed := range []bool{false, true} {
		for _, t := range p.Tiles {
			if t.Framed != framed {
				continue
			}
			low, high := p.at(c, t.X-0.5, t.Y-0.5), p.at(c, t.X+0.5, t.Y+0.5)
			corners := []vg.Point{low, {X: high.X, Y: low.Y}, high, {X: low.X, Y: high.Y}}
			c.FillPolygon(t.Color, corners)
			write(c, style, p.at(c, t.X, t.Y), t.Text)
			if framed {
				c.StrokeLines(draw.LineStyle{Color: Ink, Width: 1.4}, append(corners, low))
			}
		}
	}
}

// at is where a point lies on the canvas. A point that the axes cannot show lies below or left
// of the canvas.
func (p Panel) at(c draw.Canvas, x, y float64) vg.Point {
	return vg.Point{
		X: c.X(p.X.Normalize(p.X.Min, p.X.Max, x)),
		Y: c.Y(p.Y.Normalize(p.Y.Min, p.Y.Max, y)),
	}
}

// frame draws the axes and a faint line at each labelled tick of y, or says
// that there is nothing to show.
func (p Panel) frame(c draw.Canvas) {
	if !p.hasValues() {
		style := textStyle(labelSize)
		style.XAlign, style.YAlign = draw.XCenter, draw.YCenter
		write(c, style, c.Center(), "no values")
	} else {
		for _, t := range p.Y.Ticks(p.Y.Min, p.Y.Max) {
			if y := p.at(c, p.X.Min, t.Value).Y; !t.IsMinor() && c.ContainsY(y) {
				c.StrokeLine2(draw.LineStyle{Color: RGB(0xe4e4e4), Width: 0.5}, c.Min.X, y, c.Max.X, y)
			}
		}
	}
	c.StrokeLines(axisLine, []vg.Point{{X: c.Min.X, Y: c.Max.Y}, c.Min, {X: c.Max.X, Y: c.Min.Y}})
}

// band fills the area between the low and the high ends of a series, clipped.
func (p Panel) band(c draw.Canvas, s Series) {
	if s.Spread != Band {
		return
	}
	for _, points := range stretches(s.Points, p.showsSpread) {
		outline := make([]vg.Point, 2*len(points))
		for i, q := range points {
			outline[i] = p.at(c, q.X, q.High)
			outline[len(outline)-1-i] = p.at(c, q.X, q.Low)
		}
		c.FillPolygon(tint(s.Color), c.ClipPolygonXY(outline))
	}
}

// edges draws the ends of a band, clipped.
func (p Panel) edges(c draw.Canvas, s Series) {
	if s.Spread != Band {
		return
	}
	style := draw.LineStyle{Color: mix(RGB(0xffffff), s.Color, 0.6), Width: 0.4}
	for _, points := range stretches(s.Points, p.showsSpread) {
		low, high := make([]vg.Point, len(points)), make([]vg.Point, len(points))
		for i, q := range points {
			low[i], high[i] = p.at(c, q.X, q.Low), p.at(c, q.X, q.High)
		}
		c.StrokeLines(style, c.ClipLinesXY(low, high)...)
	}
}

// lines joins the points of a series, clipped; a point by itself is a dot.
func (p Panel) lines(c draw.Canvas, s Series) {
	if s.Line == 0 {
		return
	}
	style := draw.LineStyle{Color: s.Color, Width: s.Line, Dashes: s.Dashes}
	for _, points := range stretches(s.Points, p.shows) {
		line := make([]vg.Point, len(points))
		for i, q := range points {
			line[i] = p.at(c, q.X, q.Y)
			line[i].X += s.Aside
		}
		if len(line) == 1 {
			c.DrawGlyph(draw.GlyphStyle{Color: s.Color, Radius: s.Line, Shape: draw.CircleGlyph{}}, line[0])
			continue
		}
		c.StrokeLines(style, c.ClipLinesXY(line)...)
	}
}

// bars draws an error bar at each point, clipped. Its feet are wider than a mark, so that they can be
// seen where the bar is shorter than the mark.
func (p Panel) bars(c draw.Canvas, s Series) {
	const foot = markRadius + 1.3
	if s.Spread == Boxes {
		p.boxes(c, s)
	}
	if s.Spread != Bars {
		return
	}
	for _, q := range s.Points {
		if !p.showsSpread(q) {
			continue
		}
		low, high := p.at(c, q.X, q.Low), p.at(c, q.X, q.High)
		low.X, high.X = low.X+s.Aside, high.X+s.Aside
		c.StrokeLines(draw.LineStyle{Color: s.Color, Width: 0.9}, c.ClipLinesXY(
			[]vg.Point{low, high},
			[]vg.Point{{X: low.X - foot, Y: low.Y}, {X: low.X + foot, Y: low.Y}},
			[]vg.Point{{X: high.X - foot, Y: high.Y}, {X: high.X + foot, Y: high.Y}},
		)...)
	}
}

// glyphs marks the points of a series. The mark of a point outside the panel stands on its
// edge.
func (p Panel) glyphs(c draw.Canvas, s Series) {
	if s.Glyph == nil {
		return
	}
	for _, q := range s.Points {
		if p.shows(q) {
			at := p.at(c, q.X, q.Y)
			at.X = min(max(at.X+s.Aside, c.Min.X), c.Max.X)
			at.Y = min(max(at.Y, c.Min.Y), c.Max.Y)
			c.DrawGlyphNoClip(s.mark(), at)
		}
	}
}

// mark is the style of the series' glyph.
func (s Series) mark() draw.GlyphStyle {
	return draw.GlyphStyle{Color: s.Color, Radius: markRadius, Shape: s.Glyph}
}

// hasValues reports whether there is a point that the axes can show, besides those of guides.
func (p Panel) hasValues() bool {
	return slices.ContainsFunc(p.Series, func(s Series) bool {
		return !s.Guide && slices.ContainsFunc(s.Points, p.shows)
	})
}

// shows reports whether both axes can show the point.
func (p Panel) shows(q Point) bool { return p.X.holds(q.X) && p.Y.holds(q.Y) }

// showsSpread reports whether there are ends of a band or bar to show with it.
func (p Panel) showsSpread(q Point) bool { return p.shows(q) && q.HasSpread() }

// HasSpread reports whether the point has ends of a band or bar.
func (q Point) HasSpread() bool { return q.Low <= q.High }

// stretches cuts points where ok fails, so that an absent value leaves a gap.
func stretches(points []Point, ok func(Point) bool) [][]Point {
	var all [][]Point
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
