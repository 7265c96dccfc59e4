package experiments

import (
	"fmt"
	"slices"
	"strconv"

	"ranksweep/results"
)

// TuningPoints resolves the runs that tuning begins with: every value of the
// nuisance axes, on the seeds of tuning.
func (e *Experiment) TuningPoints() ([]Point, error) {
	points, err := e.onSeeds(e.tuningSeeds(), e.Nuisance).resolve()
	if err != nil {
		return nil, fmt.Errorf("sweep: %s: tuning: %w", e.Name, err)
	}
	if slices.ContainsFunc(points, func(p Point) bool { return p.Config.Data.Validation == 0 }) {
		return nil, fmt.Errorf("sweep: %s: nuisance values are chosen by the validation loss, and validation is 0: hold some examples out, as in data: {validation: 64}", e.Name)
	}
	if err := e.checkOptimizers(points); err != nil {
		return nil, fmt.Errorf("sweep: %s: %w", e.Name, err)
	}
	return points, nil
}

// checkOptimizers makes sure that no condition gives a cell two optimizers.
func (e *Experiment) checkOptimizers(points []Point) error {
	g := results.Grid{Nuisance: e.NuisanceNames()}
	optimizer := make(map[string]string)
	for _, p := range points {
		cell, _ := g.Partition(p.Axes)
		was, now := optimizer[cell], p.Config.Train.Optimizer
		if was != "" && was != now {
			return fmt.Errorf("%s: when gives it %s at some nuisance values and %s at others: a cell must not mix two optimizers", p, was, now)
		}
		optimizer[cell] = now
	}
	return nil
}

// ReportedPoints resolves the runs that will be reported, before tuning has
// chosen their nuisance values: those axes have no value yet, and the configs
// have the first one.
func (e *Experiment) ReportedPoints() ([]Point, error) {
	points, err := e.onSeeds(e.seedAxis(), e.Nuisance).resolve()
	if err != nil {
		return nil, fmt.Errorf("sweep: %s: %w", e.Name, err)
	}
	var reported []Point
	seen := make(map[string]bool)
	for _, p := range points {
		for i, a := range p.Axes {
			if slices.Contains(e.NuisanceNames(), a.Name) {
				p.Axes[i].Value = ""
			}
		}
		if !seen[p.String()] {
			seen[p.String()] = true
			reported = append(reported, p)
		}
	}
	return reported, nil
}

// ExtendedPoints resolves what has been tried and, beyond each edge at which a
// cell is best, one value more, as far as the experiment allows.
func (e *Experiment) ExtendedPoints(tuned []results.Tuned) ([]Point, error) {
	tried := make(allowed)
	for _, t := range tuned {
		tried.try(t)
		tried[t.Key()] = append(tried[t.Key()], e.extension(t)...)
	}
	return e.pointsAt(e.tuningSeeds(), tried)
}

// ChosenPoints resolves the runs that are reported: each cell at the values that
// tuning chose for it, or at a local grid around them.
func (e *Experiment) ChosenPoints(tuned []results.Tuned) ([]Point, error) {
	chosen := make(allowed)
	for _, t := range tuned {
		chosen[t.Key()] = t.Candidates[t.Best].Axes
		if e.Tune.Local > 0 {
			chosen[t.Key()] = e.around(t)
		}
	}
	return e.pointsAt(e.seedAxis(), chosen)
}

// LocalPoints resolves local grids as tried so far and, of a cell whose mean loss
// over seeds is lowest at an edge, with one value more for all its seeds, up to
// Extend + localMore of them. A value under which a run diverged comes after all
// others, as in tuning; a cell that has a run missing or failed stays as it is
// until that is trained. Tuned is what chose the middles of the local grids.
func (e *Experiment) LocalPoints(tuned, tried []results.Tuned) ([]Point, error) {
	chosen := make(map[string]float64)
	for _, t := range tuned {
		_, chosen[t.Key()] = chosenValue(t)
	}
	values := make(allowed)
	for _, l := range tried {
		values.try(l)
		values[l.Key()] = append(values[l.Key()], e.localExtension(l, chosen[l.Key()])...)
	}
	return e.pointsAt(e.seedAxis(), values)
}

// Chosen reports an error where tuning has not chosen a value for some cell.
func (e *Experiment) Chosen(tuned []results.Tuned) error {
	if slices.ContainsFunc(tuned, func(t results.Tuned) bool { return t.Best < 0 }) {
		return fmt.Errorf("sweep: %s: runs of the tuning are missing or failed: nothing can be chosen", e.Name)
	}
	return nil
}

// allowed has the nuisance values that a cell may have, by the cell's key.
type allowed map[string][]results.Axis

// try allows a cell every value that was tried on it.
func (values allowed) try(t results.Tuned) {
	for _, c := range t.Candidates {
		values[t.Key()] = append(values[t.Key()], c.Axes...)
	}
}

// pointsAt resolves the grid on some seeds, each cell at its own nuisance
// values.
func (e *Experiment) pointsAt(seed Axis, values allowed) ([]Point, error) {
	points, err := e.onSeeds(seed, e.nuisanceOver(values)).resolve()
	if err != nil {
		return nil, fmt.Errorf("sweep: %s: %w", e.Name, err)
	}
	g := results.Grid{Nuisance: e.NuisanceNames()}
	return slices.DeleteFunc(points, func(p Point) bool {
		cell, own := g.Partition(p.Axes)
		return slices.ContainsFunc(own, func(a results.Axis) bool { return !slices.Contains(values[cell], a) })
	}), nil
}

// nuisanceOver returns the nuisance axes with all values that some cell has:
// the experiment's own, then those beyond its edges.
func (e *Experiment) nuisanceOver(values allowed) []Axis {
	var axes []Axis
	for _, a := range e.Nuisance {
		var more []float64
		for _, own := range values {
			for _, x := range own {
				if v, err := strconv.ParseFloat(x.Value, 64); x.Name == a.Name && err == nil && !contains(a.Values, v) {
					more = append(more, v)
				}
			}
		}
		slices.Sort(more)
		all := slices.Clone(a.Values)
		for _, v := range slices.Compact(more) {
			all = append(all, v)
		}
		axes = append(axes, Axis{a.Name, all})
	}
	return axes
}
