package sweep

import (
	"fmt"

	"ranksweep/experiments"
	"ranksweep/results"
)

// tuningPlan is the first phase of an experiment with nuisance axes: all their
// values, on the seeds of tuning.
func tuningPlan(e *experiments.Experiment, t Trainers) (*Plan, error) {
	points, err := e.TuningPoints()
	if err != nil {
		return nil, err
	}
	jobs, err := jobsOf(e, points, t)
	if err != nil {
		return nil, err
	}
	follow, err := followOf(e, t)
	return &Plan{Experiment: e, Jobs: jobs, Follow: follow}, err
}

// followOf is what will be reported once the nuisance values are chosen: a job for
// each value that a local grid begins with.
func followOf(e *experiments.Experiment, t Trainers) ([]Job, error) {
	points, err := e.ReportedPoints()
	if err != nil {
		return nil, err
	}
	var jobs []Job
	for _, p := range points {
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
func (p *Plan) Next(runs []results.Run, t Trainers) (*Plan, error) {
	if p.Final() {
		return nil, nil
	}
	tuned := p.Grid().Tune(runs)
	if err := p.Experiment.Chosen(tuned); err != nil {
		return nil, err
	}
	if p.Tunes() {
		return p.nextTuned(tuned, t)
	}
	return p.nextLocal(tuned, runs, t)
}

// nextTuned is the next phase of a plan that tunes.
func (p *Plan) nextTuned(tuned []results.Tuned, t Trainers) (*Plan, error) {
	e := p.Experiment
	points, err := e.ExtendedPoints(tuned)
	if err != nil {
		return nil, err
	}
	if len(points) > len(p.Jobs) {
		jobs, err := jobsOf(e, points, t)
		return &Plan{Experiment: e, Jobs: jobs, Follow: p.Follow}, err
	}
	if points, err = e.ChosenPoints(tuned); err != nil {
		return nil, err
	}
	jobs, err := jobsOf(e, points, t)
	return &Plan{Experiment: e, Jobs: jobs, tuned: p.Jobs}, err
}

// nextLocal goes on beyond the edges of local grids. It returns nil when no grid
// goes on.
func (p *Plan) nextLocal(tuned []results.Tuned, runs []results.Run, t Trainers) (*Plan, error) {
	e := p.Experiment
	tried := results.Grid{Tuning: planned(p.Jobs), Nuisance: e.NuisanceNames()}
	points, err := e.LocalPoints(tuned, tried.Tune(runs))
	if err != nil || len(points) == len(p.Jobs) {
		return nil, err
	}
	jobs, err := jobsOf(e, points, t)
	return &Plan{Experiment: e, Jobs: jobs, tuned: p.tuned, more: len(jobs) - len(p.Jobs)}, err
}
