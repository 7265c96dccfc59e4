package experiments

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"ranksweep/grid"
	"ranksweep/paper/number"
)

// maxPoints bounds a grid. A larger one is surely a typing error.
const maxPoints = 100_000

// Point is one config of a grid and its place in the grid.
type Point struct {
	Config Config
	Axes   []grid.Coordinate // in the order of grid, zip, nuisance; then the precision, if it is unusual
}

// String returns the point's coordinates, as in "rank=4 scaling=lora".
func (p Point) String() string {
	return p.Written(func(a grid.Coordinate) string { return number.FullText(a.Value) })
}

// Written is String with values as write has them.
func (p Point) Written(write func(grid.Coordinate) string) string {
	var parts []string
	for _, a := range p.Axes {
		if a.Value != "" {
			parts = append(parts, a.Name+"="+write(a))
		}
	}
	return strings.Join(parts, " ")
}

// Configs resolves the grid: every combination of its axes in the file's order, the
// last axis fastest, with conditional values applied and exclusions left out. An
// empty grid and a repeated point are errors. Points that differ only in fields which
// their method does not use are merged into one. Of points that differ in
// nuisance values alone, one will be reported.
func (e *Experiment) Configs() ([]Point, error) {
	points, err := e.resolve()
	if err == nil {
		err = e.checkTune()
	}
	if err != nil {
		return nil, e.inPlace(err)
	}
	return points, nil
}

func (e *Experiment) resolve() ([]Point, error) {
	groups := e.groups()
	total, err := e.check(groups)
	if err = cmp.Or(err, e.checkAlpha()); err != nil {
		return nil, err
	}
	var points []Point
	rules := e.rules()
	seen := make(map[string]bool)
	for i := range total {
		p := e.point(groups, rules, i)
		if slices.ContainsFunc(e.Exclude, func(m Match) bool { return m.holds(p.Config) }) {
			continue
		}
		merges := p.merges()
		p = p.Canonical()
		if err := p.Config.Validate(); errors.Is(err, errNoData) {
			return nil, err
		} else if err != nil {
			return nil, fmt.Errorf("%s: %w", p, err)
		}
		key := fmt.Sprintf("%q", p.Axes) // equal coordinates mean equal configs, since when sets no axis
		if seen[key] && merges {
			continue // it differs only in fields that its method does not use
		}
		if seen[key] {
			return nil, about(e.repeated()...)("%s is in the grid twice: an axis lists a value twice, perhaps in two "+
				"spellings", p)
		}
		seen[key] = true
		points = append(points, p)
	}
	if len(points) == 0 {
		return nil, about("exclude")("the grid is empty: exclude removes every combination")
	}
	if err := e.checkUnused(points); err != nil {
		return nil, err
	}
	showArithmetic(points)
	return points, nil
}

// repeated returns the paths of the axes that list a value twice.
func (e *Experiment) repeated() (paths []string) {
	for _, a := range slices.Concat(e.groups()...) {
		for i, v := range a.Values {
			if contains(a.Values[:i], v) {
				paths = append(paths, pathsOf(a)...)
			}
		}
	}
	return paths
}

// groups returns the axes in the grid's order. The axes of a group vary together.
func (e *Experiment) groups() []Zip {
	var groups []Zip
	for _, a := range e.Grid {
		groups = append(groups, Zip{a})
	}
	groups = append(groups, e.Zip...)
	for _, a := range e.Nuisance {
		groups = append(groups, Zip{a})
	}
	return groups
}

// check finds errors in the grid as a whole, and counts its points.
func (e *Experiment) check(groups []Zip) (total int, err error) {
	if len(groups) == 0 {
		return 0, about("grid")("the grid is empty: add an axis, as in grid: {rank: [4, 8, 16]}")
	}
	total = 1
	for _, group := range groups {
		first := group[0]
		for _, a := range group {
			if len(a.Values) != len(first.Values) {
				return 0, about(pathsOf(first, a)...)("zip: %s has %d values but %s has %d: axes that vary together "+
					"need equally many",
					first.Name, len(first.Values), a.Name, len(a.Values))
			}
			for _, r := range e.When {
				if slices.ContainsFunc(r.Set, func(s Setting) bool { return s.Name == a.Name }) {
					return 0, about(pathsOf(a)...)("when sets %s, but %[1]s is an axis: remove one of the two", a.Name)
				}
			}
		}
		if total *= len(first.Values); total > maxPoints {
			return 0, about(append(pathsOf(group...), "grid")...)("the grid has more than %d points: list fewer values",
				maxPoints)
		}
	}
	return total, nil
}

// point resolves the i-th combination, the last group fastest.
func (e *Experiment) point(groups []Zip, rules []Rule, i int) Point {
	p := Point{Config: e.Base}
	for _, group := range slices.Backward(groups) {
		n := len(group[0].Values)
		for _, a := range slices.Backward(group) {
			value := a.Values[i%n]
			mustField(a.Name).set(&p.Config, value)
			p.Axes = append(p.Axes, grid.Coordinate{Name: a.Name, Value: format(value)})
		}
		i /= n
	}
	slices.Reverse(p.Axes)
	for _, r := range rules {
		if r.If.holds(p.Config) {
			for _, s := range r.Set {
				mustField(s.Name).set(&p.Config, s.Value)
			}
		}
	}
	return p
}
