package figure

import (
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// The widths of lines: for measured values, and for what stands beside them.
const (
	LineWide     vg.Length = 1.1
	ThinLineWide vg.Length = 0.7
)

const markRadius vg.Length = 2.4

// ShortDashes and LongDashes tell lines of one colour apart.
var (
	ShortDashes = []vg.Length{2, 1.5}
	LongDashes  = []vg.Length{5, 3}
)

// Glyphs tell series apart where colours do not.
var Glyphs = []draw.GlyphDrawer{
	draw.CircleGlyph{}, draw.BoxGlyph{}, draw.PyramidGlyph{},
	draw.RingGlyph{}, draw.SquareGlyph{}, draw.TriangleGlyph{},
}

// Aside is how far the marks of series i of n stand from the x that all series share, so that
// their bars do not hide each other. It is at most three points, so that no mark lies on the axis.
func Aside(i, n int) vg.Length {
	apart := min(3, 6/vg.Length(max(1, n-1)))
	return apart * (vg.Length(i) - vg.Length(n-1)/2)
}
