package main

import (
	"ranksweep/chart"
	"ranksweep/experiments"
	"ranksweep/lora"
	"ranksweep/results"
)

// count counts what a figure shows of its runs and no record has. Other figures do not wait for it.
func (h holdings) count(spec chart.Spec) error {
	if !spec.Uses(chart.Parameters) {
		return nil
	}
	var runs []*results.Run
	for i := range h.runs {
		runs = append(runs, &h.runs[i].Run)
	}
	for i := range h.all {
		runs = append(runs, &h.all[i])
	}
	return countParameters(runs)
}

// countParameters counts the parameters of those runs that train the embedded model. Of another model the shapes
// are not at hand, and of a run whose config is not there or not understood the method is not: these keep 0.
func countParameters(runs []*results.Run) error {
	counted := make(map[string]int64) // by cell: seeds train equally many
	for _, r := range runs {
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
