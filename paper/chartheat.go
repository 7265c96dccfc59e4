package paper

import (
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot/vg/draw"

	"ranksweep/chart"
	"ranksweep/paper/figure"
	"ranksweep/paper/number"
)

// heatPanels draws a tile for each pair of x and y that has runs.
func (c Chart) heatPanels() (panels []figure.Panel) {
	x, y := namedAxis(c.XScale), namedAxis(c.YScale)
	low, high, write := c.heatRange()
	for _, p := range c.Grid {
		panel := figure.Panel{Title: c.panelTitle(p), X: x, Y: y, Tiles: []figure.Tile{}}
		for _, l := range p.Lines {
			for _, m := range l.Marks {
				panel.Tiles = append(panel.Tiles, figure.Tile{
					X: indexOf(c.XScale, m.X), Y: indexOf(c.YScale, m.Y),
					Color: figure.Heat(part(m.Value(), low, high)),
					Text:  tileText(m, write), Short: tileText(m, func(float64) string { return "" }), Framed: m.Best,
				})
			}
		}
		panels = append(panels, panel)
	}
	return panels
}

// indexOf is where a value stands among those of an axis with names.
func indexOf(s chart.Scale, place float64) float64 {
	if s.Words != nil {
		return place
	}
	return float64(slices.Index(s.Numbers, place))
}

// part is how far v lies between low and high, from 0 to 1.
func part(v, low, high float64) float64 {
	if high > low {
		return (v - low) / (high - low)
	}
	return v - v + 0.5 // NaN stays NaN
}

// heatRange is the least and the greatest value of all tiles, and how values are written so that they can be
// told apart: with three digits of what lies between them.
func (c Chart) heatRange() (low, high float64, write func(float64) string) {
	low, high = math.Inf(1), math.Inf(-1)
	c.each(func(_ chart.Panel, _ chart.Line, m chart.Mark) {
		if v := m.Value(); number.Finite(v) {
			low, high = math.Min(low, v), math.Max(high, v)
		}
	})
	size := math.Max(math.Abs(low), math.Abs(high))
	if !(high > low) || size < 1e-3 || size >= 1e4 {
		return low, high, func(v float64) string { return number.Significant(v, 3) }
	}
	decimals := min(4, max(0, number.Decimals(high-low)))
	return low, high, func(v float64) string { return number.Fixed(v, decimals) }
}

// tileText is a tile's value: a cross if a run diverged there, with an arrow to what was not tried if the best
// value of a row lies at an edge, and ≈ if it cannot be told apart from the best.
func tileText(m chart.Mark, write func(float64) string) string {
	switch v := m.Value(); {
	case m.Diverged > 0:
		return "×"
	case !number.Finite(v):
		return "-"
	case m.Edge < 0:
		return "←" + write(v)
	case m.Edge > 0:
		return write(v) + "→"
	case m.Alike:
		return "≈" + write(v)
	default:
		return write(v)
	}
}

// heatLegend has the colours of the least, the middle and the greatest value, and explains the texts.
func (c Chart) heatLegend() figure.Legend {
	low, high, write := c.heatRange()
	l := figure.Legend{{Text: c.ColorScale.Title}}
	if number.Finite(low) {
		for _, v := range []float64{low, (low + high) / 2, high} {
			l = append(l, figure.Entry{Text: write(v), Samples: []figure.Series{
				{Color: figure.Heat(part(v, low, high)), Glyph: draw.BoxGlyph{}}}})
			if low == high {
				break
			}
		}
	}
	about := append([]string{"mean, " + seedCount(c.counts())}, c.heatMarks()...)
	return append(l, c.notes(strings.Join(about, "; "))...)
}

// heatMarks explains the marks on tiles, those that there are.
func (c Chart) heatMarks() (texts []string) {
	has := func(is func(chart.Mark) bool) (any bool) {
		c.each(func(_ chart.Panel, _ chart.Line, m chart.Mark) { any = any || is(m) })
		return any
	}
	for _, mark := range []struct {
		is   func(chart.Mark) bool
		says string
	}{
		{func(m chart.Mark) bool { return m.Best }, "frame: lowest of its row"},
		{func(m chart.Mark) bool { return m.Edge != 0 }, "arrow: it lies at an edge of those tried"},
		{func(m chart.Mark) bool { return m.Alike }, "≈: not told apart from it"},
		{func(m chart.Mark) bool { return m.Diverged > 0 }, "×: a run diverged"},
	} {
		if has(mark.is) {
			texts = append(texts, mark.says)
		}
	}
	return texts
}
