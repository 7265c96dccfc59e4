package paper

import (
	"fmt"
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"ranksweep/chart"
	"ranksweep/paper/figure"
	"ranksweep/paper/number"
	"ranksweep/results"
)

// A Chart is a figure that somebody asked for by the names of what it shows.
type Chart struct {
	chart.Chart
	Coverage results.Coverage // of the plan
}

// Figure draws the chart. Its width is the one that was asked for, on which texts have their own size.
func (c Chart) Figure() figure.Figure {
	f := figure.Figure{Name: c.Name, Title: c.Title, Caption: c.caption(), Width: vg.Length(c.Width)}
	if c.Kind == chart.HeatKind {
		f.Panels, f.Legend = c.heatPanels(), c.heatLegend()
		return f
	}
	x, y := c.xAxis(), c.yAxis()
	for _, p := range c.Grid {
		panel := figure.Panel{Title: c.panelTitle(p), X: x, Y: y}
		for i, l := range p.Lines {
			panel.Series = append(panel.Series, c.series(l, c.aside(i, len(p.Lines)))...)
		}
		f.Panels = append(f.Panels, panel)
	}
	f.Legend = c.legend()
	return f
}

// aside is how far line i of n stands from the places that lines share. Boxes stand side by side.
func (c Chart) aside(i, n int) vg.Length {
	switch c.Kind {
	case chart.CurveKind:
		return 0
	case chart.BoxKind:
		return c.boxApart() * (vg.Length(i) - vg.Length(n-1)/2)
	}
	return figure.Aside(i, n)
}

// boxApart is how far the boxes of two lines stand apart: as far as the width has room.
func (c Chart) boxApart() vg.Length {
	return min(9, c.panelWidth()/vg.Length((c.XScale.Len()+1)*c.Chart.Lines.Len()))
}

func (c Chart) panelWidth() vg.Length {
	return figure.Figure{Width: vg.Length(c.Width), Panels: make([]figure.Panel, len(c.Grid))}.PanelWidth()
}

// panelTitle names what a panel has; empty if there is one alone.
func (c Chart) panelTitle(p chart.Panel) string {
	switch {
	case c.Spec.Panels == "":
		return ""
	case isScheme(c.Spec.Panels):
		return schemeLabel(p.Label)
	}
	return c.Chart.Panels.Title + " " + p.Label
}

func isScheme(name string) bool { return name == "scaling" || name == "scheme" }

// lineLabel is how a legend calls a line.
func (c Chart) lineLabel(label string) string {
	if isScheme(c.Spec.Lines) {
		return schemeLabel(label)
	}
	return label
}

// xAxis has a tick at each value of a setting, and round ticks for what is measured or counted.
func (c Chart) xAxis() figure.Axis {
	s := c.XScale
	a := figure.Axis{Label: s.Title, Log: s.Log}
	if s.Words != nil {
		return namedAxis(s)
	}
	if a.Whole = s.Name == "layer" || s.Name == "step"; s.Tried {
		a.At = s.Numbers
	}
	if c.Kind == chart.BoxKind { // half of the boxes at a place stand before it
		return a.Roomy(float64(c.boxApart()*vg.Length(c.Chart.Lines.Len())/2/c.panelWidth()), s.Numbers...)
	}
	return a.Over(s.Numbers...)
}

// namedAxis has the values of a scale side by side.
func namedAxis(s chart.Scale) figure.Axis {
	names := s.Labels()
	if isScheme(s.Name) {
		for i := range names {
			names[i] = schemeLabel(names[i])
		}
	}
	return figure.Axis{Label: s.Title, Names: names, Min: -0.5, Max: float64(len(names)) - 0.5}
}

