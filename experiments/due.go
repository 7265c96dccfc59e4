package experiments

// Validates reports whether the validation loss is measured at a step.
func (c Config) Validates(step int) bool {
	return step == 0 || step == c.Train.Steps || due(step, c.Measure.EvalEvery)
}

// Probes reports whether the probe batch is measured at a step. At step 0 an adapter adds
// nothing, so there is nothing to probe. At step 1 it has had its first update.
func (c Config) Probes(step int) bool {
	return step == 1 || step > 1 && (step == c.Train.Steps || due(step, c.Measure.ProbeEvery))
}

// Splits reports whether each adapted map is measured by itself at a step.
func (c Config) Splits(step int) bool {
	every := c.Measure.ModulesEvery
	return every > 0 && (step <= 1 || step == c.Train.Steps || due(step, every))
}

// Records reports whether a step is a point of the curve. The onset, the first step after an
// update, and the last step always are.
func (c Config) Records(step int) bool {
	return step <= 1 || step == c.Train.Steps || due(step, c.Measure.Every)
}

func due(step, every int) bool { return every > 0 && step%every == 0 }
