package experiments

import (
	"fmt"

	"ranksweep/lora"
	"ranksweep/nn"
)

// What the packages that train make of a Config.

// lora is what a run trains.
func (c Config) LoRA() lora.Config {
	return lora.Config{
		Rank: c.Adapter.Rank, Gamma: c.Adapter.Gamma(),
		Init:    c.Adapter.Draw(),
		Targets: c.Adapter.Targets, Dropout: c.Adapter.Dropout, Tokens: c.PassTokens(),
	}
}

// Scheme is how what depends on an adapter's rank follows from it.
func (a Adapter) Scheme() lora.Scheme {
	s := a.Scaling
	s.MatchRank = a.MatchRank
	return s
}

// Draw is how the entries of a fresh adapter are drawn.
func (a Adapter) Draw() lora.Init {
	return lora.Init{Kind: lora.InitKind(a.Init), ZeroA: a.Scaling.ZeroA, Fresh: a.Fresh, Factor: a.Scheme().InitFactor(a.Rank)}
}

// powers is the adapter's scheme with the powers of rank that its init has by
// itself; none where there is no rank.
func (a Adapter) Powers() lora.Scheme {
	if !a.Ranked() {
		return lora.Scheme{}
	}
	s := a.Scaling
	s.Init += a.Draw().Exponent()
	return s
}

// Gamma returns the scaling factor γ_r; 1 where there is no rank.
func (a Adapter) Gamma() float64 {
	if !a.Ranked() {
		return 1
	}
	return a.Scheme().Gamma(a.Alpha, a.Rank)
}

// EffectiveAlpha returns α, after matching; 1 where there is no rank.
func (a Adapter) EffectiveAlpha() float64 {
	if !a.Ranked() {
		return 1
	}
	return a.Scheme().EffectiveAlpha(a.Alpha)
}

// optimizer keeps the settings that the named optimizer has.
func (t Train) OptimizerConfig() nn.OptimizerConfig {
	return nn.OptimizerConfig{
		Name: t.Optimizer, Momentum: t.Momentum, Beta1: t.Beta1, Beta2: t.Beta2, Eps: t.Eps, WeightDecay: t.WeightDecay,
	}.Own()
}

// Rates are the learning rates of A and B, and of what is neither, which is lr, at
// the schedule's highest.
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

// SchemeName is the scaling's name, with @r₀ where it is matched at rank r₀; the
// method's where there is no rank.
func (a Adapter) SchemeName() string {
	if !a.Ranked() {
		return a.Method
	}
	if a.MatchRank == 0 {
		return a.Scaling.String()
	}
	return fmt.Sprintf("%s@%d", a.Scaling, a.MatchRank)
}

// PassTokens is the most tokens in one forward pass.
func (c Config) PassTokens() int { return c.Train.Batch * c.Train.Context }
