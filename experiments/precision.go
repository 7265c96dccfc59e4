package experiments

import (
	"slices"

	"ranksweep/grid"
)

// The precisions of products with frozen weights.
const (
	Float32Precision = "float32"
	BF16Precision    = "bf16"
)

// Precisions lists them, the usual one first.
func Precisions() []string { return []string{Float32Precision, BF16Precision} }

// showPrecision makes the precision an axis of all points if it is unusual in some of
// them, so that tables and figures show it beside every number.
func showPrecision(points []Point) {
	const name = "precision"
	unusual := func(p Point) bool { return p.Config.Train.Precision != Float32Precision }
	isAxis := func(a grid.Coordinate) bool { return a.Name == name }
	if !slices.ContainsFunc(points, unusual) || slices.ContainsFunc(points[0].Axes, isAxis) {
		return
	}
	for i := range points {
		p := &points[i]
		p.Axes = append(p.Axes, grid.Coordinate{Name: name, Value: p.Config.Train.Precision})
	}
}