// yAxis shows every mark, what spreads around it, and what theory expects.
func (c Chart) yAxis() figure.Axis {
	var values []float64
	for _, p := range c.Grid {
		for _, l := range p.Lines {
			for _, m := range l.Marks {
				if c.Kind == chart.PointsKind || c.Kind == chart.BoxKind || c.Spread == chart.Seeds {
					values = append(values, m.Values...)
					continue
				}
				q := c.point(m)
				values = append(values, q.Y, q.Low, q.High)
			}
			for _, o := range l.Exact {
				values = append(values, o.Value)
			}
			for _, lost := range l.Lost {
				values = append(values, notAbove(lost.Y)...)
			}
		}
	}
	return figure.Axis{Label: c.YScale.Title, Log: c.YScale.Log}.Over(values...)
}

// notAbove are the values of a run that diverged up to its first one, above which they have no bound.
func notAbove(ys []float64) (values []float64) {
	for _, y := range ys {
		if y <= ys[0] {
			values = append(values, y)
		}
	}
	return values
}

// point is a mark's mean with what spreads around it.
func (c Chart) point(m chart.Mark) figure.Point {
	q := spreadPoint(m.X, m.Interval, m.Values)
	if q.Y = m.Value(); !number.Finite(q.Y) || c.Spread == chart.None || c.Spread == chart.Seeds {
		q.Low, q.High = math.NaN(), math.NaN()
	}
	return q
}

// style is how a line is drawn.
func (c Chart) style(l chart.Line) figure.Series {
	s := figure.Series{Color: c.color(l.Index), Line: figure.LineWide, Spread: figure.Bars}
	if c.XScale.Words != nil {
		s.Line = 0 // nothing lies between words
	}
	if c.Kind != chart.CurveKind {
		s.Glyph = figure.Glyphs[l.Index%len(figure.Glyphs)]
	}
	if c.Spread == chart.Band {
		s.Spread = figure.Band
	}
	if round := l.Index / len(figure.Apart); !c.ordered() && round > 0 {
		s.Dashes = [][]vg.Length{figure.LongDashes, figure.ShortDashes}[(round-1)%2]
	}
	return s
}

// ordered reports whether the lines are of numbers whose order means something.
func (c Chart) ordered() bool { return c.Chart.Lines.Words == nil && c.Spec.Lines != "seed" }

// color is the colour of a line: a shade if lines have an order. Named schemes have the hue that they have in
// other figures.
func (c Chart) color(i int) color.RGBA {
	if c.ordered() {
		return figure.Ordered(i, c.Chart.Lines.Len())
	}
	if isScheme(c.Spec.Lines) {
		known := []string{"lora", "rslora", "constant"}
		if k := slices.Index(known, c.Chart.Lines.Words[i]); k >= 0 {
			return figure.Apart[k]
		}
		before := slices.DeleteFunc(slices.Clone(c.Chart.Lines.Words[:i]), func(w string) bool {
			return slices.Contains(known, w)
		})
		i = len(known) + len(before)
	}
	return figure.Apart[i%len(figure.Apart)]
}

// series draws a line of the chart.
func (c Chart) series(l chart.Line, aside vg.Length) []figure.Series {
	s := c.style(l)
	if s.Aside = aside; s.Spread == figure.Band || c.XScale.Measured {
		s.Aside = 0
	}
	switch {
	case c.Kind == chart.PointsKind:
		return append([]figure.Series{eachRun(l, s), c.lostMarks(l, s)}, theorySeries(l)...)
	case c.Kind == chart.BoxKind:
		s.Half = 0.4 * c.boxApart()
		return append(append(boxes(l, s), c.lostMarks(l, s)), theorySeries(l)...)
	case c.Kind == chart.CurveKind && c.Spread == chart.Seeds:
		return append(runLines(l, s), lostLines(l, s)...)
	}
	for _, m := range l.Marks {
		s.Points = append(s.Points, c.point(m))
	}
	all := []figure.Series{s}
	if c.Spread == chart.Seeds {
		seeds := eachRun(l, s)
		seeds.Glyph = draw.PlusGlyph{}
		all = append(all, seeds)
	}
	return append(append(append(all, c.lostMarks(l, s)), lostLines(l, s)...), theorySeries(l)...)
}

