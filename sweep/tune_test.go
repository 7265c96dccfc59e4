package sweep_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ranksweep/analysis"
	"ranksweep/experiments"
	"ranksweep/metrics"
	"ranksweep/results"
	"ranksweep/sweep"
	"ranksweep/sweep/sweeptest"
	"ranksweep/train"
)

// bowl is a trainer whose validation loss is a parabola over the logarithm of the
// learning rate. The best rate is 1/rank; beyond 100 times that a run diverges.
type bowl struct{ broken string } // the config whose training fails

func (bowl) Name() string { return experiments.LocalTrainer }

func (bowl) Abilities() (train.Abilities, error) {
	return train.Abilities{Optimizers: []string{"sgd", "adamw"}, Methods: []string{"lora"},
		Precisions: []string{"float32"}}, nil
}

func (bowl) Provenance() results.Provenance { return results.Provenance{Program: "bowl"} }

func (bowl) Resolve(_ context.Context, c experiments.Config) (train.Material, error) {
	return train.Material{ModelHash: "m", DataHash: "d", Cost: float64(c.Adapter.Rank), Bytes: 1}, nil
}

func (b bowl) Train(ctx context.Context, c experiments.Config, report func(metrics.Point)) (train.Outcome, error) {
	if b.broken != "" && string(c.JSON()) == b.broken {
		return train.Outcome{}, errors.New("broken")
	}
	off := math.Log10(c.Train.LR * float64(c.Adapter.Rank))
	o := train.Outcome{Status: results.Done, Steps: c.Train.Steps}
	for step := range c.Train.Steps + 1 {
		p := metrics.Point{Step: step, Values: metrics.NoValues()}
		p.Values[metrics.ValLoss] = 1 + off*off + 1e-3*float64(c.Seed%7) + c.Train.WeightDecay
		report(p)
		if ctx.Err() != nil {
			return train.Outcome{}, ctx.Err()
		}
		o.Curve = append(o.Curve, p)
	}
	if off > 2 {
		o.Status, o.Reason, o.Steps = results.Diverged, "too fast", 1
	}
	return o, nil
}

// sweepAll runs all phases of an experiment, and returns their plans.
func sweepAll(ctx context.Context, e *experiments.Experiment, t train.Trainers, dir string, workers int,
	o *sweeptest.Observer) (plans []*sweep.Plan, err error) {
	p, err := sweep.NewPlan(context.Background(), e, t)
	s := sweep.Scheduler{Trainers: t, Store: results.Open(dir), Workers: workers, Memory: 1 << 30, Observer: o}
	for err == nil && p != nil {
		plans = append(plans, p)
		if err = results.WriteGrid(p.Grid(), dir); err == nil {
			err = s.Run(ctx, p)
		}
		if err == nil {
			runs, _ := s.Store.Runs()
			p, err = p.Next(context.Background(), runs, t)
		}
	}
	return plans, err
}

// bowls is an experiment whose best rates are 1, 0.1 and 1e-4. Its grid of rates is 1e-3
// and 1e-2.
const bowls = `
name: bowls
data: a
train: {steps: 3}
grid: {rank: [1, 10, 10000], seed: [0, 1, 2]}
nuisance: {lr: [1e-3, 1e-2]}
tune: {seed: [5, 6], extend: 2}
`

// chosenRates returns the learning rates of the reported runs, by rank.
func chosenRates(t *testing.T, dir string) (rates map[int]float64, warnings map[int]string, runs []analysis.Row) {
	t.Helper()
	all, problems := results.Open(dir).Runs()
	grid, err := results.ReadGrid(dir)
	check(t, errors.Join(append(problems, err)...))
	runs, _, _ = analysis.Split(grid, all)
	rates, warnings = map[int]float64{}, map[int]string{}
	for _, r := range runs {
		if rate, ok := rates[r.Rank]; ok && rate != r.LR {
			t.Errorf("rank %d is reported at rates %g and %g", r.Rank, rate, r.LR)
		}
		rates[r.Rank], warnings[r.Rank] = r.LR, strings.Join(r.Setting.Warnings, "; ")
	}
	return rates, warnings, runs
}

