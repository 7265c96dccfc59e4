package paper

import (
	"fmt"
	"strconv"
	"strings"

	"ranksweep/paper/number"
	"ranksweep/paper/table"
	"ranksweep/results"
)

// localAxis is the axis along which seeds have local grids, each its own; empty
// where they have none.
func localAxis(v View) string {
	for _, c := range v.cells {
		if hasLocal(c) {
			return c.Tuned[0]
		}
	}
	return ""
}

func hasLocal(c results.Cell) bool {
	_, _, ok := c.LocalRange()
	return ok
}

// ownBest says which estimator of a final loss local grids make; empty where there
// are none.
func ownBest(v View) string {
	axis := localAxis(v)
	if axis == "" {
		return ""
	}
	return " Each seed is at its own best " + axis + ": the lowest point of the parabola through " +
		"the best of its local grid and its neighbours, on the validation examples that it is reported on. What is no final validation loss is of the best run."
}

// tunedEntry is the value of an axis at which a cell is reported or, of local
// grids, the geometric mean of the best values with their range over seeds.
func tunedEntry(c results.Cell, value string) table.Entry {
	low, high, ok := c.LocalRange()
	if !ok {
		return table.Word(value)
	}
	mean, _ := strconv.ParseFloat(value, 64) // of a cell's axis
	return table.Entry{
		Text:   fmt.Sprintf("%s [%s, %s]", number.Significant(mean, 3), number.Significant(low, 3), number.Significant(high, 3)),
		Values: []string{value, number.Exact(low), number.Exact(high)},
	}
}

// tunedFields are the fields of a column of such entries.
func tunedFields(v View, name string) []string {
	if localAxis(v) != name {
		return []string{name}
	}
	return []string{name, name + "_low", name + "_high"}
}

// rangesSentence says what stands in a column of such entries.
func rangesSentence(v View) string {
	axis := localAxis(v)
	if axis == "" {
		return ""
	}
	return fmt.Sprintf(" Of the best %s stands the geometric mean, in brackets its range over seeds.", axis)
}

// localEdges says of how many seeds a better value may lie beyond their grid.
func localEdges(c results.Cell) string {
	n := c.LocalEdges()
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("the best %s of %d of %d seeds lies at the edge of its local grid", c.Tuned[0], n, len(c.Runs))
}

// choiceLeftOut warns of an interval over seeds that share one choice of nuisance
// values: the error of that choice is not in it.
func (d duel) choiceLeftOut() string {
	tuned := d.Cell.Tuned
	if len(tuned) == 0 || hasLocal(d.Cell) || d.Same || d.Difference.N < 2 {
		return ""
	}
	text := "its interval leaves out the choice of " + strings.Join(tuned, " and ")
	if v, err := strconv.ParseFloat(results.ValueOf(d.Cell.Axes, tuned[0]), 64); len(tuned) == 1 && err == nil && v > 0 {
		text += ": tune: {local: 5} has it in"
	}
	return text
}

// tuning says how cells came by their nuisance values; empty where there are none.
func tuning(v View) string {
	tuned := tunedAxes(v.arms[0])
	if len(tuned) == 0 || localAxis(v) != "" {
		return ownBest(v)
	}
	return fmt.Sprintf(" Each cell has its own %s, tuned on other seeds than those shown.", strings.Join(tuned, " and "))
}
