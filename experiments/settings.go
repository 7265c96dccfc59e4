package experiments

import (
	"fmt"

	"ranksweep/lora"
	"ranksweep/nn"
)

// The settings that the packages which train read from a Config.

// LoRA returns the adapter, or its replacement, that a run trains.
func (c Config) LoRA() lora.Config {
	return lora.Config{
		Rank: c.Adapter.Rank, Gamma: c.Adapter.Gamma(),
		Init:    c.Adapter.Draw(),
		Targets: c.Adapter.Targets, Dropout: c.Adapter.Dropout, Tokens: c.PassTokens(),
		DecomposeFactor: c.Adapter.DecomposeFactor, DecomposeBoth: c.Adapter.DecomposeBoth,
		Budget: c.Budget(),
	}
}

// Scheme returns the rule by which γ, init and learning rates depend on the rank.
func (a Adapter) Scheme() lora.Scheme {
	s := a.Scaling
	s.MatchRank = a.MatchRank
	return s
}

// Draw returns how the entries of a fresh adapter are drawn.
func (a Adapter) Draw() lora.Init {
	return lora.Init{Kind: lora.InitKind(a.Init), ZeroA: a.Scaling.ZeroA, Fresh: a.Fresh,
		Factor: a.Scheme().InitFactor(a.Rank)}
}

// Powers returns the adapter's scheme, to which the powers of rank are added that its
// init has by itself. Without a multiplier there are none.
func (a Adapter) Powers() lora.Scheme {
	if !a.Has(lora.Multiplied) {
		return lora.Scheme{}
	}
	s := a.Scaling
	s.Init += a.Draw().Exponent()
	return s
}

// Gamma returns the multiplier γ_r, or 1 if there is none.
func (a Adapter) Gamma() float64 {
	if !a.Has(lora.Multiplied) {
		return 1
	}
	return a.Scheme().Gamma(a.Alpha, a.Rank)
}

// EffectiveAlpha returns α after matching, or 1 without a multiplier.
func (a Adapter) EffectiveAlpha() float64 {
	if !a.Has(lora.Multiplied) {
		return 1
	}
	return a.Scheme().EffectiveAlpha(a.Alpha)
}

// OptimizerConfig returns the settings that the run's optimizer uses; the others are 0.
func (t Train) OptimizerConfig() nn.OptimizerConfig {
	return nn.OptimizerConfig{
		Name: t.Optimizer, Momentum: t.Momentum, Beta1: t.Beta1, Beta2: t.Beta2, Eps: t.Eps,
		Damping: t.Damping, WeightDecay: t.WeightDecay,
	}.Own()
}

// Rates returns the highest learning rates of the schedule: of A, of B, and of
// parameters that are neither, which is lr.
func (c Config) Rates() nn.LearningRates {
	t := c.Train
	rates := nn.UniformRate(t.LR)
	if t.LRA > 0 {
		rates[nn.RoleA] = t.LRA
	}
	if t.LRB > 0 {
		rates[nn.RoleB] = t.LRB
	}
	a, b := c.Adapter.Scheme().RateFactors(c.Adapter.Rank)
	rates[nn.RoleA] *= a
	rates[nn.RoleB] *= b
	return rates
}

func (t Train) LRSchedule() nn.Schedule {
	return nn.Schedule{Name: t.Schedule, Warmup: t.Warmup, Steps: t.Steps}
}

// SchemeName returns the scheme's name, followed by @r₀ if it is matched at rank r₀.
// Without a multiplier it returns the method's name.
func (a Adapter) SchemeName() string {
	if !a.Has(lora.Multiplied) {
		return a.Method
	}
	if a.MatchRank == 0 {
		return a.Scaling.String()
	}
	return fmt.Sprintf("%s@%d", a.Scaling, a.MatchRank)
}

// PassTokens returns the largest number of tokens in one forward pass.
func (c Config) PassTokens() int { return c.Train.Batch * c.Train.Context }
