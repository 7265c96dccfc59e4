package peft

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"ranksweep/checkpoint"
	"ranksweep/experiments"
	"ranksweep/lora"
	"ranksweep/lora/peft/pefttest"
	"ranksweep/metrics"
	"ranksweep/nn"
	"ranksweep/nn/kernel"
	"ranksweep/results"
	"ranksweep/train"
	"ranksweep/train/external"
	"ranksweep/train/local"
)

func TestMain(m *testing.M) {
	if err := kernel.Use(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// both are the two trainers.
type both struct {
	here  *local.Trainer
	there *external.Trainer
}

func newBoth(t testing.TB) both {
	t.Helper()
	path := pefttest.Python(t)
	b := both{here: local.New(os.DirFS(t.TempDir()))}
	devices := slices.Repeat([]string{external.CPU}, runtime.GOMAXPROCS(0))
	b.there = external.New(t.Context(), Program(path), local.New(os.DirFS(t.TempDir())), devices)
	b.there.Keep = true
	t.Cleanup(func() { check(t, b.there.Close()) })
	return b
}

// methods are those that trainer peft has.
func (b both) methods(t testing.TB) []string {
	t.Helper()
	able, err := b.there.Abilities()
	check(t, err)
	return able.Methods
}

// goldens has tiny models of every architecture, with one token for each letter.
const goldens = "../../../lora/peft/testdata"

func models(t testing.TB) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(goldens, "*/model.safetensors"))
	check(t, err)
	if len(found) < 12 {
		t.Fatalf("%s has %d models, want 12", goldens, len(found))
	}
	for i, file := range found {
		found[i] = filepath.Dir(file)
	}
	return found
}

// config is a run of ten steps with everything measured at every step.
func config(model, source string) experiments.Config {
	c := experiments.Defaults()
	c.Model, c.Data.Source, c.Data.Validation = model, source, 5
	c.Adapter.Rank, c.Adapter.Alpha = 4, 8
	c.Train.LR, c.Train.Steps, c.Train.Batch, c.Train.Accumulate, c.Train.Context = 1e-3, 10, 3, 2, 32
	c.Measure = experiments.Measure{Every: 1, EvalEvery: 2, ProbeEvery: 1, ModulesEvery: 1, Probe: 4}
	return c
}

// of sets the optimizer with its customary settings, and a rate at which ten steps do not
// diverge.
func of(c experiments.Config, name string) experiments.Config {
	o, err := nn.DefaultOptimizer(name)
	if err != nil {
		panic(err)
	}
	rates := map[string]float64{"sgd": 0.05, "adamw": 1e-3, "adafactor": 1e-3, "lion": 5e-4,
		"signsgd": 5e-4, "muon": 2e-3, "scaled-sgd": 0.01, "scaled-adamw": 1e-3, "lora-rite": 1e-4,
		"lora-muon": 5e-3}
	c.Train.Optimizer, c.Train.LR = name, rates[name]
	c.Train.Momentum, c.Train.Beta1, c.Train.Beta2, c.Train.Eps = o.Momentum, o.Beta1, o.Beta2, o.Eps
	if o.Damping != 0 {
		c.Train.Damping = o.Damping
	}
	return c
}

// signLike are the optimizers whose updates depend on the signs of tiny gradients, or whose
// iterations do not converge, so that rounding grows from step to step.
var signLike = []string{"lion", "signsgd", "muon"}

// The largest relative differences. Loose are those of two quantities:
//   - stable rank, since each side ends its iteration once a round changes it by less than
//     1e-4, and rounding decides which round that is;
//   - the movement of A of a single map, since AdamW's first steps are nearly signs: an entry
//     of A whose gradient is mostly rounding moves its whole step either way, and a map here
//     has as few as 64 entries.
const (
	lossTolerance  = 1e-5
	sizeTolerance  = 1e-4
	looseTolerance = 1e-3
)

// farthest is the largest difference of a comparison, and what differs so.
type farthest struct {
	by   float64
	what string
}

func (f *farthest) see(by float64, what string) {
	if by > f.by {
		*f = farthest{by, what}
	}
}

func (f farthest) String() string { return fmt.Sprintf("%.1e (%s)", f.by, f.what) }

// distances are the largest differences of losses, of norms and sizes, and of those that are
// held to a loose tolerance.
type distances struct{ losses, sizes, loose farthest }

func (d distances) String() string {
	return fmt.Sprintf("losses %s, sizes %s, loosely %s", d.losses, d.sizes, d.loose)
}

