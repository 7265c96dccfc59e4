package lora

import (
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ranksweep/checkpoint"
	"ranksweep/lora/peft/pefttest"
	"ranksweep/nn"
)

// goldens are the cases of testdata/methods.py: what PEFT computes with methods that add a D.
var goldens = map[string]struct {
	method string
	rank   int
	gamma  float64
	change func(*Config)
}{
	"loha":            {LoHaMethod, 4, 6. / 4, nil},
	"lokr":            {LoKrMethod, 1, 6, nil},
	"lokr-dense":      {LoKrMethod, 4, 6. / 4, nil},
	"vera":            {VeRAMethod, 5, 1, nil},
	"hira":            {HiRAMethod, 3, 1, nil},
	"peft-orthogonal": {PEFTOrthogonalMethod, 4, 6. / 4, nil},
	"lora-fa":         {LoRAFAMethod, 4, 6. / 4, nil},
	"pissa":           {PiSSAMethod, 4, 6. / 4, nil},
	"olora":           {OLoRAMethod, 4, 6. / 4, nil},
	"lokr-both":       {LoKrMethod, 2, 6. / 2, func(c *Config) { c.DecomposeFactor, c.DecomposeBoth = 6, true }},
	"adalora":         {AdaLoRAMethod, 4, 6. / 4, func(c *Config) { c.Budget = goldenBudget }},
}

// golden is what PyTorch and PEFT compute in one case.
type golden struct {
	Tokens, Labels [][]int32
	First          map[string]float64 // of each kind of array, the root mean square entry with which PEFT begins
	Training       map[string]struct {
		Losses []float64 // one more than there are steps
		Norms  []float64
	}
	Budget struct { // of AdaLoRA
		Losses []float64
		Gap    float64             // least relative distance of scores that were kept from others
		Kept   []map[string]string // after each step, a + for each singular value that is kept; empty before any cut
	}
	Schedules []struct {
		Of      [5]int
		Budgets []int
	}

	model   *nn.Model
	tensors map[string][]float32
}

func readGolden(t *testing.T, dir, name string) (g golden) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, name+".json"))
	check(t, err)
	check(t, json.Unmarshal(text, &g))
	c, err := checkpoint.Load("peft/testdata/llama3")
	check(t, err)
	g.model, g.tensors = c.Model, make(map[string][]float32)
	tensors, err := checkpoint.ReadTensors(os.DirFS(dir), name+".safetensors")
	check(t, err)
	for _, tensor := range tensors {
		g.tensors[tensor.Name] = tensor.Data
	}
	return g
}

// batch returns the tokens, each with the label of the next token as its target.
func (g golden) batch() *nn.Batch {
	var b nn.Batch
	for i, tokens := range g.Tokens {
		targets := append(slices.Clone(g.Labels[i][1:]), -100)
		for j, y := range targets {
			if y == -100 {
				targets[j] = nn.Unscored
			}
		}
		b.Append(tokens, targets)
	}
	return &b
}

// start attaches a case's method and gives it the golden's values.
func (g golden) start(t *testing.T, name string) (*Set, *nn.Pass) {
	t.Helper()
	s, p := g.fresh(t, name)
	for name, here := range valuesOf(s) {
		there, trains := g.tensors["initial/"+name]
		if !trains {
			there = g.tensors["frozen/"+name]
		}
		if len(there) != len(here) {
			t.Fatalf("%s has %d entries here, %d in PEFT", name, len(here), len(there))
		}
		copy(here, there)
	}
	s.Updated()
	return s, p
}

// valuesOf returns the values of all arrays of a set by name, also those that are drawn and do not
// train.
func valuesOf(s *Set) map[string][]float32 {
	all := make(map[string][]float32)
	for _, a := range s.Trainables {
		for _, p := range a.Params() {
			all[p.Name] = p.Value
		}
		switch a := a.(type) {
		case *Adapter:
			all[a.Base.Name+".lora_A.weight"] = a.A.Data
		case *sumMap:
			if v, ok := a.addend.(*vectors); ok {
				all["vera_A"], all["vera_B"] = v.random.a.Data, v.random.b.Data
			}
		}
	}
	return all
}

func (g golden) fresh(t *testing.T, name string) (*Set, *nn.Pass) {
	t.Helper()
	c := goldens[name]
	method, _ := MethodNamed(c.method)
	settings := Config{
		Rank: c.rank, Gamma: c.gamma, Init: Init{Kind: KaimingUniform}, Targets: []string{"all-linear"}, Tokens: 22,
	}
	if c.change != nil {
		c.change(&settings)
	}
	s, err := method.Attach(new(nn.Arena), g.model, settings, 7)
	check(t, err)
	p, err := nn.NewPass(g.model, 22, s.Maps())
	check(t, err)
	return s, p
}

// step computes gradients and the loss, each with the method's penalty, as in PEFT.
func (g golden) step(t *testing.T, s *Set, p *nn.Pass) float64 {
	t.Helper()
	for _, q := range p.Params() {
		clear(q.Grad)
	}
	b := g.batch()
	sum, err := p.Gradient(b, 1/float32(b.Scored()))
	check(t, err)
	return sum/float64(b.Scored()) + s.Penalize()
}

