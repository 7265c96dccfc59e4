package local

import (
	"context"
	"math"
	"testing"

	"ranksweep/experiments"
	"ranksweep/metrics"
	"ranksweep/nn"
)

// TestActualDropIsOfTheSameBatches: the measured drop is the base's loss on the first
// step's batches, minus the loss of the base with the updates added to its weights. Dropout
// does not matter, and the tolerance is float32's rounding of losses of some nats per
// token. Near the onset the drop also equals its first order; far from it, it does not.
func TestActualDropIsOfTheSameBatches(t *testing.T) {
	for _, test := range []struct {
		name        string
		lr, dropout float64
		accumulate  int
		firstOrder  bool
	}{
		{"a small step", 1e-4, 0, 1, true},
		{"a large step", 0.1, 0, 1, false},
		{"with dropout", 1e-2, 0.5, 1, false},
		{"of several batches", 1e-4, 0, 2, true},
	} {
		c := testConfig(t)
		c.Train.Steps, c.Train.LR, c.Adapter.Dropout, c.Train.Accumulate = 1, test.lr, test.dropout, test.accumulate
		model, _, d, err := New(nil).material(context.Background(), c)
		check(t, err)
		run, err := newTraining(new(nn.Arena), c, model.Model, d)
		check(t, err)
		o, err := run.run(context.Background(), nil, func(metrics.Point) {})
		check(t, err)

		merged := model.Model.Clone()
		check(t, run.set.Merge(merged))
		want := meanLoss(t, c, model.Model, run.batches) - meanLoss(t, c, merged, run.batches)
		if got := statistic(t, o, "loss_drop_actual"); math.Abs(got-want) > 1e-5 {
			t.Errorf("%s: dropped by %g, want %g", test.name, got, want)
		}
		if holds, known := metrics.FirstOrderHolds(o.Curve); !known || test.dropout == 0 && holds != test.firstOrder {
			first := statistic(t, o, "loss_drop_first")
			t.Errorf("%s: dropped by %g, to first order by %g: that holds is %t", test.name, want, first, holds)
		}
	}
}

func meanLoss(t *testing.T, c experiments.Config, m *nn.Model, batches []nn.Batch) float64 {
	t.Helper()
	pass, err := nn.NewPass(m, c.PassTokens(), nil)
	check(t, err)
	var sum float64
	scored := 0
	for i := range batches {
		part, err := pass.Loss(&batches[i])
		check(t, err)
		sum += part
		scored += batches[i].Scored()
	}
	return sum / float64(scored)
}