func (d *distances) join(o distances) {
	d.losses.see(o.losses.by, o.losses.what)
	d.sizes.see(o.sizes.by, o.sizes.what)
	d.loose.see(o.loose.by, o.loose.what)
}

// of returns where a quantity's differences are kept, and the tolerance that it is held to.
func (d *distances) of(q metrics.Quantity, module string) (seen *farthest, tolerance float64) {
	switch {
	case q == metrics.TrainLoss, q == metrics.ValLoss, q == metrics.LossDropActual:
		return &d.losses, lossTolerance
	case q == metrics.StableRank, q == metrics.MovementA && module != "":
		return &d.loose, looseTolerance
	}
	return &d.sizes, sizeTolerance
}

// compare trains a config by both trainers, and holds every number of every step of one to
// the other; of sign-like optimizers up to step 1.
func (b both) compare(t *testing.T, c experiments.Config) distances {
	t.Helper()
	got, want := b.outcomes(t, c)
	if slices.Contains(signLike, c.Train.Optimizer) {
		all := curves(t, got.Curve, want.Curve, 1)
		all.join(curves(t, got.Modules, want.Modules, 1))
		return all
	}
	all := curves(t, got.Curve, want.Curve, c.Train.Steps)
	all.join(curves(t, got.Modules, want.Modules, c.Train.Steps))
	b.adapters(t, got, want)
	b.validation(t, got.Validation, want.Validation)
	return all
}

// outcomes trains a config by both trainers.
func (b both) outcomes(t *testing.T, c experiments.Config) (got, want train.Outcome) {
	t.Helper()
	check(t, c.Validate())
	_, err := train.Trainers{b.there}.Resolve(t.Context(), withTrainer(c))
	check(t, err)
	ignore := func(metrics.Point) {}
	want, err = b.here.Train(t.Context(), c, ignore)
	check(t, err)
	got, err = b.there.Train(t.Context(), c, ignore)
	check(t, err)
	if got.Status != want.Status || got.Steps != want.Steps || got.Tokens != want.Tokens {
		t.Errorf("%s after %d steps and %d tokens, want %s, %d, %d", got.Status, got.Steps, got.Tokens, want.Status,
			want.Steps, want.Tokens)
	}
	return got, want
}

// curves compares points up to a step.
func curves(t *testing.T, got, want []metrics.Point, last int) (all distances) {
	t.Helper()
	if len(got) != len(want) || len(got) == 0 {
		t.Fatalf("%d points, want %d", len(got), len(want))
	}
	for i, p := range got {
		all.join(point(t, p, want[i], last))
	}
	return all
}

func withTrainer(c experiments.Config) experiments.Config {
	c.Trainer = Name
	return c
}

func point(t *testing.T, got, want metrics.Point, last int) (all distances) {
	t.Helper()
	if got.Step != want.Step || got.Tokens != want.Tokens || got.Module != want.Module {
		t.Fatalf("point %+v, want %+v", got, want)
	}
	if got.Step > last {
		return all
	}
	for _, q := range metrics.Quantities() {
		x, y := got.Values[q], want.Values[q]
		if math.IsNaN(x) != math.IsNaN(y) {
			t.Errorf("step %d %s: %s is %g, want %g", got.Step, got.Module, q.Name(), x, y)
			continue
		}
		if math.IsNaN(x) || x == y {
			continue
		}
		scale := math.Abs(y)
		if q == metrics.LossDropActual {
			scale = 1 // the drop is a difference of two losses of some nats
		}
		d := math.Abs(x-y) / scale
		seen, tolerance := all.of(q, got.Module)
		seen.see(d, q.Name())
		if !(d <= tolerance) {
			t.Errorf("step %d %s: %s is %.9g, want %.9g: %.1e off", got.Step, got.Module, q.Name(), x, y, d)
		}
	}
	return all
}

func (b both) validation(t *testing.T, got, want []results.ValidationBatch) {
	t.Helper()
	for i, w := range want {
		d := math.Abs(got[i].Nats-w.Nats) / w.Nats
		if got[i].Scored != w.Scored || !(d <= lossTolerance) {
			t.Errorf("validation batch %d: %+v, want %+v", i, got[i], w)
		}
	}
}

