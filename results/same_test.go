package results

import (
	"slices"
	"testing"

	"ranksweep/metrics"
)

// TestSame: a run is the same as itself, whatever time it took, and not as one
// that differs in any number.
func TestSame(t *testing.T) {
	r := testRun("lora", 1, 4, 0)
	later := r
	later.Timing.Seconds++
	later.Provenance.Program = "another"
	if !Same(r, later) {
		t.Error("another time is another run")
	}
	for name, change := range map[string]func(*Run){
		"ID":      func(r *Run) { r.ID = "x" },
		"status":  func(r *Run) { r.Status = Diverged },
		"steps":   func(r *Run) { r.Steps++ },
		"tokens":  func(r *Run) { r.Tokens++ },
		"curve":   func(r *Run) { r.Curve[1].Values[metrics.TrainLoss] *= 1 + 0x1p-52 },
		"length":  func(r *Run) { r.Curve = r.Curve[1:] },
		"modules": func(r *Run) { r.Modules = append(r.Modules, metrics.Point{Module: "x", Values: metrics.NoValues()}) },
	} {
		other := r
		other.Curve, other.Modules = slices.Clone(r.Curve), slices.Clone(r.Modules)
		if change(&other); Same(r, other) {
			t.Errorf("another %s is the same run", name)
		}
	}
}
