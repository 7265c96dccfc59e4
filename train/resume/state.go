package resume

import (
	"encoding/json"
	"fmt"

	"ranksweep/metrics"
	"ranksweep/results"
	"ranksweep/train/arrays"
)

// State is all that the rest of a run depends on, between two of its steps.
type State struct {
	Step       int   // number of updates made
	Tokens     int64 // number of tokens trained on
	Curve      []metrics.Point
	Modules    []metrics.Point
	Validation []results.ValidationBatch // of the last validation; only Nats are kept

	Arrays arrays.Set      // what is trained, and what the optimizer remembers
	Own    json.RawMessage // what else the trainer needs
}

// Fits is an error if a run of so many steps, with a validation set of these batches, has no such
// state.
func (s *State) Fits(steps int, validation []results.ValidationBatch) error {
	if s.Step > steps || len(s.Validation) != len(validation) {
		return fmt.Errorf("it is of step %d with %d validation batches; must be at most %d, with %d",
			s.Step, len(s.Validation), steps, len(validation))
	}
	return nil
}

// SetNats gives batches, to which the state must fit, what was measured of them.
func (s *State) SetNats(validation []results.ValidationBatch) {
	for i, v := range s.Validation {
		validation[i].Nats = v.Nats
	}
}
