package paper

import (
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Map is a map of a model that adapters are on.
type Map struct {
	Name string `yaml:"name"` // as q_proj, without its layer
	Out  int    `yaml:"out"`
	In   int    `yaml:"in"`
}

// full is the largest rank that an update of the map can have.
func (m Map) full() int { return min(m.Out, m.In) }

// Widths are the widths of a model's maps that adapters are on; zero if they are not known.
type Widths struct {
	shapes  []string         // of maps, each once
	full    map[int][]string // the names of the maps with a full rank
	weights int              // of all maps
	unit    int              // parameters that adapters on all maps have for each unit of rank
}

// NewWidths takes all maps, those of each layer.
func NewWidths(all []Map) Widths {
	w := Widths{full: make(map[int][]string)}
	for _, m := range all {
		shape := fmt.Sprintf("%d × %d", m.full(), max(m.Out, m.In))
		if !slices.Contains(w.shapes, shape) {
			w.shapes = append(w.shapes, shape)
		}
		if !slices.Contains(w.full[m.full()], m.Name) {
			w.full[m.full()] = append(w.full[m.full()], m.Name)
		}
		w.weights += m.Out * m.In
		w.unit += m.Out + m.In
	}
	return w
}

// mapsText has the maps of models by the hash of their file, see the comment in it.
//
//go:embed maps.yaml
var mapsText []byte

// WidthsOf are the widths of a model that maps.yaml has, by the hash of its file; zero if it does not.
func WidthsOf(hash string) Widths {
	for _, m := range readLines[struct {
		Model  string `yaml:"model"`
		Layers int    `yaml:"layers"`
		Maps   []Map  `yaml:"maps"`
	}](mapsText, "maps.yaml") {
		if m.Model == hash {
			return NewWidths(slices.Repeat(m.Maps, m.Layers))
		}
	}
	return Widths{}
}

// Text says which rank is full rank, and from which one on adapters have more parameters than the maps.
func (w Widths) Text() string {
	full := fmt.Sprintf("rank %d is full rank: at a larger r the product BA still has rank %[1]d at most, and only "+
		"the number of parameters grows", w.largest())
	if len(w.full) > 1 {
		full = "full rank is " + w.fullText() + ": at a larger r the product BA gains no rank, and only the number " +
			"of parameters grows"
	}
	return fmt.Sprintf("The maps that get adapters are %s, so %s. Adapters on all maps have %d parameters for each "+
		"unit of rank, and the maps have %d weights: from rank %d on, adapters have more parameters than full "+
		"fine-tuning of these maps trains.",
		strings.Join(w.shapes, " or "), full, w.unit, w.weights, w.weights/w.unit+1)
}

// largest is the full rank of the widest maps.
func (w Widths) largest() int { return slices.Max(slices.Collect(maps.Keys(w.full))) }

// fullText is the full rank of all maps or, where that is less for some of them than for others, of which it is.
func (w Widths) fullText() string {
	ranks := slices.Sorted(maps.Keys(w.full))
	last := len(ranks) - 1
	var all []string
	for _, rank := range ranks[:last] {
		all = append(all, fmt.Sprintf("%d of %s", rank, strings.Join(w.full[rank], " and ")))
	}
	if last == 0 {
		return fmt.Sprint(ranks[last])
	}
	return fmt.Sprintf("%s, %d of other maps", strings.Join(all, ", "), ranks[last])
}

// note stands beside ranks of which some are full rank of a map or more; empty if none is, or the widths are not known.
func (w Widths) note(ranks []int) string {
	if len(w.full) == 0 || len(ranks) == 0 || slices.Max(ranks) < slices.Min(slices.Collect(maps.Keys(w.full))) {
		return ""
	}
	return "full rank " + w.fullText()
}
