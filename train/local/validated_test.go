package local

import (
	"context"
	"testing"

	"ranksweep/experiments"
	"ranksweep/metrics"
	"ranksweep/nn"
)

// Before the first update the validation loss is the base's, to the bit, for every method
// and form. So it is computed once.
func TestValidationBeforeTheFirstUpdateIsTheBases(t *testing.T) {
	l := New(nil)
	base := testConfig(t)
	base.Train.Steps = 1
	var want float64
	for i, change := range []func(*experiments.Config){
		func(c *experiments.Config) {},
		func(c *experiments.Config) { c.Adapter.Rank = 64 }, // merged
		func(c *experiments.Config) { c.Adapter.Scaling.ZeroA = true },
		func(c *experiments.Config) { c.Adapter.Dropout = 0.5 },
		func(c *experiments.Config) { c.Adapter.Targets = experiments.Targets{"attention"} },
		func(c *experiments.Config) { c.Adapter.Method, c.Adapter.Rank = "full", 0 },
	} {
		c := base
		change(&c)
		model, _, d, err := l.material(context.Background(), c)
		if err != nil {
			t.Fatal(err)
		}
		run, err := newTraining(new(nn.Arena), c, model.Model, d)
		if err != nil {
			t.Fatal(err)
		}
		alone, err := run.validate(0) // computed by itself, without the shared result
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			want = alone
		}
		shared, err := l.Train(t.Context(), c, func(metrics.Point) {})
		if err != nil {
			t.Fatal(err)
		}
		if got := shared.Curve[0].Values[metrics.ValLoss]; alone != want || got != want {
			t.Errorf("config %d: %v alone and %v shared, want %v", i, alone, got, want)
		}
		if last := shared.Curve[len(shared.Curve)-1].Values[metrics.ValLoss]; last == want {
			t.Errorf("config %d: the last loss is that before training", i)
		}
	}
}
