package local

import (
	"context"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"ranksweep/checkpoint"
	"ranksweep/data"
	"ranksweep/experiments"
	"ranksweep/lora"
	"ranksweep/metrics"
	"ranksweep/nn"
	"ranksweep/results"
	"ranksweep/sweep"
	"ranksweep/sweep/sweeptest"
	"ranksweep/theory"
	"ranksweep/train"
)

// fullConfig returns the config of a run that trains the weights themselves.
func fullConfig(t testing.TB) experiments.Config {
	c := testConfig(t)
	c.Adapter.Method = lora.FullMethod
	return experiments.Point{Config: c}.Canonical().Config
}

// TestFullIsPlainTraining holds a run to its naive twin: a copy of the model and a pass that
// computes the gradients of all weights, of which the optimizer updates the targets alone.
// Both compute the same products, so that losses are equal to the bit.
func TestFullIsPlainTraining(t *testing.T) {
	for _, optimizer := range []string{"sgd", "adamw"} {
		c := fullConfig(t)
		c.Train.Optimizer, c.Train.WeightDecay, c.Train.Clip = optimizer, 0.01, 1
		c.Adapter.Targets = experiments.Targets{"down_proj", "q_proj"}
		if optimizer == "sgd" {
			c.Train.LR = 0.3
		}
		o := trainOne(t, c)
		var losses []float64
		for _, p := range o.Curve[:c.Train.Steps] {
			losses = append(losses, p.Values[metrics.TrainLoss])
		}
		if want := plainLosses(t, c); !slices.Equal(losses, want) || !(want[len(want)-1] < want[0]) {
			t.Errorf("%s: losses\n%v, trained plainly\n%v", optimizer, losses, want)
		}
	}
}

// plainLosses returns the losses of the naive twin's steps.
func plainLosses(t *testing.T, c experiments.Config) (losses []float64) {
	t.Helper()
	base, err := checkpoint.Load(c.Model)
	check(t, err)
	_, _, d, err := New(os.DirFS(t.TempDir())).material(context.Background(), c)
	check(t, err)
	pass, err := nn.NewFullPass(base.Model, c.PassTokens())
	check(t, err)
	all := pass.Params()
	targets := slices.DeleteFunc(slices.Clone(all), func(p nn.Param) bool {
		return !strings.HasSuffix(p.Module, "down_proj") && !strings.HasSuffix(p.Module, "q_proj")
	})
	opt, err := nn.NewOptimizer(c.Train.OptimizerConfig(), targets)
	check(t, err)
	sampler, batch := data.NewSampler(new(nn.Arena), d.Train, c.Seed), new(nn.Batch)
	for step := range c.Train.Steps {
		sampler.Batch(batch, step, c.Train.Batch)
		for _, p := range all {
			clear(p.Grad)
		}
		sum, err := pass.Gradient(batch, 1/float32(batch.Scored()))
		check(t, err)
		losses = append(losses, sum/float64(batch.Scored()))
		nn.ClipGlobalNorm(targets, c.Train.Clip)
		opt.Step(nn.UniformRate(c.Train.LR))
	}
	return losses
}

// TestFullIsMeasured: exactly the quantities that need no rank are measured. The loss falls
// as its first order predicts; the learning rate is so small that the second order is a few
// percent of the first.
func TestFullIsMeasured(t *testing.T) {
	c := fullConfig(t)
	c.Train.Optimizer, c.Train.LR, c.Measure.Theory = "sgd", 1e-3, true
	o := trainOne(t, c)
	onset, first := o.Curve[0].Values, o.Curve[1].Values
	norm := onset[metrics.GradNorm]
	if want := c.Train.LR * norm * norm; math.Abs(first[metrics.LossDrop]-want) > 1e-2*want {
		t.Errorf("loss drop %g, want %g, the rate times the square of the gradient", first[metrics.LossDrop], want)
	}
	if want := c.Train.LR * norm; math.Abs(first[metrics.DeltaW]-want) > 1e-2*want {
		t.Errorf("first weight update %g, want %g, the rate times the gradient", first[metrics.DeltaW], want)
	}
	for _, q := range []metrics.Quantity{metrics.GradNorm, metrics.GradRMS} {
		if !(onset[q] > 0) {
			t.Errorf("%s is %g", q.Name(), onset[q])
		}
	}
	for _, q := range []metrics.Quantity{metrics.AdapterOutput, metrics.InputGradient, metrics.StableRank} {
		if !(first[q] > 0) || !(o.Modules[len(o.Modules)-1].Values[q] > 0) {
			t.Errorf("%s is %g, and %g of a map", q.Name(), first[q], o.Modules[len(o.Modules)-1].Values[q])
		}
	}
	absent := []metrics.Quantity{
		metrics.GradNormA, metrics.GradNormB, metrics.GradRMSA, metrics.GradRMSB, metrics.MovementA,
	}
	for _, p := range slices.Concat(o.Curve, o.Modules) {
		for _, q := range absent {
			if !math.IsNaN(p.Values[q]) {
				t.Fatalf("%s is %g: there is no A and no B", q.Name(), p.Values[q])
			}
		}
	}
	if len(o.Expected) > 0 || beyondTheory(c, o.Curve) != "method full has no rank" || len(o.Adapters) > 0 {
		t.Errorf("%d adapters, expected %v, beyond theory: %q", len(o.Adapters), o.Expected, beyondTheory(c, o.Curve))
	}
}

