package sweep

import (
	"fmt"
	"slices"
	"strconv"

	"ranksweep/results"
)

// tuningPlan is the first phase of an experiment with nuisance axes: all their
// values, on the seeds of tuning.
func (e *Experiment) tuningPlan(t Trainer) (*Plan, error) {
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
	jobs, err := e.jobs(points, t)
	if err != nil {
		return nil, err
	}
	follow, err := e.follow(t)
	return &Plan{Experiment: e, Jobs: jobs, Follow: follow}, err
}

// checkOptimizers makes sure that no condition gives a cell two optimizers.
func (e *Experiment) checkOptimizers(points []Point) error {
	g := results.Grid{Nuisance: e.nuisanceNames()}
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

// follow is what is reported once the nuisance values are chosen: a job for each
// value that a local grid begins with.
func (e *Experiment) follow(t Trainer) ([]Job, error) {
	points, err := e.onSeeds(e.seedAxis(), e.Nuisance).resolve()
	if err != nil {
		return nil, fmt.Errorf("sweep: %s: %w", e.Name, err)
	}
	var jobs []Job
	seen := make(map[string]bool)
	for _, p := range points {
		for i, a := range p.Axes {
			if slices.Contains(e.nuisanceNames(), a.Name) {
				p.Axes[i].Value = ""
			}
		}
		if seen[p.String()] {
			continue
		}
		seen[p.String()] = true
		m, err := t.Resolve(p.Config)
		if err != nil {
			return nil, fmt.Errorf("sweep: %s: %w", p, err)
		}
		for range max(1, e.Tune.Local) {
			jobs = append(jobs, Job{Point: p, Material: m})
		}
	}
	return jobs, nil
}

// Next returns the phase that follows a plan whose runs are all stored, or nil
// after the last one. Where the plan tunes and a choice lies at the edge of an
// axis that may be extended, that is the same with more values; otherwise it
// is the one that is reported. One with local grids is followed by the same with
// more values, where a cell is best at the edge of its own. It is a function of
// the experiment and of what its runs measured, so that a sweep that is taken up
// again takes the same way.
func (p *Plan) Next(runs []results.Run, t Trainer) (*Plan, error) {
	switch {
	case p.Final():
		return nil, nil
	case p.Tunes():
		return p.nextTuned(runs, t)
	}
	return p.nextLocal(runs, t)
}

// nextTuned is the next phase of a plan that tunes.
func (p *Plan) nextTuned(runs []results.Run, t Trainer) (*Plan, error) {
	e := p.Experiment
	tuned := p.Grid().Tune(runs)
	if slices.ContainsFunc(tuned, func(t results.Tuned) bool { return t.Best < 0 }) {
		return nil, e.nothingChosen()
	}
	tried, chosen := make(allowed), make(allowed)
	for _, t := range tuned {
		for _, c := range t.Candidates {
			tried[t.Key()] = append(tried[t.Key()], c.Axes...)
		}
		tried[t.Key()] = append(tried[t.Key()], e.extension(t)...)
		chosen[t.Key()] = t.Candidates[t.Best].Axes
		if e.Tune.Local > 0 {
			chosen[t.Key()] = e.around(t)
		}
	}
	points, err := e.pointsAt(e.tuningSeeds(), tried)
	if err != nil {
		return nil, err
	}
	if len(points) > len(p.Jobs) {
		jobs, err := e.jobs(points, t)
		return &Plan{Experiment: e, Jobs: jobs, Follow: p.Follow}, err
	}
	if points, err = e.pointsAt(e.seedAxis(), chosen); err != nil {
		return nil, err
	}
	jobs, err := e.jobs(points, t)
	return &Plan{Experiment: e, Jobs: jobs, tuned: p.Jobs}, err
}

func (e *Experiment) nothingChosen() error {
	return fmt.Errorf("sweep: %s: runs of the tuning are missing or failed: nothing can be chosen", e.Name)
}

// allowed has the nuisance values that a cell may have, by the cell's key.
type allowed map[string][]results.Axis

// pointsAt resolves the grid on some seeds, each cell at its own nuisance
// values.
func (e *Experiment) pointsAt(seed Axis, values allowed) ([]Point, error) {
	points, err := e.onSeeds(seed, e.nuisanceOver(values)).resolve()
	if err != nil {
		return nil, fmt.Errorf("sweep: %s: %w", e.Name, err)
	}
	g := results.Grid{Nuisance: e.nuisanceNames()}
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
