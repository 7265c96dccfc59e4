package experiments

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"gopkg.in/yaml.v3"

	"ranksweep/grid"
)

// A local grid lists values of the nuisance axis: the value that tuning chose for a
// cell, times powers of √2. Each reported seed is trained at all of them and finds its
// own best value, so that the interval over seeds includes the error of that choice.

// A local grid begins with at least minLocal and at most maxLocal values.
const (
	minLocal = 3 // a parabola needs three points
	maxLocal = 9 // from a quarter of the chosen value to four times the value
)

// localMore is how many more values a local grid may add beyond its edge than an axis
// may while it is tuned, since steps of √2 are smaller.
const localMore = 2

func parseLocal(n *yaml.Node) (int, error) {
	v, err := strconv.Atoi(n.Value)
	ok := v == 0 || v%2 == 1 && v >= minLocal && v <= maxLocal
	if n.ShortTag() != "!!int" || err != nil || !ok {
		return 0, at(n,
			"local %s: must be an odd number of values in each local grid, from %d to %d, or 0 for no local grid",
			shown(n), minLocal, maxLocal)
	}
	return v, nil
}

// checkLocal makes sure that there is one nuisance axis and that its values can be
// multiplied by a ratio.
func (e *Experiment) checkLocal() error {
	if e.Tune.Local == 0 {
		return nil
	}
	wrong := func(format string, args ...any) error {
		return about("tune")("tune has local: %d, but %s, or remove local", e.Tune.Local, fmt.Sprintf(format, args...))
	}
	a := e.Nuisance[0]
	if n := len(e.Nuisance); n > 1 {
		return wrong("there are %d nuisance axes, and local grids need exactly one: keep one, such as lr", n)
	}
	if _, real := a.Values[0].(float64); !real || mustField(a.Name).group != "train" {
		return wrong("nuisance axis %s is not a real number of train: tune one that is, such as lr", a.Name)
	}
	for _, v := range a.Values {
		if v.(float64) <= 0 {
			return wrong("nuisance axis %s has the value %s, which cannot be multiplied by √2: use values above 0",
				a.Name, written(v))
		}
	}
	for _, r := range e.When {
		if slices.ContainsFunc(r.If, func(x Axis) bool { return x.Name == a.Name }) {
			return wrong("when depends on %s, and local grids add values of %[1]s that when does not list: "+
				"make when depend on another field", a.Name)
		}
	}
	return nil
}

// localValue returns the chosen value times √2 to a power, rounded to three digits so
// that equal values give the same run. If the value is out of the field's bounds, ok
// is false.
func localValue(name string, chosen float64, power int) (v float64, ok bool) {
	v = chosen
	if power != 0 {
		v = threeDigits(chosen * math.Pow(2, float64(power)/2))
	}
	return v, v > 0 && bounds[mustField(name).path].check(v) == nil
}

// around returns the local grid with which each seed of a cell begins.
func (e *Experiment) around(c grid.Choice) (values []grid.Coordinate) {
	name, chosen := chosenValue(c)
	for power := -e.Tune.Local / 2; power <= e.Tune.Local/2; power++ {
		if v, ok := localValue(name, chosen, power); ok {
			values = append(values, grid.Coordinate{Name: name, Value: format(v)})
		}
	}
	return values
}

// chosenValue returns the name of the single nuisance axis and the value that tuning
// chose for the cell.
func chosenValue(c grid.Choice) (name string, v float64) {
	a := c.Candidates[c.Best].Axes[0]
	v, _ = strconv.ParseFloat(a.Value, 64) // it was formatted from a config's number
	return a.Name, v
}

// localExtension returns the next value beyond the edge if the cell is best at an
// edge of its local grid.
func (e *Experiment) localExtension(l grid.Choice, chosen float64) []grid.Coordinate {
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
	return []grid.Coordinate{{Name: edge.Name, Value: format(v)}}
}
