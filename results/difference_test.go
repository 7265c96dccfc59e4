package results

import (
	"math"
	"slices"
	"testing"

	"ranksweep/metrics"
)

// TestDifference: a run equals itself, however long it took, and differs from a run with any
// other number.
func TestDifference(t *testing.T) {
	r := testRun("lora", 1, 4, 0)
	r.Validation = []ValidationBatch{{Scored: 2, Nats: 5}}
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
		"batches": "it is validated on other batches",
		"nats":    "nats of validation batch 0 is 5 and was 5.000000000000001",
	}
	for name, change := range map[string]func(*Run){
		"ID":     func(r *Run) { r.ID = "x" },
		"status": func(r *Run) { r.Status = Diverged },
		"steps":  func(r *Run) { r.Steps++ },
		"tokens": func(r *Run) { r.Tokens++ },
		"curve":  func(r *Run) { r.Curve[1].Values[metrics.TrainLoss] *= 1 + 0x1p-52 },
		"length": func(r *Run) { r.Curve = r.Curve[1:] },
		"absent": func(r *Run) { r.Curve[1].Values[metrics.TrainLoss] = math.NaN() },
		"step":   func(r *Run) { r.Curve[1].Step = 7 },
		"modules": func(r *Run) {
			r.Modules = append(r.Modules,
				metrics.Point{Module: "x", Values: metrics.NoValues()})
		},
		"batches": func(r *Run) { r.Validation[0].Scored++ },
		"nats":    func(r *Run) { r.Validation[0].Nats *= 1 + 0x1p-52 },
	} {
		other := r
		other.Curve, other.Modules = slices.Clone(r.Curve), slices.Clone(r.Modules)
		other.Validation = slices.Clone(r.Validation)
		if change(&other); Difference(r, other) != says[name] {
			t.Errorf("another %s: %q, want %q", name, Difference(r, other), says[name])
		}
	}
}

// TestDifferenceFromAnEarlierProgram: a quantity, or the validation by batch, that the stored
// run lacks makes no difference; one that only the stored run has does.
func TestDifferenceFromAnEarlierProgram(t *testing.T) {
	now := testRun("lora", 1, 4, 0)
	now.Validation = []ValidationBatch{{Scored: 2, Nats: 5}}
	was := testRun("lora", 1, 4, 0)
	for i := range now.Curve {
		now.Curve[i].Values[metrics.MapOutput] = float64(i)
	}
	if d := Difference(now, was); d != "" {
		t.Errorf("a run of an earlier program: %s", d)
	}
	if near := Near(now, was, BetweenKernels); near != (Nearness{}) {
		t.Errorf("a run of an earlier program: %+v", near)
	}
	if d := Difference(was, now); d == "" {
		t.Error("a quantity and the validation by batch are gone, and nothing differs")
	}
	was.Validation = now.Validation
	if d, want := Difference(was, now), "map_output at step 0 is absent and was 0"; d != want {
		t.Errorf("a quantity is gone: %q, want %q", d, want)
	}
}