// fullGrid is a small grid of both methods.
const fullGrid = `
grid: {method: [lora, full], rank: [4, 32, 256], scaling: [lora, rslora], seed: [0, 1]}
`

// TestRanklessIsTuned: a method without a rank is tuned along the nuisance axes that it uses.
func TestRanklessIsTuned(t *testing.T) {
	e := sweeptest.Experiment(t,
		"name: x\ndata: d.txt\n"+fullGrid+"nuisance: {lr: [1e-3, 1e-2], lr_b: [0, 0.1]}\ntune: {seed: [7]}")
	c := testConfig(t)
	c.Adapter, c.Train.LRB = e.Base.Adapter, 0
	e.Base = c
	l := New(os.DirFS(t.TempDir()))
	p, err := sweep.NewPlan(context.Background(), e, train.Trainers{l})
	check(t, err)
	if len(p.Jobs) != 2*3*4+2 || len(p.Follow) != 2*3*2+2 {
		t.Fatalf("%d jobs tune and %d follow", len(p.Jobs), len(p.Follow))
	}
	var runs []results.Run
	for _, j := range p.Jobs {
		v := metrics.NoValues()
		v[metrics.ValLoss] = j.Config.Train.LR
		runs = append(runs, results.Run{
			ID: j.ID, Axes: j.Axes, Seed: 7, Status: results.Done, Curve: []metrics.Point{{Values: v}},
		})
	}
	next, err := p.Next(context.Background(), runs, train.Trainers{l})
	check(t, err)
	var full []string
	for _, j := range next.Jobs {
		if !j.Config.Adapter.Ranked() {
			full = append(full, j.Point.String())
		}
	}
	want := []string{
		"method=full rank=0 scaling=full seed=0 lr=0.001", "method=full rank=0 scaling=full seed=1 lr=0.001",
	}
	if !slices.Equal(full, want) || len(next.Jobs) != 14 {
		t.Errorf("%d runs are reported, of full %q", len(next.Jobs), full)
	}
}

// TestFullIsAnotherRunAndFunction: full fine-tuning shares no ID with another method, and
// another rate or other data give another function.
func TestFullIsAnotherRunAndFunction(t *testing.T) {
	c := fullConfig(t)
	seen := map[string]string{}
	for name, change := range map[string]func(*experiments.Config){
		"full":    func(*experiments.Config) {},
		"lora":    func(c *experiments.Config) { c.Adapter.Method, c.Adapter.Rank = lora.DefaultMethod, 4 },
		"lr":      func(c *experiments.Config) { c.Train.LR *= 2 },
		"targets": func(c *experiments.Config) { c.Adapter.Targets = experiments.Targets{"mlp"} },
	} {
		d := c
		change(&d)
		for _, id := range []string{d.ID("m", "d", 1), d.TwinID("m", "d", 1)} {
			if seen[id] != "" {
				t.Errorf("%s and %s are one", name, seen[id])
			}
			seen[id] = name
		}
	}
	back, err := experiments.ConfigOf("", c.JSON())
	check(t, err)
	if back.ID("m", "d", 1) != c.ID("m", "d", 1) {
		t.Errorf("read back as %+v", back)
	}
}

