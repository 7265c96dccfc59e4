package local

import (
	"context"
	"math"
	"os"
	"testing"

	"ranksweep/experiments"
	"ranksweep/lora"
	"ranksweep/sweep"
	"ranksweep/sweep/sweeptest"
	"ranksweep/train"
)

func twinID(c experiments.Config) string { return c.TwinID("m", "d", 1) }

// TestTwinsLearnTheSame trains two schemes with the same TwinID: their losses agree to
// the rounding of float32. A scheme with another TwinID gives other losses.
func TestTwinsLearnTheSame(t *testing.T) {
	c := testConfig(t)
	c.Train.Optimizer, c.Train.LR, c.Adapter.Rank, c.Adapter.Alpha = "sgd", 0.3, 9, 4
	train := func(scheme string) (string, float64) {
		c := c
		c.Adapter.Scaling = must(lora.ParseScheme(scheme))
		return twinID(c), statistic(t, trainOne(t, c), "val_loss")
	}
	id, want := train("rslora")
	twin, got := train("lora,init=-0.5,lr_a=-1")
	if id != twin || math.Abs(got-want) > 1e-5 {
		t.Errorf("validation loss %g and, of its twin, %g", want, got)
	}
	if other, got := train("lora"); id == other || math.Abs(got-want) < 1e-3 {
		t.Errorf("validation loss %g and, of another function, %g", want, got)
	}
}

// TestTwinsUnderEvenUpdates: at rank 16 the factors between twins are powers of two, which
// change no sign and no rounding. So losses agree to the rounding of the merged or factored
// sums.
func TestTwinsUnderEvenUpdates(t *testing.T) {
	for _, optimizer := range []string{"adafactor", "lion", "signsgd", "muon"} {
		c := testConfig(t)
		c.Train.Optimizer, c.Train.LR, c.Adapter.Rank = optimizer, 2e-3, 16
		train := func(scheme string) (string, float64) {
			c := c
			c.Adapter.Scaling = must(lora.ParseScheme(scheme))
			return twinID(c), statistic(t, trainOne(t, c), "val_loss")
		}
		id, want := train("rslora")
		twin, got := train("lora,init=-0.5,lr_a=-0.5")
		if id != twin || math.Abs(got-want) > 1e-5 {
			t.Errorf("%s: validation loss %g and, of its twin, %g", optimizer, want, got)
		}
		if other, got := train("lora"); id == other || math.Abs(got-want) < 1e-3 {
			t.Errorf("%s: validation loss %g and, of another function, %g", optimizer, want, got)
		}
	}
}

func TestPlanNamesTwins(t *testing.T) {
	e := sweeptest.Experiment(t, `name: twins
data: {source: `+testData(t)+`, validation: 4}
model: `+testModel(t)+`
train: {optimizer: sgd, context: 32, steps: 1}
grid: {rank: [4, 16], scaling: [lora, rslora], match_rank: [0, 4], seed: [0, 1]}
`)
	p, err := sweep.NewPlan(context.Background(), e, train.Trainers{New(os.DirFS(t.TempDir()))})
	check(t, err)
	got := make(map[string]string)
	for _, j := range p.Jobs {
		if twin := p.Twins()[j.ID]; twin != "" {
			got[j.String()] = twin
		}
	}
	const rest = ", written differently: only rounding differs"
	for job, want := range map[string]string{
		"rank=4 scaling=lora match_rank=4 seed=0":   "trains the same function as match_rank=0",
		"rank=4 scaling=rslora match_rank=4 seed=1": "trains the same function as scaling=lora match_rank=0",
		"rank=16 scaling=lora match_rank=4 seed=1":  "trains the same function as match_rank=0",
	} {
		if got[job] != want+rest {
			t.Errorf("%s: %q, want %q", job, got[job], want)
		}
	}
	if len(got) != 6 {
		t.Errorf("%d twins, want 6: %q", len(got), got)
	}
}
