package figure

import (
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A Panel is a pair of axes with series or tiles between them.
type Panel struct {
	Title  string
	X, Y   Axis
	Series []Series
	Tiles  []Tile // of a heat map, in place of series
}

// A Tile is a coloured square of a heat map, with a text in it. X and Y are its middle; its
// width and height are 1. Value is what its text rounds.
type Tile struct {
	X, Y   float64
	Value  float64
	Text   string
	Short  string // in place of Text if there is no room for it
	Color  color.RGBA
	Framed bool // with a dark line around it
}

// A Series is a set of points in order of x and the way they are drawn.
type Series struct {
	Name   string // what its points are, in the figure's data; empty if they are those of another series, or a guide
	Points []Point
	Color  color.RGBA
	Line   vg.Length        // width of the line that joins the points; 0: none
	Dashes []vg.Length      // of that line; nil: solid
	Glyph  draw.GlyphDrawer // the mark on each point; nil: none
	Spread Spread
	Half   vg.Length // half of the width of its boxes
	Aside  vg.Length // how far a mark and its bar stand to the right of their point
	Guide  bool      // shows no value, but a level that values are compared with
}

// A Point is a value with the ends of its band or bar, which are NaN if there is none.
type Point struct{ X, Y, Low, High float64 }

// Bare is a point without a band or bar.
func Bare(x, y float64) Point { return Point{X: x, Y: y, Low: math.NaN(), High: math.NaN()} }

// LevelLine is a thin line at one y over the whole of an axis.
func LevelLine(x Axis, y float64) Series {
	return Series{Points: []Point{Bare(x.Min, y), Bare(x.Max, y)}, Color: Ink, Line: ThinLineWide, Guide: true}
}

// Spread says how the low and high ends of points are drawn.
type Spread int

// The ways to draw them.
const (
	NoSpread Spread = iota
	Band            // an area behind every line
	Bars            // an error bar at every point
	Boxes           // a box from the low to the high end of every point, with a line at the point
)

// plot makes the panel's plot: its axes without titles, and its content. If panels of a row
// share the y axis, only the first labels its ticks.
func (p Panel) plot(labelsY bool) *plot.Plot {
	q := plot.New()
	q.BackgroundColor = nil
	dress(&q.X, p.X)
	dress(&q.Y, p.Y)
	q.X.Tick.Label.XAlign, q.X.Tick.Label.YAlign = draw.XCenter, draw.YTop
	if p.X.Upright {
		q.X.Tick.Label.Rotation = math.Pi / 2
		q.X.Tick.Label.XAlign, q.X.Tick.Label.YAlign = draw.XRight, draw.YCenter
	}
	q.Y.Tick.Label.XAlign, q.Y.Tick.Label.YAlign = draw.XRight, draw.YCenter
	if !labelsY {
		q.Y.Tick.Marker = unlabelled{p.Y}
	}
	q.Add(content{p})
	return q
}

var axisLine = draw.LineStyle{Color: Ink, Width: 0.6}

// dress gives a plot's axis the range, scale and style of a. It leaves out the title, because
// the plot would make room for it by the rules of a linear scale.
func dress(q *plot.Axis, a Axis) {
	q.Min, q.Max = a.Min, a.Max
	q.Scale, q.Tick.Marker = a, a
	q.Padding = 0
	q.LineStyle.Width = 0 // the content draws it, without a gap at the corner
	q.Tick.Label = textStyle(tickSize)
	q.Tick.LineStyle = axisLine
	q.Tick.Length = 3.5
}

// unlabelled has an axis's ticks without their labels.
type unlabelled struct{ Axis }

func (u unlabelled) Ticks(min, max float64) []plot.Tick {
	ticks := u.Axis.Ticks(min, max)
	for i := range ticks {
		if ticks[i].Label != "" {
			ticks[i].Label = " " // still a long tick
		}
	}
	return ticks
}