// TestMethodsAreTheSameForAnyWorkers, and are trained again from their records.
func TestMethodsAreTheSameForAnyWorkers(t *testing.T) {
	trainer := New(os.DirFS(t.TempDir()))
	e := sweeptest.Experiment(t, "name: x\ndata: d.txt\ngrid: "+
		"{method: ["+strings.Join(lora.Methods(), ", ")+"], rank: [2, 8], seed: [0, 1]}")
	c := testConfig(t)
	c.Adapter = e.Base.Adapter
	e.Base = c
	p, err := sweep.NewPlan(context.Background(), e, train.Trainers{trainer})
	check(t, err)
	one, four := t.TempDir(), t.TempDir()
	check(t, runPlan(t, context.Background(), p, trainer, one, 1, &sweeptest.Observer{}))
	check(t, runPlan(t, context.Background(), p, trainer, four, 4, &sweeptest.Observer{}))
	check(t, sweeptest.SameContents(sweeptest.Contents(t, four), sweeptest.Contents(t, one)))
	runs, _ := results.Open(one).Runs()
	i := slices.IndexFunc(runs, func(r results.Run) bool { return r.Scheme == lora.FullMethod })
	if i < 0 || runs[i].Rank != 0 || runs[i].Gamma != 1 || len(runs) != 4*len(lora.Methods())-2 {
		t.Fatalf("%d runs, full is number %d of them", len(runs), i)
	}
	for _, r := range runs {
		_, err = sweep.Again(context.Background(), r, train.Trainers{trainer})
		check(t, err)
	}
}

// TestAddendsAreMeasured: a method that adds another matrix than γBA has every quantity of A and B,
// and the loss falls as its first order predicts, at a learning rate as small as that of
// [TestFullIsMeasured]. Theory expects nothing of it.
func TestAddendsAreMeasured(t *testing.T) {
	for _, name := range lora.Methods() {
		c := testConfig(t)
		c.Adapter.Method, c.Adapter.Rank = name, 4
		c = experiments.Point{Config: c}.Canonical().Config
		if c.Adapter.Has(lora.Halves) || !c.Adapter.Ranked() {
			continue
		}
		c.Train.Optimizer, c.Train.LR, c.Measure.Theory = "sgd", 1e-3, true
		o := trainOne(t, c)
		first := o.Curve[1].Values
		if drop, actual := first[metrics.LossDrop], first[metrics.LossDropActual]; !(drop > 0) ||
			math.Abs(drop-actual) > 0.1*drop+1e-5 {
			t.Errorf("%s: loss drop %g, in fact %g", name, drop, actual)
		}
		for _, p := range [][]metrics.Point{o.Curve[1:], o.Modules} {
			last := p[len(p)-1].Values
			for _, q := range []metrics.Quantity{metrics.AdapterOutput, metrics.InputGradient, metrics.StableRank,
				metrics.DeltaW, metrics.MovementA, metrics.MapOutput} {
				if !(last[q] >= 0) {
					t.Errorf("%s: %s is %g", name, q.Name(), last[q])
				}
			}
		}
		if onset := o.Curve[0].Values; !(onset[metrics.GradNormB] > 0) || !(onset[metrics.GradNorm] > 0) {
			t.Errorf("%s: gradient norms %g and, of B, %g", name, onset[metrics.GradNorm], onset[metrics.GradNormB])
		}
		laws, own := theory.LawsOf(name)
		if valued := laws.GradNorm.HasExpected(); valued != (len(o.Expected) > 0) {
			t.Errorf("%s: expected %v, has exact values %t", name, o.Expected, valued)
		}
		if strings.HasPrefix(beyondTheory(c, o.Curve), "method "+name) == own ||
			len(o.Adapters) > 0 != c.Adapter.Has(lora.HandsOut) {
			t.Errorf("%s: %d adapters, beyond theory: %q", name, len(o.Adapters), beyondTheory(c, o.Curve))
		}
	}
}

// TestRankAboveSideIsRefused: where the experiment sets the rank is said beside what it can be.
func TestRankAboveSideIsRefused(t *testing.T) {
	e := sweeptest.Experiment(t, "name: x\ndata: d.txt\ngrid: {method: [lora, pissa], rank: [4, 64]}")
	c := testConfig(t)
	c.Adapter = e.Base.Adapter
	e.Base = c
	_, err := sweep.NewPlan(context.Background(), e, train.Trainers{New(os.DirFS(t.TempDir()))})
	if err == nil || !strings.Contains(err.Error(), ":3: ") ||
		!strings.Contains(err.Error(), "lora: rank 64: must be at most 32, the smaller side of") {
		t.Errorf("error %v", err)
	}
}
