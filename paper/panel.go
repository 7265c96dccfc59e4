package paper

import (
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A panel is one pair of axes and what is drawn between them.
type panel struct {
	title  string
	x, y   axis
	series []series
	tiles  []tile // of a heat map, in place of series
}

// A tile is one coloured square of a heat map, of width and height 1 about its
// middle, with a text in it.
type tile struct {
	x, y  float64
	text  string
	color color.RGBA
	zero  bool // framed: theory says that the value is 0 here
}

// A series is a set of points in order of x and the way they are drawn.
type series struct {
	points []point
	color  color.RGBA
	line   vg.Length        // width of the line that joins the points; 0: none
	dashes []vg.Length      // of that line; nil: solid
	glyph  draw.GlyphDrawer // the mark on each point; nil: none
	spread spread
	aside  vg.Length // how far right of its point a mark and its bar stand
}

// A point has the ends of its band or bar, NaN where there is none.
type point struct{ x, y, low, high float64 }

// bare is a point without a band or bar.
func bare(x, y float64) point { return point{x: x, y: y, low: math.NaN(), high: math.NaN()} }

// levelLine is a thin line at one y over the whole of an axis.
func levelLine(x axis, y float64) series {
	return series{points: []point{bare(x.min, y), bare(x.max, y)}, color: ink, line: thinLineWide}
}

// spread says how the low and high ends of points are shown.
type spread int

const (
	noSpread spread = iota
	band            // an area behind every line
	bars            // an error bar at every point
)

// plot makes the panel's plot: its axes without titles, and its content. Of a
// row of panels that share the y axis only the first labels its ticks.
func (p panel) plot(labelsY bool) *plot.Plot {
	q := plot.New()
	q.BackgroundColor = nil
	dress(&q.X, p.x)
	dress(&q.Y, p.y)
	q.X.Tick.Label.XAlign, q.X.Tick.Label.YAlign = draw.XCenter, draw.YTop
	q.Y.Tick.Label.XAlign, q.Y.Tick.Label.YAlign = draw.XRight, draw.YCenter
	if !labelsY {
		q.Y.Tick.Marker = unlabelled{p.y}
	}
	q.Add(content{p})
	return q
}

var axisLine = draw.LineStyle{Color: ink, Width: 0.6}

// dress gives a plot's axis the range, scale and style of a. The title is
// left out: the plot would take the room for it from a linear scale.
func dress(q *plot.Axis, a axis) {
	q.Min, q.Max = a.min, a.max
	q.Scale, q.Tick.Marker = a, a
	q.Padding = 0
	q.LineStyle.Width = 0 // the content draws it, without a gap at the corner
	q.Tick.Label = textStyle(tickSize)
	q.Tick.LineStyle = axisLine
	q.Tick.Length = 3.5
}

// unlabelled keeps an axis's ticks and drops their labels.
type unlabelled struct{ axis }

func (u unlabelled) Ticks(min, max float64) []plot.Tick {
	ticks := u.axis.Ticks(min, max)
	for i := range ticks {
		if ticks[i].Label != "" {
			ticks[i].Label = " " // still a long tick
		}
	}
	return ticks
}
