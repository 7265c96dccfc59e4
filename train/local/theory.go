package local

import (
	"fmt"

	"ranksweep/data"
	"ranksweep/experiments"
	"ranksweep/lora"
	"ranksweep/metrics"
	"ranksweep/nn"
	"ranksweep/theory"
)

// beyondTheory returns the reason why theory, which assumes plain updates, predicts nothing
// of a run after its first update. It returns "" if theory does predict. Adam is sign-like
// only if its ε is far below the gradient's entries.
func beyondTheory(c experiments.Config, curve []metrics.Point) string {
	if why := c.Adapter.Trains().BeyondTheory(); why != "" {
		return fmt.Sprintf("method %s %s", c.Adapter.Method, why)
	}
	return beyondUpdates(c, curve)
}

// beyondUpdates is beyondTheory without what is said of the method.
func beyondUpdates(c experiments.Config, curve []metrics.Point) string {
	if c.Train.Clip > 0 {
		return "gradients are clipped"
	}
	if eps := c.Train.OptimizerConfig().Eps; eps > 0 && len(curve) > 0 {
		onset := curve[0].Values // at the onset either A or B has no gradient
		if entry := max(onset[metrics.GradRMSA], onset[metrics.GradRMSB]); eps > 0.1*entry {
			return fmt.Sprintf("eps %g is not far below the onset gradient's entries, %.1g", eps, entry)
		}
	}
	return ""
}

// settingOf returns the run's scheme at its rank, in the terms of theory's expectations for
// the first update.
func settingOf(c experiments.Config) theory.Setting {
	rates := c.Rates().Times(c.Train.LRSchedule().Factor(0))
	_, zero := c.Adapter.Scaling.Roles()
	return theory.Setting{
		Update: nn.UpdateOf(c.Train.Optimizer), Rank: c.Adapter.Rank, Gamma: c.Adapter.Gamma(),
		Init: c.Adapter.Draw(), LR: rates[zero], Rates: rates, Damping: c.Train.OptimizerConfig().Damping,
	}
}

// expectedOf returns the values that theory expects of a run's statistics, as far as exact
// expressions are known and theory covers the run.
func expectedOf(c experiments.Config, maps []theory.MapGeometry, curve []metrics.Point) map[string]float64 {
	all, setting := make(map[string]float64), settingOf(c)
	beyond := beyondUpdates(c, curve) != "" || c.Adapter.Dropout > 0
	for _, s := range metrics.Statistics {
		t := s.TheoryOf(c.Adapter.Method, setting.Init.ZeroA)
		if v := t.Expected(maps, setting); v > 0 && (s.Theory.Onset || !beyond) {
			all[s.Name] = v
		}
	}
	return all
}

// surveyed reports whether theory is computed for the run. That takes a survey of the maps
// that the run adapts.
func surveyed(c experiments.Config) bool {
	laws, own := theory.LawsOf(c.Adapter.Method)
	return c.Measure.Theory && (c.Adapter.Has(lora.Factors) || own && laws.GradNorm.HasExpected())
}

// partOf is the part of the weights that a run's adapter begins with.
func partOf(c experiments.Config) (p theory.Part) {
	if lora.BeginsWithPart(c.Adapter.Method) {
		p = theory.Part{Method: c.Adapter.Method, Rank: c.Adapter.Rank}
	}
	return p
}

// surveyOf returns a survey of the maps that a run adapts. Its buffers come from the arena.
func surveyOf(arena *nn.Arena, c experiments.Config, m *nn.Model) (*theory.Survey, error) {
	targets, err := lora.Targets(m, c.Adapter.Targets)
	if err != nil {
		return nil, err
	}
	return theory.NewSurvey(arena, m, targets, c.Adapter.Scaling.ZeroA, partOf(c), c.PassTokens())
}

// geometryKey is everything in a run that its geometry depends on.
type geometryKey struct {
	dataset           datasetKey
	precision         string
	targets           string
	zeroA             bool
	part              theory.Part
	seed              uint64
	batch, accumulate int
	probe             int
}

// geometry measures the maps that a run adapts, on the run's first batches. Runs with the
// same geometryKey share the measurement.
func (l *Trainer) geometry(c experiments.Config, m *nn.Model, d *data.Dataset) ([]theory.MapGeometry, error) {
	key := geometryKey{
		dataset: datasetKeyOf(c), precision: c.Train.Precision, seed: c.Seed,
		targets: c.Adapter.Targets.String(), zeroA: c.Adapter.Scaling.ZeroA, part: partOf(c),
		batch: c.Train.Batch, accumulate: c.Train.Accumulate, probe: c.Measure.Probe,
	}
	l.mu.Lock()
	measured := l.geometries[key]
	if measured == nil {
		measured = new(geometry)
		l.geometries[key] = measured
	}
	l.mu.Unlock()
	measured.once.Do(func() {
		var survey *theory.Survey
		if survey, measured.err = surveyOf(new(nn.Arena), c, m); measured.err != nil {
			return
		}
		sampler := data.NewSampler(new(nn.Arena), d.Train, c.Seed)
		step := func(step int) []nn.Batch {
			batches := make([]nn.Batch, c.Train.Accumulate)
			for i := range batches {
				sampler.Batch(&batches[i], step*c.Train.Accumulate+i, c.Train.Batch)
			}
			return batches
		}
		measured.maps, measured.err = survey.Measure(step(0), step(1), probeOf(c, d))
	})
	return measured.maps, measured.err
}
