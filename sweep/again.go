package sweep

import (
	"context"
	"fmt"

	"ranksweep/experiments"
	"ranksweep/results"
	"ranksweep/train"
)

// Again returns the job that trains a stored run once more, from its record. The same
// seed gives the same bytes, so the job gives back the very adapter that was measured,
// which the store does not keep. If the model, the data or the arithmetic has changed,
// the error says which.
func Again(ctx context.Context, r results.Run, t train.Trainers) (Job, error) {
	if err := r.Refused(); err != nil {
		return Job{}, fmt.Errorf("sweep: %w", err)
	}
	c, err := experiments.ConfigOf(r.ID, r.Config)
	if err != nil {
		return Job{}, err
	}
	if _, err := t.Able(c); err != nil {
		return Job{}, fmt.Errorf("sweep: run %s cannot be reproduced: %w", r.ID, err)
	}
	m, err := t.Resolve(ctx, c)
	if err != nil {
		return Job{}, fmt.Errorf("sweep: run %s cannot be reproduced: %w; "+
			"relative paths start at the folder in which it was trained", r.ID, err)
	}
	for _, part := range []struct {
		name      string
		then, now any
	}{
		{"the arithmetic (numerics)", r.Provenance.Numerics, m.Numerics},
		{"model " + c.Model, r.Provenance.ModelHash, m.ModelHash},
		{"data " + c.Data.Source, r.Provenance.DataHash, m.DataHash},
		{"its ID", r.ID, c.ID(m.ModelHash, m.DataHash, m.Numerics)},
	} {
		if part.then != part.now {
			return Job{}, fmt.Errorf("sweep: run %s cannot be reproduced: %s has changed (was %v, is %v): "+
				"sweep run trains a new run with it", r.ID, part.name, part.then, part.now)
		}
	}
	return Job{Point: experiments.Point{Config: c, Axes: r.Axes}, ID: r.ID, Cell: r.Cell, TwinID: r.TwinID,
		Material: m}, nil
}
