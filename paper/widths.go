package paper

import (
	"fmt"
	"slices"
	"strings"
)

// Widths are the widths of a model's maps that adapters are on; zero if they are not known.
type Widths struct {
	shapes  []string // of maps, each once
	full    int      // the largest rank that an update of a map can have
	weights int      // of all maps
	unit    int      // parameters that adapters on all maps have for each unit of rank
}

// NewWidths takes the numbers of outputs and inputs of all maps.
func NewWidths(maps [][2]int) (w Widths) {
	for _, m := range maps {
		out, in := m[0], m[1]
		shape := fmt.Sprintf("%d × %d", min(out, in), max(out, in))
		if !slices.Contains(w.shapes, shape) {
			w.shapes = append(w.shapes, shape)
		}
		w.full = max(w.full, min(out, in))
		w.weights += out * in
		w.unit += out + in
	}
	return w
}

// Text says which rank is full rank, and from which one on adapters have more parameters than the maps.
func (w Widths) Text() string {
	return fmt.Sprintf("The maps that get adapters are %s, so rank %d is full rank: at a larger r the product BA "+
		"still "+
		"has rank %d at most, and only the number of parameters grows. Adapters on all maps have %d parameters for "+
		"each "+
		"unit of rank, and the maps have %d weights: from rank %d on, adapters have more parameters than full "+
		"fine-tuning of these maps trains.",
		strings.Join(w.shapes, " or "), w.full, w.full, w.unit, w.weights, w.weights/w.unit+1)
}

// note stands beside ranks of which some are full rank or more; empty if none is, or the widths are not known.
func (w Widths) note(ranks []int) string {
	if w.full == 0 || len(ranks) == 0 || slices.Max(ranks) < w.full {
		return ""
	}
	return fmt.Sprintf("full rank %d", w.full)
}