func TestTuningChoosesAndExtends(t *testing.T) {
	for _, c := range []struct {
		extend   int
		phases   int
		runs     int // of all tuning
		rates    string
		doubtful string // ranks at an edge
	}{
		{0, 2, 3 * 2 * 2, "map[1:0.01 10:0.01 10000:0.001]", "[1 10 10000]"},
		// the best of rank 10 is an edge until it is passed
		{1, 3, 3 * 3 * 2, "map[1:0.1 10:0.1 10000:0.0001]", "[1 10 10000]"},
		{2, 4, 3 * 4 * 2, "map[1:1 10:0.1 10000:0.0001]", "[1]"},
		{4, 5, (3*4 + 1) * 2, "map[1:1 10:0.1 10000:0.0001]", "[]"},
	} {
		dir := t.TempDir()
		e := sweeptest.Experiment(t, bowls)
		e.Tune.Extend = c.extend
		plans, err := sweepAll(context.Background(), e, train.Trainers{bowl{}}, dir, 2, &sweeptest.Observer{})
		check(t, err)
		rates, warnings, runs := chosenRates(t, dir)
		var doubtful []int
		for _, rank := range []int{1, 10, 10000} {
			if strings.Contains(warnings[rank], "the best lr lies at the edge") {
				doubtful = append(doubtful, rank)
			}
		}
		last := plans[len(plans)-1]
		if len(plans) != c.phases || len(last.Grid().Tuning) != c.runs || len(runs) != 9 ||
			fmt.Sprint(rates) != c.rates || fmt.Sprint(doubtful) != c.doubtful {
			t.Errorf("extend %d: %d phases, %d tuning runs, %d reported, rates %v, at an edge %v\nwant %d, %d, 9, "+
				"%s, %s", c.extend,
				len(plans), len(last.Grid().Tuning), len(runs), rates, doubtful, c.phases, c.runs, c.rates, c.doubtful)
		}
	}
}

// Every run is the plain run of its config: an experiment without tuning has the same
// runs at the same rates.
func TestTunedRunsArePlainRuns(t *testing.T) {
	dir := t.TempDir()
	e := sweeptest.Experiment(t, bowls)
	_, err := sweepAll(context.Background(), e, train.Trainers{bowl{}}, dir, 1, &sweeptest.Observer{})
	check(t, err)
	o := &sweeptest.Observer{}
	plain := sweeptest.Experiment(t,
		"{name: plain, data: a, train: {steps: 3}, grid: {rank: 1, lr: [1e-3, 1e-2], seed: [5, 6]}}")
	_, err = sweepAll(context.Background(), plain, train.Trainers{bowl{}}, dir, 1, o)
	check(t, err)
	if o.Trained != 0 || o.Skips != 4 {
		t.Errorf("a plain grid of what tuning trained: %d trained, %d there already, want 0 and 4", o.Trained, o.Skips)
	}
}

// TestTunedStoreIsTheSameForAnyWorkersAndInterrupts: a sweep that is stopped in any phase
// and continued ends with the bytes of one that was not stopped.
func TestTunedStoreIsTheSameForAnyWorkersAndInterrupts(t *testing.T) {
	for name, text := range map[string]string{"one value a cell": bowls, "local grids": localBowls} {
		t.Run(name, func(t *testing.T) { checkInterrupts(t, text) })
	}
}

func checkInterrupts(t *testing.T, text string) {
	whole := t.TempDir()
	count := &sweeptest.Observer{}
	_, err := sweepAll(context.Background(), sweeptest.Experiment(t, text), train.Trainers{bowl{}}, whole, 1, count)
	check(t, err)
	want := sweeptest.Contents(t, whole)

	for _, workers := range []int{1, 4} {
		dir := t.TempDir()
		stops := 0
		for {
			ctx, cancel := context.WithCancel(context.Background())
			steps := make(chan bool, 1000)
			_, err := sweepAll(ctx, sweeptest.Experiment(t, text), train.Trainers{bowl{}}, dir, workers,
				&sweeptest.Observer{OnStep: func() {
					if steps <- true; len(steps) == 29 { // of four a run
						cancel()
					}
				}})
			cancel()
			if err == nil {
				break
			}
			if stops++; !errors.Is(err, context.Canceled) || stops > count.Trained {
				t.Fatalf("interrupted %d times, the last one with %v", stops, err)
			}
		}
		if stops < 3 {
			t.Errorf("interrupted %d times, want one a phase at least", stops)
		}
		if err := sweeptest.SameContents(sweeptest.Contents(t, dir), want); err != nil {
			t.Errorf("%d workers: %v", workers, err)
		}
	}
}

