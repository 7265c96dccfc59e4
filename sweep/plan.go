package sweep

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"ranksweep/experiments"
	"ranksweep/grid"
	"ranksweep/train"
)

// Job is one run of a plan.
type Job struct {
	experiments.Point
	ID, Cell, TwinID string
	Material         train.Material
}

// Plan is a phase of an experiment: runs that do not depend on each other, each with its
// identity and cost. Without nuisance axes there is one phase. With them, the first
// phases tune and the last one is reported; with local grids, all phases after tuning
// are reported. [Plan.Next] leads from one phase to the next.
type Plan struct {
	Experiment *experiments.Experiment
	Jobs       []Job // in the grid's order
	Follow     []Job // if Jobs tune: the jobs to be reported, without nuisance values and IDs, which are not known yet
	tuning     []Job // the jobs that chose the nuisance values of Jobs
	more       int   // how many of Jobs extend the local grids of the previous phase
}

// NewPlan resolves the first phase of an experiment. If it names no size for the validation set,
// and data are too small for the default, the plan's experiment has a smaller one and says so in
// its doubts.
func NewPlan(ctx context.Context, e *experiments.Experiment, t train.Trainers) (*Plan, error) {
	p, err := newPlan(ctx, e, t)
	few, ok := errors.AsType[train.TooFew](err)
	if !ok || e.Names("validation") {
		return p, err
	}
	if e, err = fitted(ctx, e, t, few.Distinct); err != nil {
		return nil, err
	}
	return newPlan(ctx, e, t)
}

func newPlan(ctx context.Context, e *experiments.Experiment, t train.Trainers) (*Plan, error) {
	points, err := e.Configs()
	if err != nil {
		return nil, err
	}
	if len(e.Nuisance) > 0 {
		return tuningPlan(ctx, e, t)
	}
	jobs, err := jobsOf(ctx, e, points, t)
	if err != nil {
		return nil, err
	}
	return &Plan{Experiment: e, Jobs: jobs}, nil
}

// jobsOf makes jobs of points: it adds their identity and their cost. What does not depend on the
// seed is worked out once for all seeds.
func jobsOf(ctx context.Context, e *experiments.Experiment, points []experiments.Point, t train.Trainers) (
	[]Job, error) {
	jobs := make([]Job, 0, len(points))
	type setting struct {
		job      Job
		identity experiments.Identity
	}
	byID, unseeded := make(map[string]int), make(map[string]setting)
	for _, p := range points {
		text := p.Config.Unseeded()
		known, ok := unseeded[text]
		if !ok {
			m, err := materialOf(ctx, e, p, t)
			if err != nil {
				return nil, err
			}
			known = setting{Job{
				Material: m,
				Cell:     p.Config.CellID(m.ModelHash, m.DataHash, m.Numerics),
				TwinID:   p.Config.TwinID(m.ModelHash, m.DataHash, m.Numerics),
			}, p.Config.Identity(m.ModelHash, m.DataHash, m.Numerics)}
			unseeded[text] = known
		}
		job := known.job
		job.Point, job.ID = p, known.identity.ID(p.Config.Seed)
		if twin, ok := byID[job.ID]; ok {
			err := fmt.Errorf("%s and %s are the same run, since their models and data have the same content: remove "+
				"one of the two", jobs[twin], p)
			return nil, e.InPlace(p, experiments.About(err, "model", "data"))
		}
		byID[job.ID] = len(jobs)
		jobs = append(jobs, job)
	}
	return jobs, nil
}

// materialOf returns the model and the data of a point, with the doubts of its experiment.
func materialOf(ctx context.Context, e *experiments.Experiment, p experiments.Point, t train.Trainers) (
	train.Material, error) {
	m, err := t.Resolve(ctx, p.Config)
	if err != nil {
		return m, e.InPlace(p, err)
	}
	m.Warnings = append(slices.Clone(e.Doubts), m.Warnings...)
	return m, nil
}

// Grid lists the runs that the experiment asks for, as the store records them.
func (p *Plan) Grid() grid.Grid {
	e := p.Experiment
	g := grid.Grid{
		Runs: planned(p.Jobs), Tuning: planned(p.tuning), Nuisance: e.NuisanceNames(), Local: e.Tune.Local > 0,
	}
	if p.Tunes() {
		g.Runs, g.Tuning = planned(p.Follow), planned(p.Jobs)
	}
	return g
}

// Costs are the estimated costs of the runs that Grid lists, those that tune first.
func (p *Plan) Costs() (all []float64) {
	for _, j := range slices.Concat(p.tuning, p.Jobs, p.Follow) {
		all = append(all, j.Material.Cost)
	}
	return all
}

func planned(jobs []Job) (list []grid.Planned) {
	for _, j := range jobs {
		list = append(list, grid.Planned{ID: j.ID, Axes: j.Axes})
	}
	return list
}

// Tunes reports whether the plan's runs only choose nuisance values.
func (p *Plan) Tunes() bool { return len(p.Follow) > 0 }

// Final reports whether no other plan can follow, whatever the runs measure.
func (p *Plan) Final() bool { return !p.Tunes() && p.Experiment.Tune.Local == 0 }

// Phase describes the purpose of the plan's runs in a sentence. It is empty for an
// experiment without phases and for the reported phase without local grids.
func (p *Plan) Phase() string {
	tune := p.Experiment.Tune
	switch {
	case p.Tunes() && tune.Local > 0:
		return fmt.Sprintf("tuning runs, which choose the middles of local grids: %d; runs that follow: at least %d",
			len(p.Jobs), len(p.Follow))
	case p.Tunes():
		return fmt.Sprintf("tuning runs, which choose the nuisance values: %d; runs that follow: %d",
			len(p.Jobs), len(p.Follow))
	case p.more > 0:
		return fmt.Sprintf("local grids: %d more runs, beyond the edges at which cells are best", p.more)
	case tune.Local > 0:
		return fmt.Sprintf("local grids: %d runs, at %d values of %s around the value chosen for each cell",
			len(p.Jobs), tune.Local, p.Experiment.Nuisance[0].Name)
	}
	return ""
}

// Cost returns the cost of all jobs together, in floating-point operations.
func Cost(jobs []Job) float64 {
	var sum float64
	for _, j := range jobs {
		sum += j.Material.Cost
	}
	return sum
}

// LongestFirst orders jobs by falling cost, so that no long job is left for the end.
func LongestFirst(jobs []Job) []Job {
	jobs = slices.Clone(jobs)
	slices.SortStableFunc(jobs, func(a, b Job) int {
		switch {
		case a.Material.Cost > b.Material.Cost:
			return -1
		case a.Material.Cost < b.Material.Cost:
			return 1
		}
		return 0
	})
	return jobs
}
