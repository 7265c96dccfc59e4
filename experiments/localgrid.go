package experiments

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"gopkg.in/yaml.v3"

	"ranksweep/results"
)

// A local grid has the values of the nuisance axis at which the seeds that are
// reported are trained: the one that was chosen for their cell, times powers of
// √2. So each seed finds its own best value, and the interval over seeds has the
// error of that choice in it.

// The least and the most values that a local grid begins with.
const (
	minLocal = 3 // a parabola goes through three
	maxLocal = 9 // from a quarter of the chosen value to four times
)

// localMore is how often a local grid may go on beyond its edge, more than an
// axis may while it is tuned: √2 is a smaller step.
const localMore = 2

func parseLocal(n *yaml.Node) (int, error) {
	v, err := strconv.Atoi(n.Value)
	ok := v == 0 || v%2 == 1 && v >= minLocal && v <= maxLocal
	if n.ShortTag() != "!!int" || err != nil || !ok {
		return 0, at(n, "local %s: must be an odd number from %d to %d, of values in each local grid, or 0 for none",
			shown(n), minLocal, maxLocal)
	}
	return v, nil
}

// checkLocal makes sure that there is one nuisance axis, and that it can be
// gone along in ratios.
func (e *Experiment) checkLocal() error {
	if e.Tune.Local == 0 {
		return nil
	}
	wrong := func(format string, args ...any) error {
		return fmt.Errorf("tune has local: %d, and %s, or leave local out", e.Tune.Local, fmt.Sprintf(format, args...))
	}
	a := e.Nuisance[0]
	if n := len(e.Nuisance); n > 1 {
		return wrong("there are %d nuisance axes, and local grids lie along one: keep one of them, such as lr", n)
	}
	if _, real := a.Values[0].(float64); !real || mustField(a.Name).group != "train" {
		return wrong("nuisance axis %s is no real number of train, such as lr: tune such a one", a.Name)
	}
	for _, v := range a.Values {
		if v.(float64) <= 0 {
			return wrong("nuisance axis %s has the value %s, from which no ratio leads on: give it values above 0",
				a.Name, format(v))
		}
	}
	for _, r := range e.When {
		if slices.ContainsFunc(r.If, func(x Axis) bool { return x.Name == a.Name }) {
			return wrong("when depends on %s, of which local grids have other values than it names: "+
				"make it depend on another field", a.Name)
		}
	}
	return nil
}

// localValue is the chosen value times √2 to a power, to three digits, so that the
// same value is the same run; ok is false out of the field's bounds.
func localValue(name string, chosen float64, power int) (v float64, ok bool) {
	v = chosen
	if power != 0 {
		v = threeDigits(chosen * math.Pow(2, float64(power)/2))
	}
	return v, v > 0 && bounds[mustField(name).path].check(v) == nil
}

// around is the local grid that each seed of a cell begins with.
func (e *Experiment) around(t results.Tuned) (grid []results.Axis) {
	name, chosen := chosenValue(t)
	for power := -e.Tune.Local / 2; power <= e.Tune.Local/2; power++ {
		if v, ok := localValue(name, chosen, power); ok {
			grid = append(grid, results.Axis{Name: name, Value: format(v)})
		}
	}
	return grid
}

// chosenValue is that of the one nuisance axis of a cell that was tuned.
func chosenValue(t results.Tuned) (name string, v float64) {
	a := t.Candidates[t.Best].Axes[0]
	v, _ = strconv.ParseFloat(a.Value, 64) // that of a config
	return a.Name, v
}

// localExtension is the value beyond the edge at which a cell is best, if any.
func (e *Experiment) localExtension(l results.Tuned, chosen float64) []results.Axis {
	edges := l.Edges()
	if len(edges) == 0 || len(l.Candidates) >= e.Tune.Local+e.Tune.Extend+localMore {
		return nil
	}
	edge := edges[0]
	last, step := edge.Values[0], -1
	if edge.Top {
		last, step = edge.Values[len(edge.Values)-1], 1
	}
	power := int(math.Round(2 * math.Log2(last/chosen)))
	v, ok := localValue(edge.Name, chosen, power+step)
	if !ok {
		return nil
	}
	return []results.Axis{{Name: edge.Name, Value: format(v)}}
}
