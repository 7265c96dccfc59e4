package sweep

import (
	"ranksweep/lora"
	"ranksweep/nn"
)

// What the packages that train make of a Config.

// lora is what a run trains.
func (c Config) lora() lora.Config {
	return lora.Config{
		Rank: c.Adapter.Rank, Gamma: c.Adapter.Gamma(),
		Init:    c.Adapter.Draw(),
		Targets: c.Adapter.Targets, Dropout: c.Adapter.Dropout, Tokens: c.passTokens(),
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
func (a Adapter) powers() lora.Scheme {
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
func (t Train) optimizer() nn.OptimizerConfig {
	return nn.OptimizerConfig{
		Name: t.Optimizer, Momentum: t.Momentum, Beta1: t.Beta1, Beta2: t.Beta2, Eps: t.Eps, WeightDecay: t.WeightDecay,
	}.Own()
}

// rates are the learning rates of A and B, and of what is neither, at the
// schedule's highest.
func (c Config) rates() nn.LearningRates {
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

func (t Train) schedule() nn.Schedule {
	return nn.Schedule{Name: t.Schedule, Warmup: t.Warmup, Steps: t.Steps}
}
