package experiments

import "ranksweep/lora"

// Which rank a method with a budget makes γ of.
const (
	InitialRank = "initial"
	CurrentRank = "current"
)

func penaltyKinds() (names []string) {
	for _, k := range lora.PenaltyKinds {
		names = append(names, string(k))
	}
	return names
}

// Budget returns how the rank is cut in training. It is empty if the method does not cut.
func (c Config) Budget() lora.Budget {
	a := c.Adapter
	if !a.Has(lora.Budgeted) {
		return lora.Budget{}
	}
	b := lora.Budget{
		Target: a.TargetRank, Initial: a.TInit, Final: a.TFinal, Every: a.DeltaT, Steps: c.Train.Steps,
		Beta1: a.ImportanceBeta1, Beta2: a.ImportanceBeta2,
		Penalty: lora.PenaltyKind(a.OrthReg), Weight: a.OrthRegWeight,
	}
	if b.Target == 0 {
		b.Target = lora.TargetRank(a.Rank)
	}
	if a.GammaRank == CurrentRank {
		b.GammaAt = func(rank int) float64 { return a.Scheme().Gamma(a.Alpha, rank) }
	}
	return b
}

// checkBudget finds a schedule of cuts that the run cannot have.
func (c Config) checkBudget() error {
	a := c.Adapter
	if !a.Has(lora.Budgeted) {
		return nil
	}
	if err := c.Budget().Fault(a.Rank); err != nil {
		return about("adapter.target_rank", "adapter.tinit", "adapter.tfinal", "adapter.delta_t", "train.steps",
			"adapter.rank", "adapter.method")("%w", err)
	}
	usual := Defaults().Adapter.OrthRegWeight
	switch {
	case a.OrthReg == string(lora.NoPenalty) && a.OrthRegWeight != usual:
		return about("adapter.orth_reg_weight", "adapter.orth_reg")("orth_reg_weight %s: orth_reg none has no "+
			"weight: must be %s", written(a.OrthRegWeight), written(usual))
	case a.GammaRank == CurrentRank && a.Scaling.Log:
		return about("adapter.gamma_rank", "adapter.scaling")("gamma_rank current: scaling log has no γ of rank 1, " +
			"with which a cut can leave a map: must be initial")
	}
	return nil
}
