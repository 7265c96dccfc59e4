package sweep_test

import (
	"context"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"ranksweep/experiments"
	"ranksweep/metrics"
	"ranksweep/results"
	"ranksweep/sweep"
	"ranksweep/sweep/sweeptest"
	"ranksweep/train"
)

// localBowls is an experiment whose best rates are 1/3 and 1e-4. Its local grids lie
// around 1 and 1e-4, so the grids of the first rank are extended.
const localBowls = `
name: bowls
data: a
train: {steps: 3}
grid: {rank: [3, 10000], seed: [0, 1]}
nuisance: {lr: [1e-3, 1e-2]}
tune: {seed: [5, 6], extend: 2, local: 3}
`

// madeUp returns made-up results of a plan's runs. Each ends with a loss; NaN stands for
// a diverged run, infinity for a failed one.
func madeUp(p *sweep.Plan, loss func(c experiments.Config) float64) (runs []results.Run) {
	for _, j := range p.Jobs {
		r := results.Run{ID: j.ID, Seed: j.Config.Seed, Axes: j.Axes, Status: results.Done}
		v := metrics.NoValues()
		v[metrics.ValLoss] = loss(j.Config)
		switch {
		case math.IsNaN(v[metrics.ValLoss]):
			r.Status = results.Diverged
		case math.IsInf(v[metrics.ValLoss], 1):
			r.Status = results.Failed
		}
		r.Curve = []metrics.Point{{Step: 1, Values: v}}
		runs = append(runs, r)
	}
	return runs
}

// ratesOf returns the learning rates of a plan's runs of one rank and seed, in rising
// order.
func ratesOf(p *sweep.Plan, rank int, seed uint64) string {
	var rates []float64
	for _, j := range p.Jobs {
		if j.Config.Adapter.Rank == rank && j.Config.Seed == seed {
			rates = append(rates, j.Config.Train.LR)
		}
	}
	slices.Sort(rates)
	return fmt.Sprint(rates)
}

// TestLocalPhases holds each phase to the rates that it trains. Tuning chooses 1e-3 for
// ranks 4 and 8, and rank 8 stays there.
func TestLocalPhases(t *testing.T) {
	lowestAt := func(rate float64) func(experiments.Config) float64 {
		return func(c experiments.Config) float64 { return 1 + math.Pow(math.Log(c.Train.LR/rate), 2) }
	}
	spoilt := func(spoilt float64, seed uint64, as float64) func(experiments.Config) float64 {
		return func(c experiments.Config) float64 {
			if c.Train.LR == spoilt && c.Seed == seed {
				return as
			}
			return lowestAt(1)(c)
		}
	}
	const (
		first = "[0.000707 0.001 0.00141]"
		above = "[0.000707 0.001 0.00141 0.002]"
		below = "[0.0005 0.000707 0.001 0.00141]"
	)
	for _, c := range []struct {
		name   string
		loss   func(experiments.Config) float64 // of the seeds that are reported, at rank 4
		phases []string                         // rates of each
	}{
		{"centre", lowestAt(1.1e-3), []string{first}},
		{"at the upper edge, once", lowestAt(1.6e-3), []string{first, above}},
		{"at the upper edge, as often as it goes on", lowestAt(1),
			[]string{first, above, "[0.000707 0.001 0.00141 0.002 0.00283]"}},
		{"at the lower edge", lowestAt(1e-5), []string{first, below, "[0.000354 0.0005 0.000707 0.001 0.00141]"}},
		{"a run at the edge diverged", spoilt(1.41e-3, 1, math.NaN()), []string{first}},
		{"one beyond it diverged", spoilt(2e-3, 0, math.NaN()), []string{first, above}},
		{"a run failed", spoilt(1e-3, 0, math.Inf(1)), []string{first}},
		// 1.41e-3 is best of seed 0, and 1e-3 in the mean
		{"by the mean over seeds", func(c experiments.Config) float64 {
			return lowestAt([]float64{1.3e-3, 0.8e-3}[c.Seed])(c)
		}, []string{first}},
	} {
		loss := func(conf experiments.Config) float64 {
			if conf.Adapter.Rank == 4 && conf.Seed < 2 {
				return c.loss(conf)
			}
			return lowestAt(1e-3)(conf)
		}
		e := sweeptest.Experiment(t, `
name: local
data: a
grid: {rank: [4, 8], seed: [0, 1]}
nuisance: {lr: [1e-3, 1e-2]}
tune: {seed: 5, extend: 0, local: 3}
`)
		p, err := sweep.NewPlan(context.Background(), e, train.Trainers{bowl{}})
		check(t, err)
		if n := len(p.Follow); n != 3*4 || p.Grid().Len() != n+4 ||
			!strings.Contains(p.Phase(), "runs that follow: at least 12") {
			t.Errorf("%s: %d runs follow, %q; want 12", c.name, n, p.Phase())
		}
		runs := madeUp(p, loss)
		var phases []string
		for i := 0; ; i++ {
			next, err := p.Next(context.Background(), runs, train.Trainers{bowl{}})
			check(t, err)
			again, err := p.Next(context.Background(), slices.Clone(runs), train.Trainers{bowl{}})
			check(t, err)
			if !reflect.DeepEqual(next, again) {
				t.Fatalf("%s: of the same results another phase follows", c.name)
			}
			if p = next; p == nil {
				break
			}
			if ratesOf(p, 4, 0) != ratesOf(p, 4, 1) || ratesOf(p, 8, 1) != first || ratesOf(p, 4, 5) != "[]" {
				t.Errorf("%s: phase %d has rank 4 at %s and %s, rank 8 at %s",
					c.name, i, ratesOf(p, 4, 0), ratesOf(p, 4, 1), ratesOf(p, 8, 1))
			}
			want := "local grids: 12 runs, at 3 values of lr around the value chosen for each cell"
			if i > 0 {
				want = "local grids: 2 more runs, beyond the edges at which cells are best"
			}
			if p.Phase() != want || p.Tunes() || len(p.Grid().Tuning) != 4 || !p.Grid().Local {
				t.Errorf("%s: phase %d is %q with %d runs of tuning", c.name, i, p.Phase(), len(p.Grid().Tuning))
			}
			phases = append(phases, ratesOf(p, 4, 0))
			runs = append(runs, madeUp(p, loss)...)
		}
		if !slices.Equal(phases, c.phases) {
			t.Errorf("%s:\ngot  %q\nwant %q", c.name, phases, c.phases)
		}
	}
}

