package results

import (
	"math"
	"slices"
	"testing"

	"ranksweep/metrics"
)

// TestDifference: a run is the same as itself, whatever time it took, and not as one
// that differs in any number.
func TestDifference(t *testing.T) {
	r := testRun("lora", 1, 4, 0)
	later := r
	later.Timing.Seconds++
	later.Provenance.Program = "another"
	if d := Difference(r, later); d != "" {
		t.Errorf("another time: %s", d)
	}
	says := map[string]string{
		"ID":      "it is run lora-4-0 and was x",
		"status":  "it is done and was diverged",
		"steps":   "it has 2 steps of 200 tokens and had 3 of 200",
		"tokens":  "it has 2 steps of 200 tokens and had 2 of 201",
		"curve":   "train_loss at step 1 is 1.6666666666666667 and was 1.6666666666666672",
		"length":  "its curve has 3 points and had 2",
		"absent":  "train_loss at step 1 is 1.6666666666666667 and was absent",
		"step":    "its curve has other steps",
		"modules": "its curve has 0 points and had 1",
	}
	for name, change := range map[string]func(*Run){
		"ID":      func(r *Run) { r.ID = "x" },
		"status":  func(r *Run) { r.Status = Diverged },
		"steps":   func(r *Run) { r.Steps++ },
		"tokens":  func(r *Run) { r.Tokens++ },
		"curve":   func(r *Run) { r.Curve[1].Values[metrics.TrainLoss] *= 1 + 0x1p-52 },
		"length":  func(r *Run) { r.Curve = r.Curve[1:] },
		"absent":  func(r *Run) { r.Curve[1].Values[metrics.TrainLoss] = math.NaN() },
		"step":    func(r *Run) { r.Curve[1].Step = 7 },
		"modules": func(r *Run) { r.Modules = append(r.Modules, metrics.Point{Module: "x", Values: metrics.NoValues()}) },
	} {
		other := r
		other.Curve, other.Modules = slices.Clone(r.Curve), slices.Clone(r.Modules)
		if change(&other); Difference(r, other) != says[name] {
			t.Errorf("another %s: %q, want %q", name, Difference(r, other), says[name])
		}
	}
}
