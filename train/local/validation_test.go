package local

import (
	"math"
	"testing"

	"ranksweep/metrics"
	"ranksweep/results"
	"ranksweep/sweep/sweeptest"
)

// TestValidationIsKeptByBatch: the contributions of the batches at the end add up to the
// final validation loss. 6 examples in batches of 4 are two batches.
func TestValidationIsKeptByBatch(t *testing.T) {
	c := testConfig(t)
	o := trainOne(t, c)
	var nats float64
	scored := 0
	for _, b := range o.Validation {
		nats += b.Nats
		scored += b.Scored
	}
	if want := statistic(t, o, "val_loss"); len(o.Validation) != 2 || nats/float64(scored) != want {
		t.Errorf("%+v make up %g, want %g", o.Validation, nats/float64(scored), want)
	}
	c.Data.Validation = 0
	if o := trainOne(t, c); o.Validation != nil || !math.IsNaN(statistic(t, o, "val_loss")) {
		t.Errorf("without a validation set: %+v", o.Validation)
	}
}

// TestValidationIsStored: a trained run's record has the batches of the last validation in
// its curve.
func TestValidationIsStored(t *testing.T) {
	c := testConfig(t)
	l := New(nil)
	dir := t.TempDir()
	check(t, runPlan(t, t.Context(), testPlan(t, l, c.Model, c.Data.Source), l, dir, 1, new(sweeptest.Observer)))
	runs, problems := results.Open(dir).Runs()
	if len(runs) == 0 || len(problems) > 0 {
		t.Fatalf("%d runs, %v", len(runs), problems)
	}
	for _, r := range runs {
		had := !math.IsNaN(r.Curve[0].Values[metrics.ValLoss])
		if had != (len(r.Validation) > 0) {
			t.Errorf("run %s has a validation loss: %t; validation by batch: %v", r.ID, had, r.Validation)
		}
	}
}