// adapters holds trained adapters to each other: each factor by the norm of its difference.
func (b both) adapters(t *testing.T, got, want train.Outcome) {
	t.Helper()
	if len(got.Adapters) != len(want.Adapters) {
		t.Fatalf("%d adapters, want %d", len(got.Adapters), len(want.Adapters))
	}
	for i, w := range want.Adapters {
		g := got.Adapters[i]
		if g.Module != w.Module || g.Gamma != w.Gamma {
			t.Errorf("adapter %s with γ %g, want %s, %g", g.Module, g.Gamma, w.Module, w.Gamma)
		}
		for _, f := range [][2][]float32{{g.A.Data, w.A.Data}, {g.B.Data, w.B.Data}, {g.Magnitude, w.Magnitude}} {
			if d := apart(f[0], f[1]); !(d <= 1e-3) {
				t.Errorf("%s: a factor is %.1e off", w.Module, d)
			}
		}
	}
}

func apart(x, y []float32) float64 {
	var diff, norm float64
	for i, v := range y {
		diff += math.Pow(float64(x[i])-float64(v), 2)
		norm += float64(v) * float64(v)
	}
	if norm == 0 {
		return diff
	}
	return math.Sqrt(diff / norm)
}

// TestArchitectures: on every architecture, every method on every set of targets measures
// what the trainer in this process measures.
func TestArchitectures(t *testing.T) {
	b, source := newBoth(t), pefttest.Letters(t, 40)
	for _, model := range models(t) {
		t.Run(filepath.Base(model), func(t *testing.T) {
			var all distances
			for _, method := range b.methods(t) {
				for _, targets := range []string{"all-linear", "attention", "mlp"} {
					c := config(model, source)
					c.Adapter.Method, c.Adapter.Targets = method, experiments.Targets{targets}
					c = experiments.Point{Config: c}.Canonical().Config
					t.Run(method+" "+targets, func(t *testing.T) { all.join(b.compare(t, c)) })
				}
			}
			t.Logf("largest differences: %s", all)
		})
	}
}

// TestOptimizers: every optimizer, with every setting that it has, trains what ours trains,
// adapters and whole maps alike.
func TestOptimizers(t *testing.T) {
	b, source := newBoth(t), pefttest.Letters(t, 40)
	for _, name := range nn.Optimizers() {
		for _, method := range b.methods(t) {
			for setting, change := range map[string]func(*experiments.Train){
				"plain": func(*experiments.Train) {},
				// So large that what float32 rounds of 1 − lr·λ is below the tolerance, where A moves by that alone.
				"decay":  func(c *experiments.Train) { c.WeightDecay = 1 },
				"clip":   func(c *experiments.Train) { c.Clip = 0.1 },
				"noeps":  func(c *experiments.Train) { c.Eps = 0 },
				"cosine": func(c *experiments.Train) { c.Schedule, c.Warmup = "cosine", 3 },
				"linear": func(c *experiments.Train) { c.Schedule = "linear" },
				"momentum": func(c *experiments.Train) {
					if c.Optimizer == "sgd" || c.Optimizer == "scaled-sgd" {
						c.Momentum = 0.9
					}
				},
			} {
				// GPT-2's maps are (in, out), of different widths.
				c := of(config(filepath.Join(goldens, "gpt2"), source), name)
				c.Adapter.Method = method
				c = experiments.Point{Config: c}.Canonical().Config
				plain := c.Train
				change(&c.Train)
				if setting != "plain" && c.Train == plain || c.Validate() != nil {
					continue // the setting changes nothing, or the optimizer trains no such method
				}
				t.Run(strings.Join([]string{name, method, setting}, " "), func(t *testing.T) {
					t.Logf("largest differences: %s", b.compare(t, c))
				})
			}
		}
	}
}

// TestSchemes: γ, first factors and learning rates of A and B are the scheme's.
func TestSchemes(t *testing.T) {
	b, source := newBoth(t), pefttest.Letters(t, 40)
	for _, text := range append(lora.SchemeNames(), "p=0.75", "rslora,zero=a", "lora,init=0.5",
		"rslora,lr_a=0.5,lr_b=-0.5,ratio=4") {
		for _, method := range []string{lora.DefaultMethod, lora.DoRAMethod} {
			t.Run(text+" "+method, func(t *testing.T) {
				scheme, err := lora.ParseScheme(text)
				check(t, err)
				c := config(filepath.Join(goldens, "llama"), source)
				c.Adapter.Scaling, c.Adapter.Method, c.Adapter.Rank = scheme, method, 6
				c.Train.LRB = 2e-3
				t.Logf("largest differences: %s", b.compare(t, c))
			})
		}
	}
	for _, init := range lora.InitKinds {
		t.Run("init "+string(init), func(t *testing.T) {
			c := config(filepath.Join(goldens, "llama"), source)
			c.Adapter.Init, c.Adapter.MatchRank, c.Adapter.Fresh, c.Seed = string(init), 2, true, 3
			b.compare(t, c)
		})
	}
}