// eachRun marks every run.
func eachRun(l chart.Line, s figure.Series) figure.Series {
	s.Line, s.Spread, s.Points = 0, figure.NoSpread, nil
	for _, m := range l.Marks {
		for _, v := range m.Values {
			s.Points = append(s.Points, figure.Bare(m.X, v))
		}
	}
	return s
}

// boxes are quartiles with whiskers to the extremes; a run by itself is a mark.
func boxes(l chart.Line, s figure.Series) []figure.Series {
	whiskers, box, single := s, s, s
	whiskers.Line, whiskers.Glyph, whiskers.Spread, whiskers.Points = 0, nil, figure.Bars, nil
	box.Line, box.Glyph, box.Spread, box.Points = 0, nil, figure.Boxes, nil
	single.Line, single.Points = 0, nil
	for _, m := range l.Marks {
		v := slices.Sorted(slices.Values(m.Values))
		if len(v) < 2 {
			single.Points = append(single.Points, figure.Bare(m.X, m.Mean))
			continue
		}
		at := func(p float64) float64 { return stat.Quantile(p, stat.LinInterp, v, nil) }
		whiskers.Points = append(whiskers.Points, figure.Point{X: m.X, Y: at(0.5), Low: v[0], High: v[len(v)-1]})
		box.Points = append(box.Points, figure.Point{X: m.X, Y: at(0.5), Low: at(0.25), High: at(0.75)})
	}
	return []figure.Series{whiskers, box, single}
}

// runLines has a thin line for each run of a curve.
func runLines(l chart.Line, s figure.Series) (lines []figure.Series) {
	at := make(map[*chart.Run]int)
	for _, m := range l.Marks {
		for i, r := range m.Runs {
			k, ok := at[r]
			if !ok {
				k, at[r] = len(lines), len(lines)
				lines = append(lines, figure.Series{Color: s.Color, Line: figure.ThinLineWide, Dashes: s.Dashes})
			}
			lines[k].Points = append(lines[k].Points, figure.Bare(m.X, m.Values[i]))
		}
	}
	return lines
}

// lostLines are the curves of runs that diverged, each of which ends in a cross.
func lostLines(l chart.Line, s figure.Series) (lines []figure.Series) {
	for _, lost := range l.Lost {
		line := figure.Series{Color: s.Color, Line: figure.ThinLineWide, Dashes: figure.ShortDashes}
		for i := range lost.X {
			line.Points = append(line.Points, figure.Bare(lost.X[i], lost.Y[i]))
		}
		lines = append(lines, line)
		if n := len(line.Points); n > 0 {
			lines = append(lines, figure.Series{Points: line.Points[n-1:], Color: s.Color, Glyph: draw.CrossGlyph{}})
		}
	}
	return lines
}

// lostMarks has a cross on the upper edge at each place at which a run diverged.
func (c Chart) lostMarks(l chart.Line, s figure.Series) figure.Series {
	lost := figure.Series{Color: s.Color, Glyph: draw.CrossGlyph{}, Aside: s.Aside}
	for _, m := range l.Marks {
		if m.Diverged > 0 {
			lost.Points = append(lost.Points, figure.Bare(m.X, math.MaxFloat64))
		}
	}
	return lost
}

// theorySteps is how many points a curved line of theory has.
const theorySteps = 60

// theorySeries is what theory expects at the line's ranks, or else the power of rank that it predicts, through
// the middle of the fitted one; none where it says nothing.
func theorySeries(l chart.Line) []figure.Series {
	t := figure.Series{Color: figure.Ink, Line: figure.ThinLineWide, Dashes: figure.LongDashes}
	switch {
	case len(l.Exact) > 1:
		for _, o := range l.Exact {
			t.Points = append(t.Points, figure.Bare(float64(o.Rank), o.Value))
		}
	case l.Fitted && l.FitErr == nil && len(l.Marks) > 1:
		first, last := l.Marks[0].X, l.Marks[len(l.Marks)-1].X
		predicted := l.Fit.Through(first, last)
		for i := range theorySteps + 1 {
			x := first * math.Pow(last/first, float64(i)/theorySteps)
			t.Points = append(t.Points, figure.Bare(x, predicted(x)))
		}
	default:
		return nil
	}
	return []figure.Series{t}
}

