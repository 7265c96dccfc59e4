package sweep

import (
	"fmt"

	"ranksweep/lora"
	"ranksweep/metrics"
	"ranksweep/nn"
)

// What the packages that train make of a Config.

// lora is the adapters of a run.
func (c Config) lora() lora.Config {
	return lora.Config{
		Rank: c.Adapter.Rank, Gamma: c.Adapter.Gamma(),
		Init:    lora.Init{Kind: lora.InitKind(c.Adapter.Init), Exponent: c.Adapter.InitExponent},
		Targets: c.Adapter.Targets, Dropout: c.Adapter.Dropout, Tokens: c.passTokens(),
	}
}

// scheme is how the scaling factor of an adapter follows from its rank.
func (a Adapter) scheme() lora.Scheme {
	return lora.Scheme{P: a.Scaling.P, MatchRank: a.MatchRank}
}

// Gamma returns the scaling factor γ_r.
func (a Adapter) Gamma() float64 { return a.scheme().Gamma(a.Alpha, a.Rank) }

// EffectiveAlpha returns α, after matching.
func (a Adapter) EffectiveAlpha() float64 { return a.scheme().EffectiveAlpha(a.Alpha) }

// optimizer keeps the settings that the named optimizer has.
func (t Train) optimizer() nn.OptimizerConfig {
	o := nn.OptimizerConfig{Name: t.Optimizer, WeightDecay: t.WeightDecay}
	switch t.Optimizer {
	case "sgd":
		o.Momentum = t.Momentum
	case "adamw":
		o.Beta1, o.Beta2, o.Eps = t.Beta1, t.Beta2, t.Eps
	}
	return o
}

// rates are the learning rates of A and B at the schedule's highest.
func (t Train) rates() nn.LearningRates {
	rates := nn.UniformRate(t.LR)
	if t.LRA > 0 {
		rates[nn.RoleA] = t.LRA
	}
	if t.LRB > 0 {
		rates[nn.RoleB] = t.LRB
	}
	return rates
}

func (t Train) schedule() nn.Schedule {
	return nn.Schedule{Name: t.Schedule, Warmup: t.Warmup, Steps: t.Steps}
}

// beyondTheory says why theory, which takes updates for plain, predicts nothing
// of a run once it has been updated; empty where it does. Adam is sign-like
// only where its ε is far below the gradient's entries.
func (c Config) beyondTheory(curve []metrics.Point) string {
	if c.Train.Clip > 0 {
		return "gradients are clipped"
	}
	if c.Train.Optimizer == "adamw" && len(curve) > 0 {
		if entry := curve[0].Values[metrics.GradRMSB]; c.Train.Eps > 0.1*entry {
			return fmt.Sprintf("eps %g is not far below the onset gradient's entries, %.1g", c.Train.Eps, entry)
		}
	}
	return ""
}
