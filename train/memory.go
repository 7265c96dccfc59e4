package train

import (
	"ranksweep/data"
	"ranksweep/experiments"
	"ranksweep/nn"
)

// outlineOf makes a run without its buffers: what trains has its shapes, and no
// values. It returns with it how many bytes the buffers of the run take, beside
// the model and the data that runs share. A survey that theory asks for is among
// them.
func outlineOf(c experiments.Config, m *nn.Model, d *data.Dataset) (*training, int64, error) {
	arena := &nn.Arena{Counting: true}
	run, err := newTraining(arena, c, m, d)
	if err != nil {
		return nil, 0, err
	}
	m.ReserveScratch(arena)
	if surveyed(c) {
		if _, err := surveyOf(arena, c, m); err != nil {
			return nil, 0, err
		}
	}
	return run, arena.Bytes, nil
}
