package paper

import (
	"strconv"

	"ranksweep/chart"
	"ranksweep/metrics/stats"
	"ranksweep/paper/number"
	"ranksweep/paper/table"
)

// A chartRow is what a chart shows at one place: of the runs there, or of one of them.
type chartRow struct {
	panel, line int // indices among the values of both
	mark        chart.Mark
	run         *chart.Run // nil for a mean
}

// Table has the data of the chart: a row for each mean or, where runs are shown by themselves, for each run. Of
// a curve it also has the points of runs that diverged.
func (c Chart) Table() table.Table {
	t := table.Table{Name: c.Name}
	shown := c.Y
	if c.Kind == chart.HeatKind {
		shown = c.Spec.Color
	}
	columns := []table.Maker[chartRow]{words(c.X, func(r chartRow) string { return c.value(c.XScale, r.mark.X) })}
	if c.Kind == chart.HeatKind {
		columns = append(columns, words(c.Y, func(r chartRow) string { return c.value(c.YScale, r.mark.Y) }))
	}
	lines, panels := c.Chart.Lines, c.Chart.Panels
	if c.Spec.Lines != "" {
		columns = append(columns, words(c.Spec.Lines, func(r chartRow) string { return lines.Exact(r.line) }))
	}
	if c.Spec.Panels != "" {
		columns = append(columns, words(c.Spec.Panels, func(r chartRow) string { return panels.Exact(r.panel) }))
	}
	columns = append(columns,
		words("run", func(r chartRow) string {
			if r.run == nil {
				return ""
			}
			return r.run.ID
		}),
		words("seed", func(r chartRow) string {
			if r.run == nil {
				return ""
			}
			return strconv.FormatUint(r.run.Seed, 10)
		}),
		words(shown, func(r chartRow) string { return number.Exact(r.mark.Value()) }),
		words(shown+"_low", func(r chartRow) string { return number.Exact(c.point(r.mark).Low) }),
		words(shown+"_high", func(r chartRow) string { return number.Exact(c.point(r.mark).High) }),
		words("n", func(r chartRow) string { return strconv.Itoa(len(r.mark.Values)) }),
		words("diverged", func(r chartRow) string { return strconv.Itoa(r.mark.Diverged) }),
	)
	if c.Kind == chart.HeatKind {
		columns = append(columns, words("marked", func(r chartRow) string { return marked(r.mark) }))
	}
	table.Fill(&t, c.rows(), columns...)
	return t
}

// words is a column whose head is its field.
func words(name string, of func(chartRow) string) table.Maker[chartRow] {
	return table.Words(name, of, name)
}

// value writes a place on an axis.
func (c Chart) value(s chart.Scale, place float64) string {
	if s.Words != nil {
		return s.Words[int(place)]
	}
	return number.Exact(place)
}

// marked says what is marked on a tile.
func marked(m chart.Mark) string {
	switch {
	case m.Edge != 0:
		return "lowest, at an edge"
	case m.Best:
		return "lowest"
	case m.Alike:
		return "not told apart from the lowest"
	}
	return ""
}

// rows are what the table has a row for.
func (c Chart) rows() (rows []chartRow) {
	apart := c.Kind == chart.PointsKind || c.Kind == chart.BoxKind ||
		c.Spread == chart.Seeds && c.Kind != chart.HeatKind
	for _, p := range c.Grid {
		for _, l := range p.Lines {
			for _, m := range l.Marks {
				if !apart || m.Diverged > 0 {
					rows = append(rows, chartRow{p.Index, l.Index, m, nil})
				}
				for i, r := range m.Runs {
					if apart {
						rows = append(rows, chartRow{p.Index, l.Index, single(m.X, m.Y, m.Values[i]), r})
					}
				}
			}
			for _, lost := range l.Lost {
				for i, x := range lost.X {
					rows = append(rows, chartRow{p.Index, l.Index, single(x, 0, lost.Y[i]), lost.Run})
				}
			}
		}
	}
	return rows
}

// single is the mark of one run.
func single(x, y, value float64) chart.Mark {
	return chart.Mark{X: x, Y: y, Values: []float64{value}, Interval: stats.MeanInterval([]float64{value})}
}
