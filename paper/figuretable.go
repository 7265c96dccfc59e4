package paper

import (
	"math"

	"ranksweep/paper/figure"
	"ranksweep/paper/number"
	"ranksweep/paper/table"
)

// A figureRow is a point of a figure.
type figureRow struct {
	panel figure.Panel
	line  string
	figure.Point
}

// figureTable has the data of a figure: a row for each point of its lines, and for each tile of a heat map.
func figureTable(f figure.Figure) table.Table {
	t := table.Table{Name: f.Name}
	var rows []figureRow
	panels := f.Whole
	if panels == nil {
		panels = f.Panels
	}
	for _, p := range panels {
		for _, s := range p.Series {
			if s.Name == "" {
				continue
			}
			for _, q := range s.Points {
				rows = append(rows, figureRow{p, s.Name, q})
			}
		}
		for _, tile := range p.Tiles {
			rows = append(rows, figureRow{p, p.Y.Names[int(tile.Y)], figure.Bare(tile.X, tile.Value)})
		}
	}
	column := func(name string, of func(figureRow) string) table.Maker[figureRow] {
		return table.Words(name, of, name)
	}
	table.Fill(&t, rows,
		column("panel", func(r figureRow) string { return r.panel.Title }),
		column("line", func(r figureRow) string { return r.line }),
		column("x_axis", func(r figureRow) string { return r.panel.X.Label }),
		column("y_axis", func(r figureRow) string { return r.panel.Y.Label }),
		column("x", func(r figureRow) string {
			if names := r.panel.X.Names; len(names) > 0 {
				return names[int(r.X)]
			}
			return number.Exact(r.X)
		}),
		column("y", func(r figureRow) string { return shownExactly(r.Y) }),
		column("low", func(r figureRow) string { return shownExactly(r.Low) }),
		column("high", func(r figureRow) string { return shownExactly(r.High) }),
	)
	return t
}

// shownExactly writes a value; it is empty for one that a figure has only to put a mark on its edge.
func shownExactly(v float64) string {
	if v == math.MaxFloat64 {
		return ""
	}
	return number.Exact(v)
}
