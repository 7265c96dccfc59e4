package local

import (
	"math"
	"slices"
	"testing"

	"ranksweep/checkpoint"
	"ranksweep/experiments"
	"ranksweep/lora"
	"ranksweep/metrics"
	"ranksweep/nn"
	"ranksweep/train"
)

func adaConfig(t testing.TB) experiments.Config {
	c := testConfig(t)
	c.Adapter.Method, c.Adapter.Rank, c.Adapter.TargetRank = lora.AdaLoRAMethod, 6, 2
	c.Adapter.TInit, c.Adapter.TFinal, c.Train.Steps, c.Train.LR = 10, 20, 60, 5e-3
	return c
}

// TestAdaLoRALearns at each γ, with dropout and with a base in bfloat16, and is left with its target rank. What it
// hands out computes what it does: the loss of a merged model is that of the run, up to rounding.
func TestAdaLoRALearns(t *testing.T) {
	for name, change := range map[string]func(*experiments.Config){
		"initial": func(*experiments.Config) {},
		"current": func(c *experiments.Config) { c.Adapter.GammaRank = experiments.CurrentRank },
		"merged":  func(c *experiments.Config) { c.Adapter.Rank = 64 },
		"dropout": func(c *experiments.Config) { c.Adapter.Dropout = 0.1 },
		"bf16":    func(c *experiments.Config) { c.Train.Precision = experiments.BF16Precision },
	} {
		c := adaConfig(t)
		change(&c)
		o := trainOne(t, c)
		first, last := o.Curve[0].Values[metrics.ValLoss], statistic(t, o, "val_loss")
		if !(last < first-0.1) {
			t.Errorf("%s: validation loss from %g to %g", name, first, last)
		}
		left := 0
		for _, a := range o.Adapters {
			for k := range a.A.Rows {
				if slices.ContainsFunc(a.A.Data[k*a.A.Stride:][:a.A.Cols], func(v float32) bool { return v != 0 }) {
					left++
				}
			}
		}
		if want := 2 * len(o.Adapters); left != want || want == 0 {
			t.Errorf("%s: %d singular values are left of %d adapters, want %d", name, left, len(o.Adapters), want)
		}
		checkRanks(t, name, c, o)
		if c.Train.Precision != experiments.Float32Precision {
			continue
		}
		if got := mergedLoss(t, c, o.Adapters); !(math.Abs(got-last) < 1e-5*last) {
			t.Errorf("%s: merged, the validation loss is %g, of the run %g", name, got, last)
		}
	}
}

// checkRanks: the rank that is recorded is the first one until cuts begin, then falls to the target, and is the mean of
// those of the maps, which are not all equal.
func checkRanks(t *testing.T, name string, c experiments.Config, o train.Outcome) {
	t.Helper()
	before := float64(c.Adapter.Rank)
	for _, p := range o.Curve {
		left := p.Values[metrics.RankLeft]
		early, late := p.Step <= c.Adapter.TInit+1, p.Step > c.Train.Steps-c.Adapter.TFinal
		if left > before || early && left != float64(c.Adapter.Rank) || late && left != float64(c.Adapter.TargetRank) {
			t.Errorf("%s: rank %g is left at step %d, before it %g", name, left, p.Step, before)
		}
		before = left
	}
	var ofMaps []float64
	for _, p := range o.Modules[len(o.Modules)-len(o.Adapters):] {
		ofMaps = append(ofMaps, p.Values[metrics.RankLeft])
	}
	mean := 0.0
	for _, left := range ofMaps {
		mean += left / float64(len(ofMaps))
	}
	if !(math.Abs(mean-before) < 1e-9) || slices.Min(ofMaps) == slices.Max(ofMaps) {
		t.Errorf("%s: ranks %v are left, in the mean %g", name, ofMaps, before)
	}
}

// mergedLoss returns the validation loss of a config's model with adapters merged into it.
func mergedLoss(t *testing.T, c experiments.Config, adapters []lora.Trained) float64 {
	t.Helper()
	base, err := checkpoint.Load(c.Model)
	check(t, err)
	check(t, lora.Merge(base.Model, adapters))
	_, _, d, err := New(nil).material(t.Context(), c)
	check(t, err)
	pass, err := nn.NewPass(base.Model, c.PassTokens(), nil)
	check(t, err)
	var sum float64
	scored := 0
	for _, b := range batchesOf(new(nn.Arena), d.Val, c.Train.Batch) {
		part, err := pass.Loss(&b)
		check(t, err)
		sum, scored = sum+part, scored+b.Scored()
	}
	return sum / float64(scored)
}

// TestPenaltyTrainsAndIsNoLoss: the penalty changes what is learned, each kind in its way, and is no part of the losses
// and gradients that are recorded: before any update they are those without it, to the bit.
func TestPenaltyTrainsAndIsNoLoss(t *testing.T) {
	var onsets []metrics.Values
	var losses []float64
	for _, penalty := range lora.PenaltyKinds {
		c := adaConfig(t)
		c.Adapter.OrthReg = string(penalty)
		o := trainOne(t, c)
		onset := o.Curve[0].Values
		recorded := onset[metrics.Penalty]
		factor := map[lora.PenaltyKind]float64{lora.NormPenalty: math.Sqrt(6), lora.RootPenalty: 1}[penalty]
		if math.IsNaN(recorded) != (factor == 0) || math.Abs(recorded-0.5*factor) > 0.05 {
			t.Errorf("%s: the penalty is recorded as %g, want about %g", penalty, recorded, 0.5*factor)
		}
		onset[metrics.Penalty] = 0
		for q, v := range onset {
			if math.IsNaN(v) {
				onset[q] = 0
			}
		}
		onsets, losses = append(onsets, onset), append(losses, statistic(t, o, "val_loss"))
	}
	if len(slices.Compact(onsets)) != 1 {
		t.Error("what is measured before any update depends on the penalty")
	}
	slices.Sort(losses)
	if len(slices.Compact(losses)) != len(lora.PenaltyKinds) {
		t.Errorf("validation losses %v", losses)
	}
}
