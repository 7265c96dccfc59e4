package figure

import (
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A Legend is a column of lines: samples of series, and then a text that names them. All lines
// with samples leave room for the largest number of samples, so that their texts are aligned. A
// line without samples begins at the left.
type Legend []Entry

// An Entry is one line of a legend.
type Entry struct {
	Text    string
	Samples []Series // how the series are drawn; their points do not matter
}

const (
	lineHigh    vg.Length = 11.5
	sampleWide  vg.Length = 16
	sampleApart vg.Length = 4
)

// indent is the room for samples before the text of e.
func (l Legend) indent(e Entry) vg.Length {
	if e.Samples == nil {
		return 0
	}
	n := 0
	for _, e := range l {
		n = max(n, len(e.Samples))
	}
	return vg.Length(n) * (sampleWide + sampleApart)
}

func (l Legend) width() vg.Length {
	var widest vg.Length
	for _, e := range l {
		widest = max(widest, l.indent(e)+textStyle(legendSize).Width(shown(e.Text)))
	}
	return widest
}

func (l Legend) height() vg.Length { return vg.Length(len(l)) * lineHigh }

// draw writes the lines from the canvas's top left corner down.
func (l Legend) draw(c draw.Canvas) { l.drawIndented(c, l) }

// drawIndented is draw with the room for samples that another legend has.
func (l Legend) drawIndented(c draw.Canvas, as Legend) {
	style := textStyle(legendSize)
	style.YAlign = draw.YCenter
	for i, e := range l {
		y := c.Max.Y - (vg.Length(i)+0.5)*lineHigh
		for j, s := range e.Samples {
			x := c.Min.X + vg.Length(j)*(sampleWide+sampleApart)
			s.sample(c, vg.Rectangle{
				Min: vg.Point{X: x, Y: y - lineHigh/3},
				Max: vg.Point{X: x + sampleWide, Y: y + lineHigh/3},
			})
		}
		write(c, style, vg.Point{X: c.Min.X + as.indent(e), Y: y + 1}, e.Text)
	}
}

// sample draws a piece of the series that fills box.
func (s Series) sample(c draw.Canvas, box vg.Rectangle) {
	if s.Spread == Band {
		corners := []vg.Point{box.Min, {X: box.Max.X, Y: box.Min.Y}, box.Max, {X: box.Min.X, Y: box.Max.Y}}
		c.FillPolygon(tint(s.Color), corners)
	}
	y := (box.Min.Y + box.Max.Y) / 2
	if s.Line > 0 {
		c.StrokeLine2(draw.LineStyle{Color: s.Color, Width: s.Line, Dashes: s.Dashes}, box.Min.X, y, box.Max.X, y)
	}
	if s.Glyph != nil {
		c.DrawGlyphNoClip(s.mark(), vg.Point{X: (box.Min.X + box.Max.X) / 2, Y: y})
	}
}
