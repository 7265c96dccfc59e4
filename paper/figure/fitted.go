package figure

import (
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// The sizes of figures of a given width.
const (
	leastPanel  = 1.25 * inch // width of a panel, if several stand in a row
	leastHigh   = 1.6 * inch  // height of a row of panels
	tileHigh    = 13          // of a heat map
	uprightWide = 10          // room that an upright label needs
	longestName = 1.1 * inch  // of a name beside an axis
	labelMost   = 3           // lines of a label
)

// fitting is how many panels stand in a row of a figure of a given width.
func (f Figure) fitting() int {
	return max(1, min(4, int((f.Width-2*margin-inch/2)/leastPanel)))
}

// PanelWidth is about the width of the data of a panel, in a figure of a given width.
func (f Figure) PanelWidth() vg.Length {
	_, columns := f.grid()
	return f.panelWide(columns)
}

// panelWide is the width of a panel's data, a little less than it is in the end.
func (f Figure) panelWide(columns int) vg.Length {
	names := f.nameWide()
	if f.Apart { // each panel has its own
		return (f.Width-2*margin-labelHigh-inch/2)/vg.Length(columns) - between - inch/2 - names
	}
	return (f.Width-2*margin-labelHigh-inch/2-names)/vg.Length(columns) - between
}

// nameWide is the room for the longest name on a y axis.
func (f Figure) nameWide() (widest vg.Length) {
	for _, p := range f.Panels {
		for _, name := range p.Y.Names {
			widest = max(widest, textStyle(tickSize).Width(shown(name)))
		}
	}
	return min(widest, longestName, f.Width/4)
}

// rowHigh is the height of the data of a row of panels.
func (f Figure) rowHigh() vg.Length {
	if f.Width == 0 {
		return rowHigh
	}
	high := min(max(leastHigh, 0.7*f.titleWide()), rowHigh)
	for _, p := range f.Panels {
		high = max(high, vg.Length(len(p.Y.Names))*tileHigh)
	}
	return high
}

// namesHigh is the room for upright names below the panels.
func (f Figure) namesHigh() (high vg.Length) {
	for _, p := range f.Panels {
		if !f.upright(p) {
			continue
		}
		for _, name := range p.X.Names {
			high = max(high, min(textStyle(tickSize).Width(shown(name)), longestName))
		}
	}
	return high
}

// upright reports whether the words on a panel's x axis are longer than they lie apart. Of numbers some are
// left out instead.
func (f Figure) upright(p Panel) bool {
	apart := f.titleWide() / vg.Length(max(1, len(p.X.Names)))
	return f.Width > 0 && slices.ContainsFunc(p.X.Names, isWord) &&
		slices.ContainsFunc(p.X.Names, func(name string) bool {
			return textStyle(tickSize).Width(shown(name))+3 > apart
		})
}

func isWord(name string) bool {
	_, err := strconv.ParseFloat(name, 64)
	return err != nil
}

// fitted is a panel whose names have room in a figure of a given width.
func (f Figure) fitted(p Panel) Panel {
	if f.Width == 0 {
		return p
	}
	style := textStyle(tickSize)
	p.X.digit = float64(style.Width("0") / f.titleWide())
	p.X.Upright = f.upright(p)
	every := 1
	if p.X.Upright {
		every = int(vg.Length(len(p.X.Names))*uprightWide/f.titleWide()) + 1
	}
	p.X.Names = shortNames(style, p.X.Names, longestName, every)
	for i := range p.X.Names {
		if p.X.Upright && p.X.Names[i] != "" {
			p.X.Names[i] += " " // a gap below the tick
		}
	}
	p.Y.Names = shortNames(style, p.Y.Names, f.nameWide(), 1)
	p.Tiles = shortTiles(p.Tiles, f.titleWide()/vg.Length(max(1, len(p.X.Names))))
	return p
}

// shortTiles has the short texts of tiles of a width, if one of the texts is wider.
func shortTiles(tiles []Tile, width vg.Length) []Tile {
	style := textStyle(tileSize)
	wide := func(text string) bool { return style.Width(shown(text))+2 > width }
	if !slices.ContainsFunc(tiles, func(t Tile) bool { return wide(t.Text) }) {
		return tiles
	}
	tiles = slices.Clone(tiles)
	for i := range tiles {
		if tiles[i].Text = tiles[i].Short; wide(tiles[i].Text) {
			tiles[i].Text = ""
		}
	}
	return tiles
}

// shortNames shortens names to a width, and leaves out all but every so many.
func shortNames(style draw.TextStyle, names []string, width vg.Length, every int) (short []string) {
	for i, name := range names {
		if name = shortened(style, name, width); i%every != 0 {
			name = ""
		}
		short = append(short, name)
	}
	return short
}

// labelLines breaks the label of an axis into lines that have room; without a given width it is one line.
func (f Figure) labelLines(label string, room vg.Length) []string {
	if f.Width == 0 {
		return []string{label}
	}
	style := textStyle(labelSize)
	lines := breakAfter(" ", style, label, room)
	if len(lines) > labelMost {
		lines[labelMost-1] = strings.Join(lines[labelMost-1:], " ")
		lines = lines[:labelMost]
	}
	for i := range lines {
		lines[i] = shortened(style, lines[i], room)
	}
	return lines
}

// room is what lies around the panels.
type room struct {
	left, bottom vg.Length // the labels of axes
	side, below  vg.Length // the legend, and what reaches beyond the last panel
	head         vg.Length // the title
}

func (f Figure) room() room {
	if f.Width == 0 {
		return room{left: labelHigh, bottom: labelHigh, side: f.Legend.width() + between}
	}
	r := room{left: labelHigh, bottom: labelHigh, side: margin, head: vg.Length(len(f.headLines())) * titleLine}
	for _, p := range f.Panels {
		r.left = max(r.left, labelHigh+vg.Length(len(f.labelLines(p.Y.Label, f.rowHigh()))-1)*titleLine)
		r.bottom = max(r.bottom, labelHigh+vg.Length(len(f.labelLines(p.X.Label, f.titleWide()))-1)*titleLine)
	}
	if high := f.Legend.heightBelow(f.Width - 2*margin); high > 0 {
		r.below = high + between
	}
	return r
}

// fittedHeight is the height of a figure of a given width.
func (f Figure) fittedHeight() vg.Length {
	rows, _ := f.grid()
	r := f.room()
	row := f.titleHigh() + f.rowHigh() + f.namesHigh() + tickSize + r.bottom + between
	return 2*margin + r.head + vg.Length(rows)*row + r.below
}

// headLines are the lines of the title above all panels.
func (f Figure) headLines() []string {
	style := textStyle(titleSize)
	lines := breakAfter(" ", style, f.Title, f.Width-2*margin)
	for i := range lines {
		lines[i] = shortened(style, lines[i], f.Width-2*margin)
	}
	return lines
}

// drawHead writes the title at the top of a canvas.
func (f Figure) drawHead(c draw.Canvas) {
	style := textStyle(titleSize)
	style.XAlign, style.YAlign = draw.XCenter, draw.YTop
	for i, line := range f.headLines() {
		write(c, style, vg.Point{X: c.Center().X, Y: c.Max.Y - vg.Length(i)*titleLine}, line)
	}
}
