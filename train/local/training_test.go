package local

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"ranksweep/checkpoint"
	"ranksweep/experiments"
	"ranksweep/lora"
	"ranksweep/metrics"
	"ranksweep/metrics/stats"
	"ranksweep/nn"
	"ranksweep/nn/kernel"
	"ranksweep/results"
	"ranksweep/sweep"
	"ranksweep/sweep/sweeptest"
	"ranksweep/tokenizer"
	"ranksweep/train"
)

func TestMain(m *testing.M) {
	if err := kernel.Use(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// testModel writes a small byte-level model with large random weights.
func testModel(t testing.TB) string {
	t.Helper()
	tok := tokenizer.NewByteTokenizer()
	m, err := nn.New(nn.Config{
		Vocab: tok.Vocab(), Dim: 32, Layers: 2, Heads: 2, KVHeads: 1, HeadDim: 16, Hidden: 48,
		Context: 64, NormEps: 1e-5, RopeTheta: 10000, TiedHead: true,
	})
	check(t, err)
	m.Init(rand.New(rand.NewPCG(1, 1)))
	for _, l := range m.Linears() {
		for i := range l.Weight.Data {
			l.Weight.Data[i] *= 6
		}
	}
	dir := filepath.Join(t.TempDir(), "model")
	check(t, checkpoint.Save(dir, &checkpoint.Checkpoint{Model: m, Tokenizer: tok}, checkpoint.F32))
	return dir
}

// testData writes questions and answers about sums.
func testData(t testing.TB) string {
	t.Helper()
	var lines strings.Builder
	for i := range 60 {
		fmt.Fprintf(&lines, "{\"prompt\": \"%d+%d=\", \"completion\": \"%d, I say\"}\n", i, 2*i, 3*i)
	}
	path := filepath.Join(t.TempDir(), "sums.jsonl")
	check(t, os.WriteFile(path, []byte(lines.String()), 0o666))
	return path
}

func testConfig(t testing.TB) experiments.Config {
	c := experiments.Defaults()
	c.Model, c.Data.Source = testModel(t), testData(t)
	c.Data.Validation = 6
	c.Train.LR, c.Train.Steps, c.Train.Batch, c.Train.Context = 1e-3, 12, 4, 32
	c.Measure = experiments.Measure{Every: 1, EvalEvery: 4, ProbeEvery: 5, ModulesEvery: 6, Probe: 4}
	return c
}

func trainOne(t testing.TB, c experiments.Config) train.Outcome {
	t.Helper()
	check(t, c.Validate())
	o, err := New(os.DirFS(t.TempDir())).Train(context.Background(), c, func(metrics.Point) {})
	check(t, err)
	return o
}

func statistic(t *testing.T, o train.Outcome, name string) float64 {
	t.Helper()
	s, ok := metrics.StatisticNamed(name)
	if !ok {
		t.Fatalf("no statistic %q", name)
	}
	return s.Of(o.Curve)
}

func TestTrainingLearns(t *testing.T) {
	c := testConfig(t)
	c.Train.Steps, c.Train.LR = 60, 5e-3
	o := trainOne(t, c)
	first, last := o.Curve[0].Values[metrics.ValLoss], statistic(t, o, "val_loss")
	if o.Status != results.Done || o.Steps != 60 || !(last < first-0.4) {
		t.Errorf("%s after %d steps, validation loss from %g to %g", o.Status, o.Steps, first, last)
	}
}

// TestEveryOptimizerLearns at a rate for its kind of update: in proportion to the gradient,
// of the same size for every entry, or of the same size for every singular value.
func TestEveryOptimizerLearns(t *testing.T) {
	rates := map[string]float64{"sgd": 3, "adamw": 5e-3, "adafactor": 5e-3, "lion": 2e-3, "signsgd": 2e-3,
		"muon": 5e-3, "scaled-sgd": 0.2, "scaled-adamw": 5e-3, "lora-fa-adamw": 5e-3,
		"lora-rite": 2e-3, "lora-muon": 0.1}
	for _, name := range nn.Optimizers() {
		c := testConfig(t)
		c.Train.Optimizer, c.Train.LR, c.Train.Steps = name, rates[name], 60
		if nn.NeedsFixedA(name) {
			c.Adapter.Method = lora.LoRAFAMethod
		}
		o := trainOne(t, c)
		first, last := o.Curve[0].Values[metrics.ValLoss], statistic(t, o, "val_loss")
		if o.Status != results.Done || !(last < first-0.3) {
			t.Errorf("%s: %s, validation loss from %g to %g", name, o.Status, first, last)
		}
	}
}

// TestCurveHasWhatIsDue: each quantity stands at its steps and at no others.
func TestCurveHasWhatIsDue(t *testing.T) {
	o := trainOne(t, testConfig(t))
	due := map[metrics.Quantity][]int{
		metrics.TrainLoss:     {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11},
		metrics.GradNorm:      {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11},
		metrics.ValLoss:       {0, 4, 8, 12},
		metrics.LossDrop:      {1},
		metrics.AdapterOutput: {1, 5, 10, 12},
		metrics.InputGradient: {1, 5, 10, 12},
		metrics.DeltaW:        {1, 5, 10, 12},
		metrics.StableRank:    {1, 5, 10, 12},
		metrics.MovementA:     {1, 5, 10, 12},

		metrics.LossDropActual: {1},
		metrics.MapOutput:      {1, 5, 10, 12},
	}
	for q, want := range due {
		var got []int
		for _, p := range o.Curve {
			if !math.IsNaN(p.Values[q]) {
				got = append(got, p.Step)
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s at steps %v, want %v", q.Name(), got, want)
		}
	}
	steps := map[int]int{}
	for _, p := range o.Modules {
		steps[p.Step]++
	}
	if fmt.Sprint(steps) != "map[0:14 1:14 6:14 12:14]" {
		t.Errorf("modules at steps %v, want 14 at each of 0, 1, 6 and 12", steps)
	}
	if v := o.Curve[0].Values; v[metrics.GradNormA] != 0 || v[metrics.GradNormB] == 0 {
		t.Errorf("onset gradient norms: A %g, B %g; A's must be zero as B is", v[metrics.GradNormA],
			v[metrics.GradNormB])
	}
}

// TestOnsetExponents holds a real model to the theory: ‖∇B‖ at onset goes as r^(½−p). A is
// random, so that the norm over 14 maps scatters by a few percent. Over five octaves of
// ranks that moves a slope by less than 0.05.
func TestOnsetExponents(t *testing.T) {
	c := testConfig(t)
	c.Train.Steps = 1
	for _, scaling := range []struct {
		name string
		want float64
	}{{"lora", -0.5}, {"rslora", 0}, {"constant", 0.5}, {"0.75", -0.25}} {
		check(t, c.Adapter.Scaling.UnmarshalText([]byte(scaling.name)))
		var obs []stats.Observation
		for _, c.Adapter.Rank = range []int{4, 16, 128} {
			for c.Seed = range uint64(3) {
				o := trainOne(t, c)
				obs = append(obs, stats.Observation{Rank: c.Adapter.Rank, Seed: c.Seed,
					Value: metrics.GradNormOnset.Of(o.Curve)})
			}
		}
		e, err := stats.FitExponent(obs)
		if err != nil || math.Abs(e.Value-scaling.want) > 0.05 {
			t.Errorf("%s: exponent %g, want %g (%v)", scaling.name, e.Value, scaling.want, err)
		}
	}
}

// TestAccumulationIsALargerBatch: gradients of several batches are averaged over all their
// tokens. Only the order of the sums differs; 14 maps and 12 steps amplify the difference.
func TestAccumulationIsALargerBatch(t *testing.T) {
	c := testConfig(t)
	whole := trainOne(t, c)
	c.Train.Batch, c.Train.Accumulate = 2, 2
	parts := trainOne(t, c)
	for i, p := range whole.Curve {
		a, b := p.Values[metrics.TrainLoss], parts.Curve[i].Values[metrics.TrainLoss]
		if !math.IsNaN(a) && !(math.Abs(a-b) < 1e-4*a) {
			t.Fatalf("step %d: loss %g at once, %g in parts", i, a, b)
		}
	}
	if whole.Tokens != parts.Tokens || whole.Tokens == 0 {
		t.Errorf("%d tokens at once, %d in parts", whole.Tokens, parts.Tokens)
	}
}

// TestSchemesSeeTheSameData: the first loss, before any update, is equal for all ranks and
// schemes of a seed, and differs between seeds.
func TestSchemesSeeTheSameData(t *testing.T) {
	c := testConfig(t)
	c.Train.Steps = 3
	first := func() float64 { return trainOne(t, c).Curve[0].Values[metrics.TrainLoss] }
	want := first()
	c.Adapter.Rank = 64
	check(t, c.Adapter.Scaling.UnmarshalText([]byte("rslora")))
	if got := first(); got != want {
		t.Errorf("first loss %g, with another rank and scheme %g", want, got)
	}
	c.Seed = 1
	if got := first(); got == want {
		t.Error("another seed sees the same first batch")
	}
}

// TestSettingsReachTraining: each of these changes what is learned.
func TestSettingsReachTraining(t *testing.T) {
	base := testConfig(t)
	last := func(c experiments.Config) float64 {
		v := statistic(t, trainOne(t, c), "val_loss")
		if math.IsNaN(v) {
			t.Fatal("no validation loss")
		}
		return v
	}
	want := last(base)
	if again := last(base); again != want {
		t.Fatalf("validation loss %g, then %g", want, again)
	}
	for name, change := range map[string]func(*experiments.Config){
		"rank": func(c *experiments.Config) { c.Adapter.Rank = 5 },
		"method": func(c *experiments.Config) {
			c.Adapter.Method = lora.FullMethod
			*c = experiments.Point{Config: *c}.Canonical().Config
		},
		"alpha":         func(c *experiments.Config) { c.Adapter.Alpha = 3 },
		"match_rank":    func(c *experiments.Config) { c.Adapter.Scaling.P = 0.5; c.Adapter.MatchRank = 4 },
		"init":          func(c *experiments.Config) { c.Adapter.Init = "gaussian" },
		"init exponent": func(c *experiments.Config) { c.Adapter.Scaling.Init = 0.5 },
		"targets":       func(c *experiments.Config) { c.Adapter.Targets = experiments.Targets{"attention"} },
		"dropout":       func(c *experiments.Config) { c.Adapter.Dropout = 0.2 },
		"optimizer":     func(c *experiments.Config) { c.Train.Optimizer = "adafactor" },
		"sgd":           func(c *experiments.Config) { c.Train.Optimizer = "sgd" },
		"momentum":      func(c *experiments.Config) { c.Train.Optimizer = "sgd"; c.Train.Momentum = 0.9 },
		"lr":            func(c *experiments.Config) { c.Train.LR = 2e-3 },
		"lr_a":          func(c *experiments.Config) { c.Train.LRA = 1e-2 },
		"lr_b":          func(c *experiments.Config) { c.Train.LRB = 1e-2 },
		"beta1":         func(c *experiments.Config) { c.Train.Beta1 = 0.5 },
		"beta2":         func(c *experiments.Config) { c.Train.Beta2 = 0.9 },
		"eps":           func(c *experiments.Config) { c.Train.Eps = 1e-2 },
		"weight_decay":  func(c *experiments.Config) { c.Train.WeightDecay = 1 },
		"clip":          func(c *experiments.Config) { c.Train.Optimizer = "sgd"; c.Train.Clip = 1e-3 },
		"schedule":      func(c *experiments.Config) { c.Train.Schedule = "linear" },
		"warmup":        func(c *experiments.Config) { c.Train.Warmup = 4 },
		"precision":     func(c *experiments.Config) { c.Train.Precision = experiments.BF16Precision },
		"loss":          func(c *experiments.Config) { c.Data.Loss = "all" },
		"packing":       func(c *experiments.Config) { c.Data.Packing = true },
		"seed":          func(c *experiments.Config) { c.Seed = 9 },
	} {
		c := base
		change(&c)
		if last(c) == want {
			t.Errorf("%s changes nothing", name)
		}
	}
}

// TestDivergedIsAnOutcome: training pushes logits beyond the range of float32. That ends the
// run with a reason, not with an error, and the point that shows it is kept.
func TestDivergedIsAnOutcome(t *testing.T) {
	c := testConfig(t)
	model, err := checkpoint.Load(c.Model)
	check(t, err)
	for i := range model.Model.Norm.Weight {
		model.Model.Norm.Weight[i] = 1e38
	}
	check(t, checkpoint.Save(c.Model, model, checkpoint.F32))
	o := trainOne(t, c)
	if o.Status != results.Diverged || o.Steps >= c.Train.Steps || len(o.Curve) != o.Steps+1 ||
		!strings.HasSuffix(o.Reason, fmt.Sprintf("is NaN at step %d", o.Steps)) {
		t.Errorf("%s after %d steps and %d points: %q", o.Status, o.Steps, len(o.Curve), o.Reason)
	}
}

func TestContextBeyondModelIsRefused(t *testing.T) {
	c := testConfig(t)
	c.Train.Context = 65
	_, err := New(os.DirFS(t.TempDir())).Resolve(context.Background(), c)
	if err == nil || !strings.Contains(err.Error(), "context 65: must be at most 64") {
		t.Errorf("error %v", err)
	}
}

func TestRankAboveSideWarns(t *testing.T) {
	c := testConfig(t)
	c.Adapter.Rank = 40
	m, err := New(os.DirFS(t.TempDir())).Resolve(context.Background(), c)
	check(t, err)
	if len(m.Warnings) != 1 || !strings.Contains(m.Warnings[0], "rank 40 is above the smaller side of 14 of 14") {
		t.Errorf("warnings %q", m.Warnings)
	}
}

// TestBaseWeightsUntouchedByTraining: runs share the model, so no run may write to it.
func TestBaseWeightsUntouchedByTraining(t *testing.T) {
	c := testConfig(t)
	l := New(os.DirFS(t.TempDir()))
	model, err := l.Model(c.Model)
	check(t, err)
	before := model.Model.Clone().Tensors()
	for _, c.Adapter.Rank = range []int{2, 64} {
		_, err = l.Train(context.Background(), c, func(metrics.Point) {})
		check(t, err)
	}
	for _, c.Adapter.Method = range lora.Methods() {
		c.Adapter.Rank = ranksOf(c.Adapter.Method)[1]
		_, err = l.Train(context.Background(), experiments.Point{Config: c}.Canonical().Config, func(metrics.Point) {})
		check(t, err)
	}
	for i, tensor := range model.Model.Tensors() {
		for j, v := range tensor.Data {
			if v != before[i].Data[j] {
				t.Fatalf("%s[%d] changed", tensor.Name, j)
			}
		}
	}
}

func testPlan(t testing.TB, trainer train.Trainer, model, source string) *sweep.Plan {
	t.Helper()
	file := filepath.Join(t.TempDir(), "grid.yaml")
	check(t, os.WriteFile(file, []byte(fmt.Sprintf(`
name: grid
model: %s
data: {source: %s, validation: 6}
train: {lr: 1e-3, batch: 4, context: 32, steps: 5}
measure: {modules_every: 2}
grid:
  rank: [2, 8, 40]
  scaling: [lora, rslora]
  seed: [0, 1]
`, model, source)), 0o666))
	e, err := experiments.Load(file)
	check(t, err)
	p, err := sweep.NewPlan(context.Background(), e, train.Trainers{trainer})
	check(t, err)
	return p
}

func runPlan(t testing.TB, ctx context.Context, p *sweep.Plan, trainer train.Trainer, dir string,
	workers int, o *sweeptest.Observer) error {
	t.Helper()
	s := sweep.Scheduler{Trainers: train.Trainers{trainer}, Store: results.Open(dir), Workers: workers, Memory: 1 << 30,
		Observer: o}
	return s.Run(ctx, p)
}

// TestStoreIsTheSameForAnyWorkersAndInterrupts: 1 worker, 4 workers, a sweep
// stopped twice, and two sweeps at once on one store leave the same bytes.
func TestStoreIsTheSameForAnyWorkersAndInterrupts(t *testing.T) {
	trainer := New(os.DirFS(t.TempDir()))
	p := testPlan(t, trainer, testModel(t), testData(t))
	one, four, stopped, shared := t.TempDir(), t.TempDir(), t.TempDir(), t.TempDir()
	check(t, runPlan(t, context.Background(), p, trainer, one, 1, &sweeptest.Observer{}))
	want := sweeptest.Contents(t, one)

	check(t, runPlan(t, context.Background(), p, trainer, four, 4, &sweeptest.Observer{}))
	check(t, sweeptest.SameContents(sweeptest.Contents(t, four), want))

	for _, after := range []int{9, 17} {
		ctx, cancel := context.WithCancel(context.Background())
		steps := 0
		err := runPlan(t, ctx, p, trainer, stopped, 1, &sweeptest.Observer{OnStep: func() {
			if steps++; steps == after {
				cancel()
			}
		}})
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("an interrupted sweep ends with %v", err)
		}
	}
	last := &sweeptest.Observer{}
	check(t, runPlan(t, context.Background(), p, trainer, stopped, 2, last))
	check(t, sweeptest.SameContents(sweeptest.Contents(t, stopped), want))
	if last.Skips == 0 || last.Trained+last.Skips != len(p.Jobs) {
		t.Errorf("the last of three sweeps trained %d and skipped %d of %d", last.Trained, last.Skips, len(p.Jobs))
	}

	var both sync.WaitGroup
	observers := [2]sweeptest.Observer{}
	for i := range observers {
		both.Go(func() {
			if err := runPlan(t, context.Background(), p, trainer, shared, 2, &observers[i]); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	check(t, sweeptest.SameContents(sweeptest.Contents(t, shared), want))
	if n := observers[0].Trained + observers[1].Trained; n != len(p.Jobs) {
		t.Errorf("two sweeps on one store trained %d runs, want %d, each once", n, len(p.Jobs))
	}
}

// flaky fails the first time it trains a config.
type flaky struct {
	*Trainer
	failed map[string]bool
}

func (f *flaky) Train(ctx context.Context, c experiments.Config, report func(metrics.Point)) (train.Outcome, error) {
	if key := string(c.JSON()); !f.failed[key] && c.Adapter.Rank == 8 {
		f.failed[key] = true
		return train.Outcome{}, errors.New("the disk of the model was unplugged")
	}
	return f.Trainer.Train(ctx, c, report)
}

// TestFailedIsTriedAgain: a failed run is recorded, does not stop other runs, and is trained
// again by the next sweep.
func TestFailedIsTriedAgain(t *testing.T) {
	trainer := &flaky{New(os.DirFS(t.TempDir())), map[string]bool{}}
	p := testPlan(t, trainer, testModel(t), testData(t))
	dir := t.TempDir()
	check(t, runPlan(t, context.Background(), p, trainer, dir, 1, &sweeptest.Observer{}))
	runs, problems := results.Open(dir).Runs()
	failed := 0
	for _, r := range runs {
		if r.Status == results.Failed && strings.Contains(r.Reason, "unplugged") {
			failed++
		}
	}
	if len(runs) != 12 || failed != 4 || len(problems) > 0 {
		t.Fatalf("%d runs, %d failed, problems %v; want 12 and 4", len(runs), failed, problems)
	}
	o := &sweeptest.Observer{}
	check(t, runPlan(t, context.Background(), p, trainer, dir, 1, o))
	if o.Trained != 4 || o.Skips != 8 {
		t.Errorf("the second sweep trained %d and skipped %d, want 4 and 8", o.Trained, o.Skips)
	}
}

// TestStoreFailureEndsTheSweep: if the store cannot be written, the sweep says so at once.
func TestStoreFailureEndsTheSweep(t *testing.T) {
	trainer := New(os.DirFS(t.TempDir()))
	p := testPlan(t, trainer, testModel(t), testData(t))
	file := filepath.Join(t.TempDir(), "file")
	check(t, os.WriteFile(file, nil, 0o666))
	err := runPlan(t, context.Background(), p, trainer, file, 2, &sweeptest.Observer{})
	if err == nil || errors.Is(err, context.Canceled) {
		t.Errorf("a store that is a file: %v", err)
	}
}