// TestMeasuredWhenDue: a quantity is there at its own steps alone, also without a validation
// set and without single maps.
func TestMeasuredWhenDue(t *testing.T) {
	b, source := newBoth(t), pefttest.Letters(t, 40)
	c := config(filepath.Join(goldens, "qwen2"), source)
	c.Measure = experiments.Measure{Every: 4, EvalEvery: 3, ProbeEvery: 5, ModulesEvery: 7, Probe: 2}
	b.compare(t, c)
	c.Data.Validation, c.Measure.ProbeEvery, c.Measure.EvalEvery = 0, 0, 0
	b.compare(t, c)
}

// TestAgainIsTheSame: on one CPU, with the same versions and threads, a run trained again has
// the same numbers to the bit.
func TestAgainIsTheSame(t *testing.T) {
	b := newBoth(t)
	c := config(filepath.Join(goldens, "llama"), pefttest.Letters(t, 40))
	first, err := b.there.Train(t.Context(), c, func(metrics.Point) {})
	check(t, err)
	again, err := b.there.Train(t.Context(), c, func(metrics.Point) {})
	check(t, err)
	d := results.Difference(results.Run{Curve: first.Curve, Modules: first.Modules},
		results.Run{Curve: again.Curve, Modules: again.Modules})
	if d != "" {
		t.Errorf("trained again: %s", d)
	}
}

// TestDivergenceIsAnOutcome: a run that diverges ends where ours does, with the same reason,
// and the process goes on.
func TestDivergenceIsAnOutcome(t *testing.T) {
	b, source := newBoth(t), pefttest.Letters(t, 40)
	c := config(filepath.Join(goldens, "llama"), source)
	c.Train.Optimizer, c.Train.LR = "sgd", 1e30
	ignore := func(metrics.Point) {}
	want, err := b.here.Train(t.Context(), c, ignore)
	check(t, err)
	got, err := b.there.Train(t.Context(), c, ignore)
	check(t, err)
	if got.Status != results.Diverged || got.Reason != want.Reason || got.Steps != want.Steps {
		t.Errorf("%s, %s, after %d steps; want %s, %s, %d", got.Status, got.Reason, got.Steps, want.Status, want.Reason,
			want.Steps)
	}
	b.compare(t, config(filepath.Join(goldens, "llama"), source))
}

// TestFailedRunsLeaveTheBase: an error in Python fails its run with the reason, and the base
// model is what it was.
func TestFailedRunsLeaveTheBase(t *testing.T) {
	b, source := newBoth(t), pefttest.Letters(t, 40)
	c := config(filepath.Join(goldens, "llama"), source)
	b.compare(t, c)
	blank := filepath.Join(t.TempDir(), "blank")
	check(t, os.CopyFS(blank, os.DirFS(c.Model)))
	model, err := b.here.Copy(blank)
	check(t, err)
	clear(model.Model.Linears()[0].Weight.Data)
	check(t, checkpoint.Save(blank, model, checkpoint.F32))
	zero := c
	zero.Model, zero.Adapter.Method = blank, lora.DoRAMethod
	_, err = b.there.Train(t.Context(), zero, func(metrics.Point) {})
	if want := "row 0 of its weights is zero: DoRA divides by its length"; err == nil ||
		!strings.Contains(err.Error(), want) {
		t.Errorf("%v, want %s", err, want)
	}
	for _, method := range b.methods(t) {
		again := c
		again.Adapter.Method = method
		b.compare(t, experiments.Point{Config: again}.Canonical().Config)
	}
}

// TestRequirementsArePinnedOnce: the versions that users are told to install are those that
// the tests against PEFT have.
func TestRequirementsArePinnedOnce(t *testing.T) {
	pinned, err := os.ReadFile(filepath.Join(goldens, "requirements.txt"))
	check(t, err)
	own, err := source.ReadFile("program/requirements.txt")
	check(t, err)
	all := strings.Fields(string(pinned))
	for _, line := range strings.Fields(string(own)) {
		if !slices.Contains(all, line) {
			t.Errorf("%s is pinned otherwise in %s/requirements.txt", line, goldens)
		}
	}
	page, err := os.ReadFile("../../../docs/trainers.md")
	check(t, err)
	if install := strings.Join(strings.Fields(string(own)), " "); !strings.Contains(string(page),
		"pip install "+install) {
		t.Errorf("docs/trainers.md does not say pip install %s", install)
	}
}
