package local

import (
	"context"
	"math"
	"os"
	"testing"

	"ranksweep/experiments"
	"ranksweep/lora"
	"ranksweep/metrics"
	"ranksweep/metrics/stats"
)

// TestExpectedIsTheMeanOverSeeds: the mean of a measurement over seeds is the expectation
// that theory computes from the frozen model and the data alone. The tolerance is 4 standard
// errors of the mean over 16 seeds. Student's t with 15 degrees of freedom exceeds it with
// probability 1e-3, and there are 58 comparisons.
func TestExpectedIsTheMeanOverSeeds(t *testing.T) {
	base := testConfig(t)
	base.Train.Steps, base.Train.Accumulate = 2, 2
	base.Adapter.Targets = experiments.Targets{"mlp", "q_proj"}
	base.Adapter.Rank, base.Adapter.Alpha = 5, 2
	base.Measure.Theory = true
	trainer := New(os.DirFS(t.TempDir()))
	for name, change := range map[string]func(*experiments.Config){
		"sgd": func(c *experiments.Config) { c.Train.Optimizer, c.Train.LR = "sgd", 1e-3 },
		"sgd, uniform, a scheme": func(c *experiments.Config) {
			c.Train.Optimizer, c.Train.LR = "sgd", 1e-3
			c.Adapter.Scaling = lora.Scheme{P: 0.5, Init: 0.5, LRB: -0.5, Ratio: 3}
			c.Adapter.Init = "kaiming-uniform"
		},
		"sgd, PEFT's gaussian": func(c *experiments.Config) {
			c.Train.Optimizer, c.Train.LR = "sgd", 1e-3
			c.Adapter.Init = "peft-gaussian"
		},
		"adamw": func(c *experiments.Config) { c.Train.Eps, c.Train.LR = 0, 1e-5 },
		"sgd, A zero": func(c *experiments.Config) {
			c.Train.Optimizer, c.Train.LR = "sgd", 1e-3
			c.Adapter.Scaling = lora.Scheme{P: 0.5, LRA: -0.5, Ratio: 3, ZeroA: true}
		},
		"adamw, A zero": func(c *experiments.Config) {
			c.Train.Eps, c.Train.LR = 0, 1e-5
			c.Adapter.Scaling.ZeroA = true
		},
	} {
		c := base
		c.Adapter.Init = "gaussian"
		change(&c)
		ratios := make(map[string][]float64)
		for seed := range uint64(16) {
			c.Seed = seed
			o, err := trainer.Train(context.Background(), c, func(metrics.Point) {})
			check(t, err)
			for name, want := range o.Expected {
				ratio := statistic(t, o, name) / want
				if s, _ := metrics.StatisticNamed(name); !s.Theory.Mean {
					ratio *= ratio
				}
				ratios[name] = append(ratios[name], ratio)
			}
		}
		want := 10
		if c.Adapter.Scaling.ZeroA {
			want = 9 // theory has no expression for B's gradient at onset
		}
		if len(ratios) != want {
			t.Errorf("%s: %d statistics have an expectation, want %d", name, len(ratios), want)
		}
		for statistic, sample := range ratios {
			over := stats.MeanInterval(sample)
			se := (over.High - over.Low) / 2 / 2.131 // t(0.975, 15)
			if len(sample) != 16 || math.Abs(over.Mean-1) > 4*se || se > 0.25 {
				t.Errorf("%s: %s over what is expected: %.3f ± %.3f in %d runs", name, statistic, over.Mean, se,
					len(sample))
			}
		}
	}
	if n := len(trainer.geometries); n != 32 {
		t.Errorf("geometry was measured %d times, want once a seed and factor", n)
	}
}

// There are no expected values for runs that theory does not cover, nor if the config does
// not ask for them.
func TestNothingIsExpectedBeyondTheory(t *testing.T) {
	c := testConfig(t)
	c.Train.Steps = 1
	if o := trainOne(t, c); o.Expected != nil {
		t.Errorf("not asked for, and there is %v", o.Expected)
	}
	c.Measure.Theory = true
	c.Adapter.Init = "gaussian"
	for name, change := range map[string]func(*experiments.Config){
		"clipping":     func(c *experiments.Config) { c.Train.Clip = 1 },
		"a large ε":    func(c *experiments.Config) { c.Train.Eps = 1 },
		"dropout":      func(c *experiments.Config) { c.Adapter.Dropout = 0.1 },
		"another init": func(c *experiments.Config) { c.Adapter.Init = "kaiming-uniform" },
		"adafactor":    func(c *experiments.Config) { c.Train.Optimizer = "adafactor" },
	} {
		c := c
		change(&c)
		if o := trainOne(t, c); len(o.Expected) != 2 {
			t.Errorf("%s: expected %v, want the two of the onset alone", name, o.Expected)
		}
	}
}