// Every run of a local grid is the plain run of its config.
func TestLocalRunsArePlainRuns(t *testing.T) {
	dir := t.TempDir()
	plans, err := sweepAll(context.Background(), sweeptest.Experiment(t, localBowls), train.Trainers{bowl{}}, dir, 2,
		&sweeptest.Observer{})
	check(t, err)
	last := plans[len(plans)-1]
	if got := ratesOf(last, 3, 1); got != "[0.25 0.354 0.5 0.707 1 1.41]" {
		t.Errorf("rank 3 has rates %s", got)
	}
	o := &sweeptest.Observer{}
	_, err = sweepAll(context.Background(), sweeptest.Experiment(t, `
name: plain
data: a
train: {steps: 3}
grid: {rank: 3, lr: [0.25, 0.354, 0.5, 0.707, 1, 1.41], seed: [0, 1]}
`), train.Trainers{bowl{}}, dir, 1, o)
	check(t, err)
	if o.Trained != 0 || o.Skips != 12 {
		t.Errorf("a plain grid of the same: %d trained, %d there already, want 0 and 12", o.Trained, o.Skips)
	}
}

// A local grid is not extended to a value that exclude forbids.
func TestLocalGridEndsAtExclude(t *testing.T) {
	e := sweeptest.Experiment(t, localBowls)
	e.Exclude = []experiments.Match{{{Name: "lr", Values: []any{0.5}}}}
	plans, err := sweepAll(context.Background(), e, train.Trainers{bowl{}}, t.TempDir(), 1, &sweeptest.Observer{})
	check(t, err)
	if got := ratesOf(plans[len(plans)-1], 3, 0); got != "[0.707 1 1.41]" {
		t.Errorf("rank 3 has rates %s", got)
	}
}

// A store that lost runs of its tuning has no middles for local grids.
func TestLocalGridsNeedTheirTuning(t *testing.T) {
	dir := t.TempDir()
	plans, err := sweepAll(context.Background(), sweeptest.Experiment(t, localBowls), train.Trainers{bowl{}}, dir, 1,
		&sweeptest.Observer{})
	check(t, err)
	p := plans[len(plans)-1]
	_, err = p.Next(context.Background(), madeUp(p, func(experiments.Config) float64 { return 1 }),
		train.Trainers{bowl{}})
	if err == nil ||
		err.Error() != "experiments: bowls: no nuisance values can be chosen, since tuning runs are "+
			"missing or failed: "+
			"run the same command again" {
		t.Errorf("error %v", err)
	}
}
