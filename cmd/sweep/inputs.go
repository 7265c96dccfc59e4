package main

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"ranksweep/experiments"
	"ranksweep/grid"
	"ranksweep/results"
	"ranksweep/sweep"
)

// sameInputs returns an error if a store was filled for the same experiment with a model, with data or by a
// program of other content than here, where a plan was made: processes that share its work would train other
// runs than each other. A run's ID holds all of these.
func sameInputs(p *sweep.Plan, dir string) error {
	there, err := experiments.Load(filepath.Join(dir, experimentFile))
	if err != nil {
		return nil // there is none, or settle says what is wrong with it
	}
	was, err := there.Resolved()
	here, unresolved := p.Experiment.Resolved()
	if err != nil || unresolved != nil || string(was) != string(here) {
		return nil // settle says what has changed
	}
	g, err := results.ReadGrid(dir)
	if err != nil {
		return err
	}
	planned := g.Runs
	if p.Tunes() {
		planned = g.Tuning
	}
	before := make(map[string]string) // IDs, by place
	for _, run := range planned {
		before[placeOf(run)] = run.ID
	}
	for _, j := range p.Jobs {
		if id := before[j.Point.String()]; id != "" && id != j.ID {
			return differ(dir, id, planned, j)
		}
	}
	return nil
}

// differ says that the run of a place had another ID, and why, as far as a record with its model and data tells.
func differ(dir, id string, planned []grid.Planned, j sweep.Job) error {
	m := j.Material
	why := fmt.Sprintf("the model %s (hash %s), the data (hash %s) or the program is another one here",
		j.Config.Model, m.ModelHash, m.DataHash)
	if made, ok := alike(results.Open(dir), planned, j.Config); ok {
		switch was := made.Provenance; {
		case was.ModelHash != m.ModelHash:
			why = fmt.Sprintf("the model %s has the hash %s here, and had %s", j.Config.Model, m.ModelHash,
				was.ModelHash)
		case was.DataHash != m.DataHash:
			why = fmt.Sprintf("the data have the hash %s here, and had %s", m.DataHash, was.DataHash)
		case was.Numerics != m.Numerics:
			why = fmt.Sprintf("this program computes by version %d of the arithmetic, and %q by version %d", m.Numerics,
				was.Program, was.Numerics)
		}
	}
	return fmt.Errorf("%s: the run %s was planned as %s, and is %s here: %s", dir, j, id, j.ID, why)
}

// alike returns a run of a plan that was trained, with the model and the data that a config names.
func alike(s *results.Store, planned []grid.Planned, c experiments.Config) (results.Run, bool) {
	for _, p := range planned {
		run, err := s.View(p.ID)
		if err != nil {
			continue
		}
		was, err := experiments.ConfigOf(p.ID, run.Config)
		if err == nil && was.Model == c.Model && was.Data.Source == c.Data.Source {
			return run, true
		}
	}
	return results.Run{}, false
}

// recordGrid writes the grid of a plan of which a part is to be trained. If other processes share the work,
// they must have made the same plan; otherwise a new one is said, and takes the place of the old one.
func recordGrid(w io.Writer, p, part *sweep.Plan, s *results.Store, dir string) error {
	if err := sameInputs(p, dir); err != nil {
		holders, unread := s.Holders()
		busy := slices.ContainsFunc(holders, func(h results.Holder) bool { return !h.Lost() })
		if busy || unread != nil || part != p {
			return fmt.Errorf("%w; all that fill one store must have the same: name another folder by --out, or end "+
				"the others and give sweep run without --shard", err)
		}
		fmt.Fprintf(w, "sweep: %v; from now on the store is for what is here\n", err)
	}
	return writeGrid(p, dir)
}
