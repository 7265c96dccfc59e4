package sweep

import (
	"fmt"

	"ranksweep/experiments"
	"ranksweep/results"
)

// Again returns the job that trains a stored run once more, from what its
// record says. Since the same seed gives the same bytes, that makes the very
// adapter that was measured, which no store keeps. A model, data or arithmetic
// other than the run's is an error that says which.
func Again(r results.Run, t Trainers) (Job, error) {
	c, err := experiments.ConfigOf(r)
	if err != nil {
		return Job{}, err
	}
	m, err := t.Resolve(c)
	if err != nil {
		return Job{}, fmt.Errorf("sweep: run %s cannot be trained again: %w; paths are relative to where it was trained first", r.ID, err)
	}
	for _, part := range []struct {
		name      string
		then, now any
	}{
		{"the arithmetic (numerics)", r.Provenance.Numerics, m.Numerics},
		{"the content of model " + c.Model, r.Provenance.ModelHash, m.ModelHash},
		{"the content of data " + c.Data.Source, r.Provenance.DataHash, m.DataHash},
		{"its config", r.ID, c.ID(m.ModelHash, m.DataHash, m.Numerics)},
	} {
		if part.then != part.now {
			return Job{}, fmt.Errorf("sweep: run %s cannot be trained again: %s is %v now and was %v: sweep run makes a run of what there is now", r.ID, part.name, part.now, part.then)
		}
	}
	return Job{Point: experiments.Point{Config: c, Axes: r.Axes}, ID: r.ID, Cell: r.Cell, Function: r.Function, Material: m}, nil
}
