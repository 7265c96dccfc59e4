package paper

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"ranksweep/analysis"
	"ranksweep/grid"
	"ranksweep/lora"
	"ranksweep/metrics"
	"ranksweep/paper/figure"
	"ranksweep/results"
)

// fake describes made-up runs that look like the runs of a sweep.
type fake struct {
	schemes []string
	ranks   []int
	seeds   int
	steps   int
	rates   []float64 // learning rates; empty: one
	noVal   bool      // no validation loss
}

var exponents = map[string]float64{"lora": 1, "rslora": 0.5, "constant": 0, "p=0.75": 0.75, "rslora@4": 0.5}

// runs depend only on the description.
func (f fake) runs() []results.Run {
	if len(f.rates) == 0 {
		f.rates = []float64{5e-5}
	}
	var all []results.Run
	for _, scheme := range f.schemes {
		for _, rate := range f.rates {
			for _, rank := range f.ranks {
				for seed := range f.seeds {
					all = append(all, f.run(scheme, rate, rank, uint64(seed)))
				}
			}
		}
	}
	return all
}

func (f fake) run(scheme string, rate float64, rank int, seed uint64) results.Run {
	p := exponents[scheme]
	rng := rand.New(rand.NewPCG(seed, uint64(rank)))
	cell := fmt.Sprintf("%s-%g-%d", scheme, rate, rank)
	r := results.Run{
		ID: fmt.Sprintf("%s-%d", cell, seed), Cell: cell, Experiment: "fake",
		Scheme: scheme, Powers: lora.Scheme{P: p}, Rank: rank, Alpha: 16, Gamma: 16 / math.Pow(float64(rank), p),
		Seed: seed, Optimizer: "adamw", LR: rate, Status: results.Done, Steps: f.steps,
		Axes: []grid.Coordinate{{Name: "rank", Value: fmt.Sprint(rank)}, {Name: "scaling", Value: scheme},
			{Name: "lr", Value: fmt.Sprint(rate)}, {Name: "seed", Value: fmt.Sprint(seed)}},
	}
	gain := 0.25 + 0.05*math.Log2(float64(rank))*(1-p)
	onset := 0.6 * math.Pow(float64(rank)/4, 0.5-p) * math.Exp(0.03*rng.NormFloat64())
	level := 1.9 + 0.01*rng.NormFloat64()
	for step := 0; step <= f.steps; step++ {
		t := float64(step) / float64(f.steps)
		v := metrics.NoValues()
		loss := level - gain*(1-math.Exp(-5*t))
		v[metrics.TrainLoss] = loss + 0.12*rng.NormFloat64()
		v[metrics.GradNorm] = onset * math.Exp(-t) * math.Exp(0.1*rng.NormFloat64())
		if step == 0 {
			v[metrics.GradNorm] = onset
		}
		if !f.noVal && step%max(1, f.steps/10) == 0 {
			v[metrics.ValLoss] = loss + 0.004*rng.NormFloat64()
		}
		r.Curve = append(r.Curve, metrics.Point{Step: step, Tokens: int64(step) * 1024, Values: v})
	}
	return r
}

// sweep is a small grid of both schemes.
func sweep() []results.Run {
	return fake{schemes: []string{"lora", "rslora"}, ranks: []int{4, 32, 512}, seeds: 3, steps: 20}.runs()
}

// diverge cuts the run at a step and lets its last values grow.
func diverge(r *results.Run, step int) {
	r.Status, r.Reason, r.Steps = results.Diverged, "the loss is not finite", step
	r.Curve = r.Curve[:step+1]
	for i := range r.Curve {
		left := step - i
		for _, q := range []metrics.Quantity{metrics.TrainLoss, metrics.ValLoss, metrics.GradNorm} {
			if left < 6 && i > 0 { // the onset is before anything can grow
				r.Curve[i].Values[q] *= math.Exp(float64(6-left) * 0.7)
			}
		}
	}
	r.Curve[step].Values[metrics.TrainLoss] = math.NaN()
	r.Curve[step].Values[metrics.GradNorm] = math.Inf(1)
}

// view is a view of runs without a grid.
func view(runs []results.Run) View { return NewView(analysis.Rows(runs), nil, results.Coverage{}) }

// A trial is a study as tests make it: runs without a grid, or rows that already belong to
// one.
type trial struct {
	Runs      []results.Run
	rows      []analysis.Row
	Choices   []grid.Choice
	Inference []results.Inference

	Planned, Done int
}

func (s trial) view() View {
	v := NewView(append(analysis.Rows(s.Runs), s.rows...), s.Choices, results.Coverage{})
	v.Inference = s.Inference
	return v
}

func (s trial) study() Study { return Study{View: s.view(), Planned: s.Planned, Done: s.Done} }

// figureOf is the figure with a name, which the view must have.
func figureOf(t *testing.T, name string, v View) figure.Figure {
	t.Helper()
	figures, err := Figures(v, name)
	if err != nil {
		t.Fatal(err)
	}
	return figures[0]
}
