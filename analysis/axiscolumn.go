package analysis

import (
	"slices"

	"ranksweep/grid"
	"ranksweep/results"
)

// axisPrefix comes before an axis in the name of its column: some axes share a name with
// another column that has other values.
const axisPrefix = "axis."

// axisNames are the axes of all grids, in order of first appearance.
func axisNames(grids [][]grid.Coordinate) []string {
	var names []string
	for _, grid := range grids {
		for _, a := range grid {
			if !slices.Contains(names, a.Name) {
				names = append(names, a.Name)
			}
		}
	}
	return names
}

func axisColumns(names []string) []results.Column {
	var columns []results.Column
	for _, name := range names {
		columns = append(columns, results.Column{
			Name:    axisPrefix + name,
			Meaning: "coordinate on axis " + name + " of the grid; empty where the grid lacks it",
		})
	}
	return columns
}

// axisCells returns the values of the named axes, empty for a name that axes lacks.
func axisCells(axes []grid.Coordinate, names []string) []string {
	var cells []string
	for _, name := range names {
		cells = append(cells, results.TextCell(grid.ValueOf(axes, name)))
	}
	return cells
}
