package external

import (
	"fmt"

	"ranksweep/experiments"
	"ranksweep/train/local"
)

// memory is what a run took, in bytes, as the other process measures it.
type memory struct {
	Peak     int64 `json:"peak"`     // the most in use at once
	Capacity int64 `json:"capacity"` // all that the device has
}

// outOfMemory says that a run did not fit on its device.
type outOfMemory struct {
	error
	memory
}

// fitting says in words which sizes of a run that ran out of memory would fit; empty if nobody
// can say. They have room to spare and, where the estimate was too low, at least take less than
// the run itself.
func (p Program) fitting(w local.Work, device string, m memory) string {
	if p.Memory == nil || m.Capacity <= 0 {
		return ""
	}
	most := min(0.95*float64(m.Capacity), float64(p.Memory(w, device)))
	fits := func(t experiments.Train) bool {
		smaller := w
		smaller.Config.Train = t
		return float64(p.Memory(smaller, device)) < most
	}
	recomputing := w.Config.Train
	recomputing.GradientCheckpointing = true
	for _, t := range append(inParts(w.Config.Train), inParts(recomputing)...) {
		if t != w.Config.Train && fits(t) {
			return fmt.Sprintf("by the estimate batch %d with accumulate %d%s fits, and makes the same updates",
				t.Batch,
				t.Accumulate, ifRecomputing(t))
		}
	}
	return "by the estimate not even batch 1 with gradient_checkpointing true fits: lower rank or context, or set " +
		"quantization"
}

func ifRecomputing(t experiments.Train) string {
	if t.GradientCheckpointing {
		return " and gradient_checkpointing true"
	}
	return ""
}

// inParts returns the settings with which updates are of the same sequences, in passes of the
// same size and of ever fewer sequences.
func inParts(t experiments.Train) (all []experiments.Train) {
	for batch := t.Batch; batch > 0; batch-- {
		if t.Batch%batch == 0 {
			part := t
			part.Batch, part.Accumulate = batch, t.Accumulate*(t.Batch/batch)
			all = append(all, part)
		}
	}
	return all
}
