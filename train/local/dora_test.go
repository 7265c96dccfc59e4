package local

import (
	"math"
	"slices"
	"testing"

	"ranksweep/experiments"
	"ranksweep/lora"
	"ranksweep/metrics"
)

func doraConfig(t testing.TB) experiments.Config {
	c := testConfig(t)
	c.Adapter.Method = lora.DoRAMethod
	return c
}

// TestDoraOnsetIsLoRAs: before any update the loss and the gradients of A and B are
// LoRA's to the bit, so that theory expects the same of them; of later steps it
// expects the first loss drop alone, and says why.
func TestDoraOnsetIsLoRAs(t *testing.T) {
	for _, rank := range []int{2, 64} {
		c := doraConfig(t)
		c.Adapter.Rank, c.Adapter.Init, c.Measure.Theory = rank, "gaussian", true
		plain := c
		plain.Adapter.Method = lora.DefaultMethod
		o, want := trainOne(t, c), trainOne(t, plain)
		onset, wanted := o.Curve[0].Values, want.Curve[0].Values
		if !(onset[metrics.GradNormM] > 0) || !math.IsNaN(wanted[metrics.GradNormM]) {
			t.Errorf("rank %d: gradient of magnitudes %g, of LoRA's %g", rank,
				onset[metrics.GradNormM], wanted[metrics.GradNormM])
		}
		for q, v := range onset {
			if q := metrics.Quantity(q); !q.Optional() && v != wanted[q] && !math.IsNaN(v) {
				t.Errorf("rank %d: %s is %g at onset, LoRA's %g", rank, q.Name(), v, wanted[q])
			}
		}
		for name, v := range want.Expected {
			s, _ := metrics.StatisticNamed(name)
			switch got, ok := o.Expected[name]; {
			case name == metrics.LossDropFirst.Name: // which magnitudes add to
				if !(got > v) {
					t.Errorf("rank %d: a loss drop of %g is expected, of LoRA %g", rank, got, v)
				}
			case ok != s.Theory.Onset || ok && got != v:
				t.Errorf("rank %d: %g is expected of %s, %t; of LoRA %g", rank, got, name, ok, v)
			}
		}
		if got := beyondTheory(c, o.Curve); got != "method dora trains magnitudes beside A and B" {
			t.Errorf("beyond theory: %q", got)
		}
		if len(o.Adapters) != len(want.Adapters) || o.Adapters[0].Magnitude == nil {
			t.Errorf("rank %d: %d adapters", rank, len(o.Adapters))
		}
	}
}

// TestDoraLearns, in either form, with dropout and with a base in bfloat16; and its
// magnitudes' gradient is recorded of every map.
func TestDoraLearns(t *testing.T) {
	for name, change := range map[string]func(*experiments.Config){
		"factored": func(c *experiments.Config) { c.Adapter.Rank = 2 },
		"merged":   func(c *experiments.Config) { c.Adapter.Rank = 64 },
		"dropout":  func(c *experiments.Config) { c.Adapter.Dropout = 0.3 },
		"bf16":     func(c *experiments.Config) { c.Train.Precision = experiments.BF16Precision },
		"beside": func(c *experiments.Config) {
			c.Adapter.Rank, c.Train.Precision = 64, experiments.BF16Precision
		},
	} {
		c := doraConfig(t)
		c.Train.Steps, c.Train.LR = 60, 5e-3
		change(&c)
		o := trainOne(t, c)
		if first, last := o.Curve[0].Values[metrics.ValLoss], statistic(t, o, "val_loss"); !(last < first-0.4) {
			t.Errorf("%s: validation loss from %g to %g", name, first, last)
		}
		var sum float64
		for _, p := range o.Modules[:14] {
			sum += math.Pow(p.Values[metrics.GradNormM], 2)
		}
		if want := o.Curve[0].Values[metrics.GradNormM]; math.Abs(math.Sqrt(sum)-want) > 1e-9*want {
			t.Errorf("%s: gradient of magnitudes %g, of its maps together %g", name, want, math.Sqrt(sum))
		}
	}
}

// TestDoraDrops: what [TestActualDropIsOfTheSameBatches] says of LoRA.
func TestDoraDrops(t *testing.T) {
	c := doraConfig(t)
	c.Train.Steps, c.Train.LR, c.Train.Optimizer = 1, 1e-2, "sgd"
	o := trainOne(t, c)
	if holds, known := metrics.FirstOrderHolds(o.Curve); !holds || !known {
		t.Errorf("loss drop %g, to first order %g",
			statistic(t, o, "loss_drop_actual"), statistic(t, o, "loss_drop_first"))
	}
}

// TestDoraTwins: schemes that are twins under LoRA are under DoRA, as long as the
// rate of magnitudes is the same.
func TestDoraTwins(t *testing.T) {
	c := doraConfig(t)
	c.Train.Optimizer, c.Train.LR, c.Adapter.Rank = "sgd", 0.03, 9
	with := func(scheme string, change func(*experiments.Config)) (string, float64) {
		c := c
		c.Adapter.Scaling = must(lora.ParseScheme(scheme))
		change(&c)
		return twinID(c), statistic(t, trainOne(t, c), "val_loss")
	}
	id, want := with("rslora", func(*experiments.Config) {})
	twin, got := with("lora,init=-0.5,lr_a=-1", func(*experiments.Config) {})
	if id != twin || math.Abs(got-want) > 1e-5 {
		t.Errorf("validation loss %g and, of its twin, %g", want, got)
	}
	slower, got := with("rslora", func(c *experiments.Config) {
		c.Train.LRA, c.Train.LRB, c.Train.LR = c.Train.LR, c.Train.LR, c.Train.LR/100
	})
	if id == slower || math.Abs(got-want) < 1e-4 {
		t.Errorf("validation loss %g and, with slower magnitudes, %g", want, got)
	}
}

// TestDoraSharesTheBasesLoss: the loss before any update is shared by all runs, and
// is the same whichever run computes it.
func TestDoraSharesTheBasesLoss(t *testing.T) {
	var losses []float64
	for _, method := range lora.Methods() {
		for _, rank := range ranksOf(method) {
			c := testConfig(t)
			c.Adapter.Method, c.Adapter.Rank, c.Train.Steps = method, rank, 1
			o := trainOne(t, experiments.Point{Config: c}.Canonical().Config)
			losses = append(losses, o.Curve[0].Values[metrics.ValLoss])
		}
	}
	if n := len(slices.Compact(losses)); n != 1 {
		t.Errorf("%d losses before any update", n)
	}
}
