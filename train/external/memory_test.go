package external

import (
	"slices"
	"strings"
	"testing"

	"ranksweep/metrics"
	"ranksweep/train"
	"ranksweep/train/local"
)

// perSequence is an estimate that grows with the batch: 100 bytes a sequence, a tenth of it with
// gradient checkpointing, and 50 for all else.
func perSequence(w local.Work, _ string) int64 {
	each := int64(100)
	if w.Config.Train.GradientCheckpointing {
		each = 10
	}
	return 50 + each*int64(w.Config.Train.Batch)
}

// TestWhatWouldFit: the largest batch that divides the run's own comes first, then gradient
// checkpointing. An estimate that was too low is not believed for the run itself.
func TestWhatWouldFit(t *testing.T) {
	p := Program{Memory: perSequence}
	w := work(t, tinyConfig(t, "llama"))
	w.Config.Train.Batch, w.Config.Train.Accumulate = 6, 2
	for capacity, want := range map[int64]string{
		400:  "by the estimate batch 3 with accumulate 4 fits, and makes the same updates",
		300:  "by the estimate batch 2 with accumulate 6 fits, and makes the same updates",
		1000: "by the estimate batch 3 with accumulate 4 fits, and makes the same updates",
		120: "by the estimate batch 6 with accumulate 2 and gradient_checkpointing true fits, and makes the same " +
			"updates",
		60: "by the estimate not even batch 1 with gradient_checkpointing true fits: lower rank or context, or set " +
			"quantization",
		0: "",
	} {
		if got := p.fitting(w, CPU, memory{Capacity: capacity}); got != want {
			t.Errorf("%d bytes: %s, want %s", capacity, got, want)
		}
	}
	if got := (Program{}).fitting(w, CPU, memory{Capacity: 400}); got != "" {
		t.Errorf("without an estimate: %s", got)
	}
}

// TestPartsAreTheSameUpdates: in parts, a step trains on the same sequences in the same order.
func TestPartsAreTheSameUpdates(t *testing.T) {
	w := work(t, tinyConfig(t, "llama"))
	w.Config.Train.Batch, w.Config.Train.Accumulate = 4, 2
	want := w.Order()
	for _, part := range inParts(w.Config.Train) {
		w.Config.Train = part
		if got := w.Order(); !slices.Equal(got, want) {
			t.Errorf("batch %d, accumulate %d: %v, want %v", part.Batch, part.Accumulate, got, want)
		}
	}
}

// TestOutOfMemoryNamesWhatFits: the reason of a run that ran out of memory has the sizes that
// fit, and the process goes on.
func TestOutOfMemoryNamesWhatFits(t *testing.T) {
	x := faulty(t, "memory")
	x.Program.Memory = perSequence
	c := fakeConfig(t)
	_, err := x.Train(t.Context(), c, func(metrics.Point) {})
	want := "out of memory; by the estimate batch 1 with accumulate 6 fits, and makes the same updates"
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want %s", err, want)
	}
	o, err := x.Train(t.Context(), c, func(metrics.Point) {})
	check(t, err)
	if o.Peak != 7 {
		t.Errorf("%d bytes were in use, want 7", o.Peak)
	}
}

// TestEstimateIsThePrograms: where the program has an estimate, a run's memory is that, and the
// machine's own only on the CPU.
func TestEstimateIsThePrograms(t *testing.T) {
	for device, apart := range map[string]bool{"cpu": false, "gpu:0": true} {
		x := placed(t, device)
		x.Program.Memory = perSequence
		m, err := train.Trainers{x}.Resolve(t.Context(), fakeConfig(t))
		check(t, err)
		if m.Bytes != 350 || m.Apart != apart {
			t.Errorf("%s: %d bytes, apart %t; want 350, %t", device, m.Bytes, m.Apart, apart)
		}
	}
}
