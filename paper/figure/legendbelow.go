package figure

import (
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// columnApart is the room between the columns of a legend below panels.
const columnApart vg.Length = 12

// split parts the entries with samples, which stand in columns, from those without: the first ones are heads
// above the columns, the others are notes below.
func (l Legend) split() (heads, samples, notes Legend) {
	for _, e := range l {
		switch {
		case samples == nil && e.isBlank():
			heads = append(heads, e)
		case e.Samples != nil:
			samples = append(samples, e)
		default:
			notes = append(notes, e)
		}
	}
	return heads, samples, notes
}

// isBlank reports whether no sample of the entry shows anything.
func (e Entry) isBlank() bool {
	return !slices.ContainsFunc(e.Samples, func(s Series) bool {
		return s.Line > 0 || s.Glyph != nil || s.Spread != NoSpread
	})
}

// noteLines are the lines of the entries without samples.
func (l Legend) noteLines(width vg.Length) (lines []string) {
	style := textStyle(legendSize)
	for _, e := range l {
		for _, line := range breakAfter(" ", style, e.Text, width) {
			lines = append(lines, shortened(style, line, width))
		}
	}
	return lines
}

// columns is the number of columns and of rows of a legend that is so wide.
func (l Legend) columns(width vg.Length) (columns, rows int) {
	if len(l) == 0 {
		return 1, 0
	}
	if slices.ContainsFunc(l, Entry.isBlank) { // goes on with the line above it
		return 1, len(l)
	}
	columns = max(1, min(len(l), int((width+columnApart)/(l.width()+columnApart))))
	rows = (len(l) + columns - 1) / columns
	return (len(l) + rows - 1) / rows, rows
}

// heightBelow is the height of the legend below panels.
func (l Legend) heightBelow(width vg.Length) vg.Length {
	heads, samples, notes := l.split()
	_, rows := samples.columns(width)
	return vg.Length(len(heads.noteLines(width))+rows+len(notes.noteLines(width))) * lineHigh
}

// drawBelow draws the legend at the bottom of a canvas, in as many columns as have room.
func (l Legend) drawBelow(c draw.Canvas) {
	width := c.Max.X - c.Min.X
	heads, samples, notes := l.split()
	top := writeLines(c, heads.noteLines(width), c.Min.Y+l.heightBelow(width))
	columns, rows := samples.columns(width)
	for i := range columns {
		column := samples[i*rows : min(len(samples), (i+1)*rows)]
		for j := range column {
			column[j].Text = shortened(textStyle(legendSize), column[j].Text, width-samples.indent(column[j]))
		}
		x := vg.Length(i) * (width + columnApart) / vg.Length(columns)
		column.drawIndented(draw.Crop(c, x, 0, 0, top-c.Max.Y), samples)
	}
	writeLines(c, notes.noteLines(width), top-vg.Length(rows)*lineHigh)
}

// writeLines writes lines from a height down, and returns how far down.
func writeLines(c draw.Canvas, lines []string, top vg.Length) vg.Length {
	style := textStyle(legendSize)
	style.YAlign = draw.YCenter
	for i, line := range lines {
		write(c, style, vg.Point{X: c.Min.X, Y: top - (vg.Length(i)+0.5)*lineHigh + 1}, line)
	}
	return top - vg.Length(len(lines))*lineHigh
}
