package local

import (
	"ranksweep/data"
	"ranksweep/experiments"
	"ranksweep/nn"
)

// outlineOf makes a run without its buffers: its parameters have shapes, but no values. It
// also returns the number of bytes that the buffers of the run will take, including those
// of theory's survey. The model and the data are not counted, since runs share them.
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