func TestFailedTuningEndsTheSweep(t *testing.T) {
	e := sweeptest.Experiment(t, bowls)
	p, err := sweep.NewPlan(context.Background(), e, train.Trainers{bowl{}})
	check(t, err)
	broken := string(p.Jobs[3].Config.JSON())
	dir := t.TempDir()
	_, err = sweepAll(context.Background(), e, train.Trainers{bowl{broken}}, dir, 1, &sweeptest.Observer{})
	if err == nil || !strings.Contains(err.Error(), "tuning runs are missing or failed") {
		t.Fatalf("error %v", err)
	}
	grid, err := results.ReadGrid(dir)
	check(t, err)
	if len(grid.Tuning) != 12 || len(grid.Runs) != 9 || grid.Runs[0].ID != "" {
		t.Errorf("grid has %d tuning runs and %d reported ones, the first %q; want 12, and 9 without ID",
			len(grid.Tuning), len(grid.Runs), grid.Runs[0].ID)
	}
	_, err = sweepAll(context.Background(), e, train.Trainers{bowl{}}, dir, 1, &sweeptest.Observer{})
	check(t, err) // mended
}

// A cell that diverges at every rate is trained at the least bad rate, and its runs say
// so.
func TestAllDivergedIsReported(t *testing.T) {
	dir := t.TempDir()
	_, err := sweepAll(context.Background(), sweeptest.Experiment(t, `
name: fast
data: a
train: {steps: 3}
grid: {rank: [1, 1000], seed: [0, 1]}
nuisance: {lr: [1, 10]}
tune: {seed: [5, 6]}
`), train.Trainers{bowl{}}, dir, 1, &sweeptest.Observer{})
	check(t, err)
	_, warnings, runs := chosenRates(t, dir)
	for _, r := range runs {
		if diverged := r.Rank == 1000; (r.Status == results.Diverged) != diverged ||
			strings.Contains(warnings[r.Rank], "under every value tried a run diverged") != diverged {
			t.Errorf("rank %d: %s, warnings %q", r.Rank, r.Status, warnings[r.Rank])
		}
	}
}

// An axis is not extended to a value that exclude forbids.
func TestExtensionEndsAtExclude(t *testing.T) {
	e := sweeptest.Experiment(t, bowls)
	e.Exclude = []experiments.Match{{{Name: "lr", Values: []any{0.1}}, {Name: "rank", Values: []any{1}}}}
	dir := t.TempDir()
	_, err := sweepAll(context.Background(), e, train.Trainers{bowl{}}, dir, 1, &sweeptest.Observer{})
	check(t, err)
	if rates, _, _ := chosenRates(t, dir); fmt.Sprint(rates) != "map[1:0.01 10:0.1 10000:0.0001]" {
		t.Errorf("rates %v", rates)
	}
}

// Two nuisance axes are combined, and each is extended at its own edge.
func TestTwoNuisanceAxes(t *testing.T) {
	e := sweeptest.Experiment(t, `
name: two
data: a
train: {steps: 1}
grid: {rank: 1}
nuisance: {lr: [1e-2, 1e-1], weight_decay: [0.01, 0.1]}
tune: {seed: 5, extend: 1}
`)
	dir := t.TempDir()
	plans, err := sweepAll(context.Background(), e, train.Trainers{bowl{}}, dir, 1, &sweeptest.Observer{})
	check(t, err)
	if n := len(plans[0].Jobs); n != 4 {
		t.Errorf("%d runs tune at first, want 4", n)
	}
	last := plans[len(plans)-1]
	if len(last.Grid().Tuning) != 9 || len(last.Jobs) != 1 ||
		last.Jobs[0].String() != "rank=1 seed=0 lr=1 weight_decay=0.001" {
		t.Errorf("%d runs tuned for %v, want 9 for lr=1 weight_decay=0.001", len(last.Grid().Tuning), last.Jobs)
	}
}

// The store's own experiment file asks for the same runs, with the same extension.
func TestResolvedTuningIsThereAlready(t *testing.T) {
	dir := t.TempDir()
	e := sweeptest.Experiment(t, bowls)
	_, err := sweepAll(context.Background(), e, train.Trainers{bowl{}}, dir, 1, &sweeptest.Observer{})
	check(t, err)
	text, err := e.Resolved()
	check(t, err)
	file := filepath.Join(t.TempDir(), "experiment.yaml")
	check(t, os.WriteFile(file, text, 0o666))
	again, err := experiments.Load(file)
	check(t, err)
	o := &sweeptest.Observer{}
	_, err = sweepAll(context.Background(), again, train.Trainers{bowl{}}, dir, 1, o)
	check(t, err)
	if o.Trained != 0 {
		t.Errorf("%d runs were trained again", o.Trained)
	}
}
