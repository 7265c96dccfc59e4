package sweep

import (
	"fmt"
	"slices"

	"ranksweep/experiments"
	"ranksweep/results"
)

// Job is one run of a plan.
type Job struct {
	experiments.Point
	ID, Cell, Function string
	Material           Material
}

// Plan is a phase of an experiment: runs that do not wait for each other, with
// the identity and the cost of each. Without nuisance axes there is one phase.
// With them, the first ones tune and the last one reports, or, with local grids,
// those from there on; [Plan.Next] leads from one to the next.
type Plan struct {
	Experiment *experiments.Experiment
	Jobs       []Job // in the grid's order
	Follow     []Job // what is to be reported, where Jobs tune: without nuisance values and ID, which are still to be chosen
	tuned      []Job // those by which the nuisance values of Jobs were chosen
	more       int   // of Jobs, those beyond the edges of the local grids that the phase before had
}

// NewPlan resolves the first phase of an experiment.
func NewPlan(e *experiments.Experiment, t Trainers) (*Plan, error) {
	points, err := e.Configs()
	if err != nil {
		return nil, err
	}
	if len(e.Nuisance) > 0 {
		return tuningPlan(e, t)
	}
	jobs, err := jobsOf(e, points, t)
	if err != nil {
		return nil, err
	}
	return &Plan{Experiment: e, Jobs: jobs}, nil
}

// jobsOf gives points their identity and their cost.
func jobsOf(e *experiments.Experiment, points []experiments.Point, t Trainers) ([]Job, error) {
	var jobs []Job
	byID := make(map[string]Job)
	for _, p := range points {
		m, err := t.Resolve(p.Config)
		if err != nil {
			return nil, fmt.Errorf("sweep: %s: %w", p, err)
		}
		job := Job{
			Point: p, Material: m,
			ID:   p.Config.ID(m.ModelHash, m.DataHash, m.Numerics),
			Cell: p.Config.CellID(m.ModelHash, m.DataHash, m.Numerics),

			Function: p.Config.FunctionID(m.ModelHash, m.DataHash, m.Numerics),
		}
		if twin, ok := byID[job.ID]; ok {
			return nil, fmt.Errorf("sweep: %s: %s and %s are the same run, by the content of their model and data: one must go", e.Name, twin, p)
		}
		byID[job.ID] = job
		jobs = append(jobs, job)
	}
	return jobs, nil
}

// Grid lists what the experiment asks for, as the store records it.
func (p *Plan) Grid() results.Grid {
	e := p.Experiment
	g := results.Grid{
		Runs: planned(p.Jobs), Tuning: planned(p.tuned), Nuisance: e.NuisanceNames(), Local: e.Tune.Local > 0,
	}
	if p.Tunes() {
		g.Runs, g.Tuning = planned(p.Follow), planned(p.Jobs)
	}
	return g
}

func planned(jobs []Job) (list []results.Planned) {
	for _, j := range jobs {
		list = append(list, results.Planned{ID: j.ID, Axes: j.Axes})
	}
	return list
}

// Tunes reports whether the plan's runs only choose nuisance values.
func (p *Plan) Tunes() bool { return len(p.Follow) > 0 }

// Final reports whether no other plan follows, whatever the runs measure.
func (p *Plan) Final() bool { return !p.Tunes() && p.Experiment.Tune.Local == 0 }

// Phase says what the plan's runs are for; empty where there are no phases, and
// where each cell is at the one value that was chosen for it.
func (p *Plan) Phase() string {
	tune := p.Experiment.Tune
	switch {
	case p.Tunes() && tune.Local > 0:
		return fmt.Sprintf("tuning: %d runs choose the values around which the local grids of at least %d lie, that follow",
			len(p.Jobs), len(p.Follow))
	case p.Tunes():
		return fmt.Sprintf("tuning: %d runs choose the nuisance values of the %d that follow", len(p.Jobs), len(p.Follow))
	case p.more > 0:
		return fmt.Sprintf("local grids: %d runs more, beyond the edges at which cells are best", p.more)
	case tune.Local > 0:
		return fmt.Sprintf("local grids: %d runs at %d values of %s around the one chosen for each cell",
			len(p.Jobs), tune.Local, p.Experiment.Nuisance[0].Name)
	}
	return ""
}

// Cost is what jobs take together, in floating-point operations.
func Cost(jobs []Job) float64 {
	var sum float64
	for _, j := range jobs {
		sum += j.Material.Cost
	}
	return sum
}

// longestFirst orders jobs so that no worker is left alone with a long one.
func longestFirst(jobs []Job) []Job {
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
