package experiments

import (
	"testing"

	"ranksweep/lora"
)

// TestBudget: what an experiment says of cuts is what the method gets; the target follows the rank where it is not
// set, and γ follows what is left where that is asked for.
func TestBudget(t *testing.T) {
	c := Defaults()
	if c.LoRA().Budget.Steps != 0 {
		t.Error("lora has a budget")
	}
	c.Adapter.Method, c.Adapter.Rank, c.Adapter.Alpha = lora.AdaLoRAMethod, 12, 24
	c.Adapter.TInit, c.Adapter.TFinal, c.Adapter.DeltaT, c.Train.Steps = 3, 5, 2, 77
	c.Adapter.OrthReg, c.Adapter.OrthRegWeight, c.Adapter.ImportanceBeta2 = "root", 0.25, 0.5
	b := c.LoRA().Budget
	if b.GammaAt != nil {
		t.Error("γ follows the rank that is left")
	}
	want := lora.Budget{Target: 8, Initial: 3, Final: 5, Every: 2, Steps: 77, Beta1: 0.85, Beta2: 0.5,
		Penalty: lora.RootPenalty, Weight: 0.25}
	c.Adapter.TargetRank, c.Adapter.GammaRank = 4, CurrentRank
	for _, p := range []struct {
		of   lora.Scheme
		want float64
	}{{lora.Scheme{P: 1}, 6}, {lora.Scheme{P: 0.5}, 12}, {lora.Scheme{}, 24}} {
		c.Adapter.Scaling = p.of
		if got := c.LoRA().Budget.GammaAt(4); got != p.want {
			t.Errorf("%s: γ is %g at 4 of 12, want %g", p.of, got, p.want)
		}
	}
	now := c.LoRA().Budget
	now.GammaAt = nil
	if b.Target != want.Target || now.Target != 4 {
		t.Errorf("targets are %d and %d", b.Target, now.Target)
	}
	if now.Target = 8; !equalBudgets(now, want) || !equalBudgets(b, want) {
		t.Errorf("budgets %+v and %+v, want %+v", b, now, want)
	}
}

// equalBudgets compares budgets whose γ does not follow the rank.
func equalBudgets(a, b lora.Budget) bool {
	steps := func(b lora.Budget) [5]int { return [5]int{b.Target, b.Initial, b.Final, b.Every, b.Steps} }
	return a.GammaAt == nil && b.GammaAt == nil && steps(a) == steps(b) && a.Beta1 == b.Beta1 && a.Beta2 == b.Beta2 &&
		a.Penalty == b.Penalty && a.Weight == b.Weight
}
