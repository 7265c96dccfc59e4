package paper

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ranksweep/analysis"
	"ranksweep/grid"
	"ranksweep/metrics"
	"ranksweep/paper/number"
	"ranksweep/paper/table"
)

// localAxis is the axis along which each seed has its own local grid; empty if there are no
// local grids.
func localAxis(v View) string {
	for _, c := range v.cells {
		if hasLocal(c) {
			return c.Nuisance[0]
		}
	}
	return ""
}

// axisWord is what sentences call an axis.
func axisWord(axis string) string {
	if axis == "lr" {
		return learningRate
	}
	return axis
}

func axisWords(axes []string) string {
	var words []string
	for _, axis := range axes {
		words = append(words, axisWord(axis))
	}
	return strings.Join(words, " and ")
}

func hasLocal(c analysis.Cell) bool {
	_, _, ok := c.LocalRange()
	return ok
}

// ownBest says how the final loss of a seed follows from its local grid; empty if there are no
// local grids.
func ownBest(v View) string {
	axis := localAxis(v)
	if axis == "" {
		return ""
	}
	return " Each seed has its own best " + axisWord(axis) + ". Its final validation loss is the lowest point of the " +
		"parabola through the best value of its local grid and the two beside it, on the same validation examples " +
		"that the loss is reported on. Everything else is from the best run of the seed."
}

// tunedEntry is the value of an axis that a cell is reported at. With local grids it is the
// geometric mean of the best values, with their range over seeds.
func tunedEntry(c analysis.Cell, value string) table.Entry {
	low, high, ok := c.LocalRange()
	if !ok {
		return table.Word(value)
	}
	mean, _ := strconv.ParseFloat(value, 64) // a cell's axis has a number here
	three := func(v float64) string { return number.Significant(v, 3) }
	return table.Entry{
		Text:   fmt.Sprintf("%s [%s, %s]", three(mean), three(low), three(high)),
		Values: []string{value, number.Exact(low), number.Exact(high)},
	}
}

// tunedFields are the fields of a column of tuned entries.
func tunedFields(v View, name string) []string {
	if localAxis(v) != name {
		return []string{name}
	}
	return []string{name, name + "_low", name + "_high"}
}

// rangesSentence explains a column of tuned entries.
func rangesSentence(v View) string {
	axis := localAxis(v)
	if axis == "" {
		return ""
	}
	return fmt.Sprintf(" The best %s is a geometric mean over seeds; brackets have the lowest and the highest.",
		axisWord(axis))
}

// localEdges says for how many seeds a better value may lie beyond their grid.
func localEdges(c analysis.Cell) string {
	n := c.LocalEdges()
	if n == 0 {
		return ""
	}
	which := "an"
	switch c.LocalTops() {
	case n:
		which = "the upper"
	case 0:
		which = "the lower"
	}
	return fmt.Sprintf("for %d of %d seeds the best %s lies at %s edge of the local grid", n, len(c.Runs),
		axisWord(c.Nuisance[0]), which)
}

// inside is the comparison without the seeds of which one of the two best values lies at an edge of its local
// grid, and how many these are.
func (d comparison) inside() (inside comparison, left int) {
	edge := make(map[uint64]bool)
	for _, r := range slices.Concat(d.Cell.Runs, d.Reference.Runs) {
		edge[r.Seed] = edge[r.Seed] || r.Local != nil && r.Local.Edge
	}
	within := func(c analysis.Cell) armCell {
		c.Runs = slices.DeleteFunc(slices.Clone(c.Runs), func(r analysis.Row) bool { return edge[r.Seed] })
		return armCell{Cell: c}
	}
	c, reference := within(d.Cell), within(d.Reference)
	left = len(d.Cell.Runs) - len(c.Runs)
	if left == 0 || len(c.Runs) == 0 {
		return d, left
	}
	return newComparison(d.family, c, reference, metrics.ValLossFinal), left
}

// insideText says what the difference is without those seeds; empty if there are none, or one seed is left.
func (d comparison) insideText() string {
	inside, left := d.inside()
	if left == 0 || len(d.Cell.Runs)-left < 2 {
		return ""
	}
	text := fmt.Sprintf(" For %s the best %s lies at an edge of the local grid.", number.Count(left, "seed"),
		axisWord(d.Cell.Nuisance[0]))
	for _, of := range []analysis.Cell{d.Cell, d.Reference} {
		if edges := localEdges(of); edges != "" {
			text += fmt.Sprintf(" At rank %d, %s.", of.Rank, edges)
		}
	}
	return text + fmt.Sprintf(" Without these, the difference is %s nats/token (n = %d), where it is %s with them.",
		intervalText(inside.Difference.Interval), inside.Difference.N, intervalText(d.Difference.Interval))
}

// withoutEdges says the same of several comparisons in one sentence; empty if there are no such seeds.
func withoutEdges(family []comparison) string {
	var all []string
	for _, d := range family {
		inside, left := d.inside()
		switch {
		case left == 0:
		case len(d.Cell.Runs)-left < 2:
			all = append(all, fmt.Sprintf("%s: fewer than 2 seeds are left", d.settings()))
		default:
			all = append(all, fmt.Sprintf("%s: %s (n = %d), where it is %s with them", d.settings(),
				intervalText(inside.Difference.Interval), inside.Difference.N, intervalText(d.Difference.Interval)))
		}
	}
	if len(all) == 0 {
		return ""
	}
	return " Without these seeds, the difference in nats/token is: " + strings.Join(all, "; ") + "."
}

// choiceLeftOut warns that seeds share one choice of nuisance values, so that the interval
// over seeds does not include the error of that choice.
func (d comparison) choiceLeftOut() string {
	nuisance := d.Cell.Nuisance
	if len(nuisance) == 0 || hasLocal(d.Cell) || d.Same || d.Difference.N < 2 {
		return ""
	}
	text := "the interval does not include the error of choosing the " + axisWords(nuisance)
	if v, err := strconv.ParseFloat(grid.ValueOf(d.Cell.Axes, nuisance[0]), 64); len(nuisance) == 1 && err == nil &&
		v > 0 {
		text += "; with tune: {local: 5} it does"
	}
	return text
}

// tuning says how the nuisance values of cells were chosen; empty if nothing is tuned.
func tuning(v View) string {
	nuisance := nuisanceAxes(v.arms[0])
	if len(nuisance) == 0 || localAxis(v) != "" {
		return ownBest(v)
	}
	return fmt.Sprintf(" Each setting has its own %s, tuned on other seeds than those shown.", axisWords(nuisance))
}