// legend names the lines, and what else is drawn.
func (c Chart) legend() (l figure.Legend) {
	if c.Spec.Lines != "" {
		l = append(l, figure.Entry{Text: c.Chart.Lines.Title})
		for i, label := range c.Chart.Lines.Labels() {
			s := c.style(chart.Line{Index: i})
			if c.Kind == chart.PointsKind {
				s.Line, s.Spread = 0, figure.NoSpread
			}
			l = append(l, figure.Entry{Text: c.lineLabel(label), Samples: []figure.Series{s}})
		}
	}
	ink := figure.Series{Color: figure.Ink, Line: figure.ThinLineWide}
	if c.hasTheory() {
		ink.Dashes = figure.LongDashes
		l = append(l, figure.Entry{Text: "theory", Samples: []figure.Series{ink}})
	}
	if c.Diverged > 0 {
		lost := figure.Series{Color: figure.Ink, Glyph: draw.CrossGlyph{}}
		if c.Kind == chart.CurveKind {
			lost.Line, lost.Dashes = figure.ThinLineWide, figure.ShortDashes
		}
		l = append(l, figure.Entry{Text: "diverged", Samples: []figure.Series{lost}})
	}
	return append(l, c.notes(c.spreadNote())...)
}

// notes are lines below a legend; the last says so if runs of the plan are missing.
func (c Chart) notes(about string) (l figure.Legend) {
	for _, note := range []string{about, c.Coverage.Mark()} {
		if note != "" {
			l = append(l, figure.Entry{Text: note})
		}
	}
	return l
}

func (c Chart) hasTheory() bool {
	return slices.ContainsFunc(c.Grid, func(p chart.Panel) bool {
		return slices.ContainsFunc(p.Lines, func(l chart.Line) bool {
			return len(theorySeries(l)) > 0
		})
	})
}

// NewChart works out what a figure shows of runs. It is an error if the figure would have the files of another
// one that this program draws.
func NewChart(spec chart.Spec, from chart.Source) (Chart, error) {
	c, err := chart.New(spec, from)
	if err == nil {
		err = unusedName(c.Name)
	}
	return Chart{c, from.Coverage}, err
}

// each calls see for every mark.
func (c Chart) each(see func(p chart.Panel, l chart.Line, m chart.Mark)) {
	for _, p := range c.Grid {
		for _, l := range p.Lines {
			for _, m := range l.Marks {
				see(p, l, m)
			}
		}
	}
}

// counts are the least and the most runs behind a mean; marks without one do not count.
func (c Chart) counts() (n counts) {
	c.each(func(_ chart.Panel, _ chart.Line, m chart.Mark) {
		if k := len(m.Values); number.Finite(m.Value()) {
			if n.high == 0 {
				n.low = k
			}
			n.low, n.high = min(n.low, k), max(n.high, k)
		}
	})
	return n
}

// spreadNote says what marks, bars and bands are, in a legend.
func (c Chart) spreadNote() string {
	n := c.counts()
	spread := spreadName(n)
	switch {
	case n.high == 0:
		return ""
	case c.Kind == chart.PointsKind:
		return "marks: runs"
	case c.Kind == chart.BoxKind:
		return "boxes: quartiles of " + seedCount(n) + ", whiskers: extremes"
	case c.Spread == chart.Seeds && c.Kind == chart.CurveKind:
		return "thin lines: runs"
	case c.Spread == chart.Seeds:
		return "mean, " + seedCount(n) + "; +: seeds"
	case spread == "" || c.Spread == chart.None:
		return "mean, " + seedCount(n)
	}
	return fmt.Sprintf("mean, %s; %s: %s", seedCount(n), c.spreadWord(), spread)
}

// spreadWord is what the spread of seeds is called.
func (c Chart) spreadWord() string {
	if c.Spread == chart.Band {
		return "bands"
	}
	return "bars"
}
