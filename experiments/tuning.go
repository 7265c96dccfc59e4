package experiments

import (
	"fmt"
	"slices"
	"strconv"

	"ranksweep/grid"
)

// TuningPoints resolves the runs with which tuning begins: every value of the nuisance
// axes, on the seeds of tuning.
func (e *Experiment) TuningPoints() ([]Point, error) {
	points, err := e.onSeeds(e.tuningSeeds(), e.Nuisance).resolve()
	if err != nil {
		return nil, e.inPlace(fmt.Errorf("tuning: %w", err))
	}
	if slices.ContainsFunc(points, func(p Point) bool { return p.Config.Data.Validation == 0 }) {
		return nil, e.inPlace(about("data.validation")("validation 0: must be at least 1, since the validation loss " +
			"chooses nuisance values: hold examples out, as in data: {validation: 64}"))
	}
	if err := e.checkOptimizers(points); err != nil {
		return nil, e.inPlace(err)
	}
	return points, nil
}

// checkOptimizers makes sure that no rule of when gives a cell two optimizers.
func (e *Experiment) checkOptimizers(points []Point) error {
	g := grid.Grid{Nuisance: e.NuisanceNames()}
	optimizer := make(map[string]string)
	for _, p := range points {
		cell, _ := g.Partition(p.Axes)
		was, now := optimizer[cell], p.Config.Train.Optimizer
		if was != "" && was != now {
			return about("when")("%s: when sets optimizer %s at some nuisance values and %s at others: "+
				"a cell must not mix two optimizers", p, was, now)
		}
		optimizer[cell] = now
	}
	return nil
}

// ReportedPoints resolves the runs that will be reported, as they stand before tuning
// chooses their nuisance values: the axes of those have no value yet, and the configs
// hold the first value listed.
func (e *Experiment) ReportedPoints() ([]Point, error) {
	points, err := e.onSeeds(e.seedAxis(), e.Nuisance).resolve()
	if err != nil {
		return nil, e.inPlace(err)
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

// ExtendedPoints resolves the runs tried so far and, for each edge at which a cell is
// best, runs at one more value beyond it, as far as the experiment allows.
func (e *Experiment) ExtendedPoints(choices []grid.Choice) ([]Point, error) {
	tried := make(allowed)
	for _, t := range choices {
		tried.try(t)
		tried[t.Key()] = append(tried[t.Key()], e.extension(t)...)
	}
	return e.pointsAt(e.tuningSeeds(), tried)
}

// ChosenPoints resolves the runs that are reported: each cell at the values that tuning
// chose for it, or on a local grid around them.
func (e *Experiment) ChosenPoints(choices []grid.Choice) ([]Point, error) {
	chosen := make(allowed)
	for _, t := range choices {
		chosen[t.Key()] = t.Candidates[t.Best].Axes
		if e.Tune.Local > 0 {
			chosen[t.Key()] = e.around(t)
		}
	}
	return e.pointsAt(e.seedAxis(), chosen)
}

// LocalPoints resolves the local grids tried so far. If a cell's mean loss over seeds
// is lowest at an edge, all its seeds get one more value, at most Extend + localMore in
// all. A value at which a run diverged ranks after all others, as in tuning. A cell with
// a missing or failed run stays as it is until that run is trained. tuned is the tuning
// that chose the middles of the local grids.
func (e *Experiment) LocalPoints(choices, tried []grid.Choice) ([]Point, error) {
	chosen := make(map[string]float64)
	for _, t := range choices {
		_, chosen[t.Key()] = chosenValue(t)
	}
	values := make(allowed)
	for _, l := range tried {
		values.try(l)
		values[l.Key()] = append(values[l.Key()], e.localExtension(l, chosen[l.Key()])...)
	}
	return e.pointsAt(e.seedAxis(), values)
}

// Chosen returns an error if tuning could not choose values for some cell.
func (e *Experiment) Chosen(choices []grid.Choice) error {
	if slices.ContainsFunc(choices, func(t grid.Choice) bool { return t.Best < 0 }) {
		return fmt.Errorf("experiments: %s: no nuisance values can be chosen, since tuning runs are missing or "+
			"failed: run the same command again", e.Name)
	}
	return nil
}

// allowed lists the nuisance values that a cell may have, by the cell's key.
type allowed map[string][]grid.Coordinate

// try allows a cell every value that was tried for it.
func (values allowed) try(t grid.Choice) {
	for _, c := range t.Candidates {
		values[t.Key()] = append(values[t.Key()], c.Axes...)
	}
}

// pointsAt resolves the grid on the given seeds, each cell at its allowed nuisance
// values.
func (e *Experiment) pointsAt(seed Axis, values allowed) ([]Point, error) {
	points, err := e.onSeeds(seed, e.nuisanceOver(values)).resolve()
	if err != nil {
		return nil, e.inPlace(err)
	}
	g := grid.Grid{Nuisance: e.NuisanceNames()}
	return slices.DeleteFunc(points, func(p Point) bool {
		cell, own := g.Partition(p.Axes)
		return slices.ContainsFunc(own, func(a grid.Coordinate) bool { return !slices.Contains(values[cell], a) })
	}), nil
}

// nuisanceOver returns the nuisance axes with every value that some cell is allowed:
// the experiment's own values first, then the values beyond its edges.
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
