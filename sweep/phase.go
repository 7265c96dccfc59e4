package sweep

import (
	"context"

	"ranksweep/experiments"
	"ranksweep/grid"
	"ranksweep/results"
	"ranksweep/train"
)

// tuningPlan returns the first phase of an experiment with nuisance axes: all values of
// these axes, on the seeds of tuning.
func tuningPlan(ctx context.Context, e *experiments.Experiment, t train.Trainers) (*Plan, error) {
	points, err := e.TuningPoints()
	if err != nil {
		return nil, err
	}
	jobs, err := jobsOf(ctx, e, points, t)
	if err != nil {
		return nil, err
	}
	follow, err := followOf(ctx, e, t)
	return &Plan{Experiment: e, Jobs: jobs, Follow: follow}, err
}

// followOf returns the jobs that will be reported once nuisance values are chosen. With
// local grids there is a job for each value with which a local grid begins.
func followOf(ctx context.Context, e *experiments.Experiment, t train.Trainers) ([]Job, error) {
	points, err := e.ReportedPoints()
	if err != nil {
		return nil, err
	}
	var jobs []Job
	unseeded := make(map[string]train.Material)
	for _, p := range points {
		setting := p.Config.Unseeded()
		m, ok := unseeded[setting]
		if !ok {
			if m, err = materialOf(ctx, e, p, t); err != nil {
				return nil, err
			}
			unseeded[setting] = m
		}
		for range max(1, e.Tune.Local) {
			jobs = append(jobs, Job{Point: p, Material: m})
		}
	}
	return jobs, nil
}

// Next returns the phase that follows a plan whose runs are all stored, or nil after the
// last phase.
//
// After a tuning phase in which some cell is best at the edge of an axis, it is the same
// phase with values beyond the edge, if the experiment allows more; otherwise it is the
// phase that is reported. After a phase with local grids in which some cell is best at
// the edge of its grid, it is that phase with more values.
//
// Next depends on nothing but the experiment and the measurements, so that an
// interrupted sweep goes on in the same way.
func (p *Plan) Next(ctx context.Context, runs []results.Run, t train.Trainers) (*Plan, error) {
	if p.Final() {
		return nil, nil
	}
	choices := results.Tune(p.Grid(), runs)
	if err := p.Experiment.Chosen(choices); err != nil {
		return nil, err
	}
	if p.Tunes() {
		return p.nextTuned(ctx, choices, t)
	}
	return p.nextLocal(ctx, choices, runs, t)
}

// nextTuned returns the phase that follows a plan that tunes.
func (p *Plan) nextTuned(ctx context.Context, choices []grid.Choice, t train.Trainers) (*Plan, error) {
	e := p.Experiment
	points, err := e.ExtendedPoints(choices)
	if err != nil {
		return nil, err
	}
	if len(points) > len(p.Jobs) {
		jobs, err := jobsOf(ctx, e, points, t)
		return &Plan{Experiment: e, Jobs: jobs, Follow: p.Follow}, err
	}
	if points, err = e.ChosenPoints(choices); err != nil {
		return nil, err
	}
	jobs, err := jobsOf(ctx, e, points, t)
	return &Plan{Experiment: e, Jobs: jobs, tuning: p.Jobs}, err
}

// nextLocal returns the phase with values beyond the edges of local grids, or nil if no
// grid is extended.
func (p *Plan) nextLocal(ctx context.Context, choices []grid.Choice, runs []results.Run, t train.Trainers) (
	*Plan, error) {
	e := p.Experiment
	tried := grid.Grid{Tuning: planned(p.Jobs), Nuisance: e.NuisanceNames()}
	points, err := e.LocalPoints(choices, results.Tune(tried, runs))
	if err != nil || len(points) == len(p.Jobs) {
		return nil, err
	}
	jobs, err := jobsOf(ctx, e, points, t)
	return &Plan{Experiment: e, Jobs: jobs, tuning: p.tuning, more: len(jobs) - len(p.Jobs)}, err
}
