package results

import (
	"math"
	"slices"
	"testing"
	"time"

	"ranksweep/metrics"
)

// Any change of a measured number changes the digest, even in the last bit; the order of the
// runs and the time at which they were made do not.
func TestDigest(t *testing.T) {
	was := Digest(testGrid())
	if len(was) != 16 {
		t.Errorf("digest %q, want 16 digits", was)
	}
	for name, change := range map[string]func(runs []Run) []Run{
		"an ID":              func(runs []Run) []Run { runs[3].ID += "x"; return runs },
		"how a run ended":    func(runs []Run) []Run { runs[3].Status = Diverged; return runs },
		"the last bit":       func(runs []Run) []Run { nudge(&runs[3], metrics.TrainLoss); return runs },
		"a value that was 0": func(runs []Run) []Run { runs[3].Curve[1].Values[metrics.ValLoss] = 0; return runs },
		"a point less":       func(runs []Run) []Run { runs[3].Curve = runs[3].Curve[:2]; return runs },
		"a run less":         func(runs []Run) []Run { return runs[1:] },
		"a run twice":        func(runs []Run) []Run { return append(runs, runs[0]) },
		"two curves that change places": func(runs []Run) []Run {
			runs[0].Curve, runs[1].Curve = runs[1].Curve, runs[0].Curve
			return runs
		},
		"nothing": func([]Run) []Run { return nil },
	} {
		if got := Digest(change(testGrid())); got == was {
			t.Errorf("%s: the same digest", name)
		}
	}
	for name, change := range map[string]func(runs []Run){
		"the order":     func(runs []Run) { slices.Reverse(runs) },
		"the time":      func(runs []Run) { runs[3].Timing = Timing{Started: time.Now(), Seconds: 9} },
		"the kernel":    func(runs []Run) { runs[3].Provenance.Kernel = "another" },
		"how it is cut": func(runs []Run) { runs[3].Axes = runs[3].Axes[:1] },
	} {
		runs := testGrid()
		if change(runs); Digest(runs) != was {
			t.Errorf("%s: another digest", name)
		}
	}
}

// Digest does not reorder its argument.
func TestDigestLeavesRunsAsTheyAre(t *testing.T) {
	runs := testGrid()
	Digest(runs)
	for i, r := range testGrid() {
		if runs[i].ID != r.ID {
			t.Fatalf("run %d is %s, and was %s", i, runs[i].ID, r.ID)
		}
	}
}

// A study that was written and read back has the same digest.
func TestDigestOfAStudy(t *testing.T) {
	dir := t.TempDir()
	s := testStudy()
	if err := WriteStudy(dir, s, nil); err != nil {
		t.Fatal(err)
	}
	got, err := ReadStudy(dir)
	if err != nil {
		t.Fatal(err)
	}
	if a, b := Digest(s.Runs), Digest(got.Runs); a != b {
		t.Errorf("written %s, read %s", a, b)
	}
}

func TestInferenceDigest(t *testing.T) {
	timings := func() []Inference { return []Inference{{Base, 0, 0, 1.5}, {Merged, 8, 0, 1.25}} }
	was := InferenceDigest(timings())
	if len(was) != 16 || InferenceDigest(timings()) != was {
		t.Errorf("digest %q, and then %q", was, InferenceDigest(timings()))
	}
	for name, change := range map[string]func(all []Inference){
		"placement": func(all []Inference) { all[1].Placement = Attached },
		"rank":      func(all []Inference) { all[1].Rank = 9 },
		"round":     func(all []Inference) { all[1].Round = 1 },
		"seconds":   func(all []Inference) { all[1].Seconds = math.Nextafter(1.25, 2) },
	} {
		all := timings()
		if change(all); InferenceDigest(all) == was {
			t.Errorf("another %s: the same digest", name)
		}
	}
}

// nudge changes a value of the curve by its last bit.
func nudge(r *Run, q metrics.Quantity) {
	r.Curve[1].Values[q] = math.Nextafter(r.Curve[1].Values[q], 9)
}
