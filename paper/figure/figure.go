// Package figure draws figures as SVG, PNG and PDF: panels with axes, series or heat maps, and a
// legend. It knows nothing about what the data mean.
package figure

import (
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A Figure is one or more panels with a common legend. It can be drawn in
// each [Format].
type Figure struct {
	Name    string // name of its files, without extension
	Caption string // what the figure shows, of how many runs, and what was held equal

	Title  string // above all panels; may be empty. Only figures of a given width have one
	Panels []Panel
	Whole  []Panel // what the figure's data have, if a page has no room for all of it; nil: Panels
	Legend Legend
	Apart  bool // each panel has its own y axis, named in its title

	// Width is the width on paper. The panels take all of it and the legend is below them; texts that are too
	// long for it are broken or shortened. 0 is a width that the panels need, with the legend beside them.
	Width vg.Length
}

// HasValues reports whether some panel shows a point or a tile.
func (f Figure) HasValues() bool {
	return slices.ContainsFunc(f.Panels, func(p Panel) bool { return p.Tiles != nil || p.hasValues() })
}

// Sizes are in points, for a page of two columns, on which text is printed at its own size.
const (
	inch vg.Length = 72

	oneWide  = 3.9 * inch // a single panel, its legend apart
	fullWide = 7 * inch   // several panels and their legend
	rowHigh  = 2.4 * inch // a panel, its title apart
	perRow   = 3          // panels

	margin    vg.Length = 6
	between   vg.Length = 10 // panels, and the last one and the legend
	titleGap  vg.Length = 6  // between a title and the data
	titleLine vg.Length = 11.5
	labelGap  vg.Length = 5  // between the baseline of a title and the ticks' labels
	labelHigh vg.Length = 15 // a title of an axis and the gap
)

// grid is the number of rows and columns of panels.
func (f Figure) grid() (rows, columns int) {
	inRow := perRow
	if f.Width > 0 {
		inRow = f.fitting()
	}
	rows = (len(f.Panels) + inRow - 1) / inRow
	return rows, (len(f.Panels) + rows - 1) / rows
}

// Size is the figure's width and height on paper.
func (f Figure) Size() (width, height vg.Length) {
	if f.Width > 0 {
		return f.Width, f.fittedHeight()
	}
	rows, columns := f.grid()
	width = fullWide
	if columns == 1 {
		width = oneWide + f.Legend.width()
	}
	height = vg.Length(rows) * (rowHigh + f.titleHigh())
	return width, max(height, f.Legend.height()+f.titleHigh()+2*margin)
}

// titleWide is the room for a panel's title.
func (f Figure) titleWide() vg.Length {
	_, columns := f.grid()
	if f.Width > 0 {
		return f.panelWide(columns)
	}
	if columns == 1 {
		return oneWide - inch
	}
	wide := (fullWide-f.Legend.width()-labelHigh-inch/2)/vg.Length(columns) - between
	if f.Apart {
		wide -= inch / 2 // ticks of every panel
	}
	return wide
}

// Draw fills a canvas of the figure's size: panels with data areas of one
// size, and the legend in a margin of its own at the right or below.
func (f Figure) Draw(c draw.Canvas) {
	c.SetColor(RGB(0xffffff))
	c.Fill(c.Rectangle.Path())
	inner := draw.Crop(c, margin, -margin, margin, -margin)
	room := f.room()
	rows, columns := f.grid()
	plots := make([][]*plot.Plot, rows)
	for i := range plots {
		plots[i] = make([]*plot.Plot, columns)
		for j := range plots[i] {
			if k := i*columns + j; k < len(f.Panels) {
				plots[i][j] = f.fitted(f.Panels[k]).plot(j == 0 || f.Apart)
			}
		}
	}
	tiles := draw.Tiles{Rows: rows, Cols: columns, PadX: between, PadY: f.titleHigh() + room.bottom + between}
	canvases := plot.Align(plots, tiles,
		draw.Crop(inner, room.left, -room.side, room.bottom+room.below, -f.titleHigh()-room.head))
	for i, row := range plots {
		for j, p := range row {
			if p != nil {
				p.Draw(canvases[i][j])
				data := p.DataCanvas(canvases[i][j]).Rectangle
				f.titles(c, f.Panels[i*columns+j], data, canvases[i][j].Min, j == 0)
			}
		}
	}
	if f.Width > 0 {
		f.drawHead(inner)
		f.Legend.drawBelow(inner)
		return
	}
	f.Legend.draw(draw.Crop(inner, inner.Max.X-inner.Min.X-room.side+between, 0, 0, -f.titleHigh()))
}

// titles writes a panel's title above its data area, and those of its axes
// below and left of its canvas, which begins at corner.
func (f Figure) titles(c draw.Canvas, p Panel, data vg.Rectangle, corner vg.Point, firstInRow bool) {
	middle := vg.Point{X: (data.Min.X + data.Max.X) / 2, Y: (data.Min.Y + data.Max.Y) / 2}
	style := textStyle(titleSize)
	style.XAlign, style.YAlign = draw.XCenter, draw.YBottom
	lines := f.titleLines(p)
	for i, line := range lines {
		y := data.Max.Y + titleGap + vg.Length(len(lines)-1-i)*titleLine
		write(c, style, vg.Point{X: middle.X, Y: y}, line)
	}
	style = textStyle(labelSize)
	style.XAlign, style.YAlign = draw.XCenter, draw.YTop
	for i, line := range f.labelLines(p.X.Label, f.titleWide()) {
		write(c, style, vg.Point{X: middle.X, Y: corner.Y - 4 - vg.Length(i)*titleLine}, line)
	}
	if firstInRow {
		style.Rotation, style.YAlign = math.Pi/2, draw.YBottom
		lines := f.labelLines(p.Y.Label, f.rowHigh())
		for i, line := range lines {
			x := corner.X - labelGap - vg.Length(len(lines)-1-i)*titleLine
			write(c, style, vg.Point{X: x, Y: middle.Y}, line)
		}
	}
}

// titleHigh is the room above the panels for the tallest title.
func (f Figure) titleHigh() vg.Length {
	lines := 0
	for _, p := range f.Panels {
		lines = max(lines, len(f.titleLines(p)))
	}
	return titleGap + vg.Length(lines)*titleLine
}

// titleLines are the lines of a panel's title. It is broken after commas and, in a figure of a given width, between
// words where that is not enough.
func (f Figure) titleLines(p Panel) (lines []string) {
	style, width := textStyle(titleSize), f.titleWide()
	for _, line := range wrap(style, p.Title, width) {
		if f.Width == 0 {
			lines = append(lines, line)
			continue
		}
		for _, words := range breakAfter(" ", style, line, width) {
			lines = append(lines, shortened(style, words, width))
		}
	}
	return lines
}