// check holds a case to PEFT: logits to 1e-5 of their range, each gradient to 1e-4 of its norm, and
// in ten steps of AdamW and of SGD losses to 1e-5 and norms of gradients to 1e-4 of themselves.
func (g golden) check(t *testing.T, name string) {
	t.Helper()
	s, p := g.start(t, name)
	logits, err := p.Logits(g.batch())
	check(t, err)
	if d := ofRange(logits.Data, g.tensors["logits"]); !(d <= 1e-5) {
		t.Errorf("logits differ by %.2g of their range", d)
	}
	g.step(t, s, p)
	for _, q := range p.Params() {
		if d := relative(q.Grad, g.tensors["gradient/"+q.Name]); !(d <= 1e-4) {
			t.Errorf("gradient of %s differs by %.2g of its norm", q.Name, d)
		}
	}
	for _, o := range []struct {
		lr     float64
		config nn.OptimizerConfig
	}{
		{1e-3, nn.OptimizerConfig{Name: "adamw", Beta1: 0.9, Beta2: 0.999, Eps: 1e-8}},
		{5e-3, nn.OptimizerConfig{Name: "sgd"}},
	} {
		g.train(t, name, o.config, o.lr)
	}
}

func (g golden) train(t *testing.T, name string, o nn.OptimizerConfig, lr float64) {
	t.Helper()
	s, p := g.start(t, name)
	opt, err := nn.NewOptimizer(o, p.Params())
	check(t, err)
	want := g.Training[o.Name]
	if len(want.Losses) != 11 || len(want.Norms) != 10 {
		t.Fatalf("%s: %d losses and %d norms", o.Name, len(want.Losses), len(want.Norms))
	}
	for i, loss := range want.Losses {
		if d := math.Abs(g.step(t, s, p) - loss); !(d <= 1e-5) {
			t.Errorf("%s: loss at step %d differs by %.2g", o.Name, i, d)
		}
		if i == len(want.Norms) {
			return
		}
		if d := math.Abs(nn.GradNorm(p.Params())/want.Norms[i] - 1); !(d <= 1e-4) {
			t.Errorf("%s: gradient norm at step %d differs by %.2g of itself", o.Name, i, d)
		}
		opt.Step(nn.UniformRate(lr))
		s.Updated()
	}
}

// ofRange returns the largest |x−y| in units of the range of y.
func ofRange(x, y []float32) float64 {
	if len(x) != len(y) || len(y) == 0 {
		return math.Inf(1)
	}
	var d float64
	for i := range y {
		d = math.Max(d, math.Abs(float64(x[i])-float64(y[i])))
	}
	return d / float64(slices.Max(y)-slices.Min(y))
}

// relative returns ‖x−y‖/‖y‖.
func relative(x, y []float32) float64 {
	if len(x) != len(y) {
		return math.Inf(1)
	}
	var d, size float64
	for i := range y {
		d, size = d+sq(float64(x[i])-float64(y[i])), size+sq(float64(y[i]))
	}
	return math.Sqrt(d / size)
}

// TestMethodsArePEFTs holds every method that PEFT has to PEFT, and what it begins with: root mean
// squares of a few hundred uniform draws or more have a relative deviation of at most 2%, and the
// difference of two of them of 3%. 10% is more than three of these.
func TestMethodsArePEFTs(t *testing.T) {
	for name := range goldens {
		t.Run(name, func(t *testing.T) {
			g := readGolden(t, "testdata", name)
			g.check(t, name)
			s, _ := g.fresh(t, name)
			sizes := make(map[string]*nn.Squares)
			for name, values := range valuesOf(s) {
				name = strings.TrimSuffix(name, ".weight")
				kind := name[strings.LastIndex(name, ".")+1:]
				if sizes[kind] == nil {
					sizes[kind] = new(nn.Squares)
				}
				sizes[kind].Add(values)
			}
			if len(sizes) != len(g.First) {
				t.Errorf("%d kinds of arrays train, in PEFT %d", len(sizes), len(g.First))
			}
			for kind, size := range sizes {
				if want := g.First[kind]; !(math.Abs(size.RMS()-want) <= 0.1*want) {
					t.Errorf("%s begins with entries of size %g, in PEFT of %g", kind, size.RMS(), want)
				}
			}
		})
	}
}

// TestGoldensArePEFTs makes the goldens again where there is a Python with PEFT, and holds every
// method to them.
func TestGoldensArePEFTs(t *testing.T) {
	python, dir := pefttest.Python(t), t.TempDir()
	out, err := exec.CommandContext(t.Context(), python, "testdata/methods.py", dir).CombinedOutput()
	if err != nil {
		t.Fatalf("testdata/methods.py: %v\n%s", err, out)
	}
	made, err := filepath.Glob(filepath.Join(dir, "*.json"))
	check(t, err)
	if len(made) != len(goldens) {
		t.Errorf("methods.py makes %d goldens, here are %d", len(made), len(goldens))
	}
	for name := range goldens {
		t.Run(name, func(t *testing.T) { readGolden(t, dir, name).check(t, name) })
	}
	readGolden(t, dir, AdaLoRAMethod).checkBudget(t)
}
