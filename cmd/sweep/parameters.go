package main

import (
	"ranksweep/experiments"
	"ranksweep/lora"
	"ranksweep/results"
)

// countParameters counts the parameters of those runs that train the embedded model. Of another model the shapes
// are not at hand, and of a run whose config is not there or not understood the method is not: these keep 0.
func countParameters(runs []results.Run) error {
	counted := make(map[string]int64) // by cell: seeds train equally many
	for i := range runs {
		r := &runs[i]
		if r.Config == nil {
			continue
		}
		base, err := baseModel()
		if err != nil {
			return err
		}
		if r.Provenance.ModelHash != base.Hash {
			continue
		}
		n, known := counted[r.Cell]
		if !known {
			c, err := experiments.ConfigOf(r.ID, r.Config)
			if err == nil {
				n, _ = lora.Parameters(c.Adapter.Trains(), base.Model, c.LoRA()) // 0 with an error, as without a config
			}
			counted[r.Cell] = n
		}
		r.Parameters = n
	}
	return nil
}
