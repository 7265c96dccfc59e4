package resume

import (
	"encoding/json"

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
