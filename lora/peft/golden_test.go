package peft

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/checkpoint"
	"ranksweep/lora"
	"ranksweep/nn"
	"ranksweep/nn/nntest"
)

// golden holds what PyTorch and PEFT compute with one model; testdata/generate.py writes it.
type golden struct {
	Tokens [][]int32   `json:"tokens"`
	Labels [][]int32   `json:"labels"` // −100 at a position that is not scored
	Maps   []string    `json:"maps"`   // all linear maps, in the order of the model
	Cases  []string    `json:"cases"`  // folders of adapters
	Runs   []goldenRun `json:"runs"`

	dir     string
	model   *nn.Model
	tensors map[string]nn.Tensor
}

// goldenRun is a scheme on a set of targets.
type goldenRun struct {
	Scheme   string   `json:"scheme"`
	P        float64  `json:"p"`
	Match    int      `json:"match"`
	Alpha    float64  `json:"alpha"`
	Rank     int      `json:"rank"`
	Targets  string   `json:"targets"`
	Maps     []string `json:"maps"`
	Training map[string]struct {
		Losses []float64 `json:"losses"` // one more than there are steps
		Norms  []float64 `json:"norms"`  // norm of all gradients together
	} `json:"training"`
}

// eachGolden runs a test with every model in testdata, and with every method on some of them.
func eachGolden(t *testing.T, test func(*testing.T, golden)) {
	for _, dir := range goldenFolders(t) {
		name := strings.TrimPrefix(filepath.ToSlash(dir), "testdata/")
		t.Run(strings.ReplaceAll(name, "/", "-"), func(t *testing.T) { test(t, readGolden(t, dir)) })
	}
}

func goldenFolders(t *testing.T) []string {
	t.Helper()
	models, err := filepath.Glob("testdata/*/golden.json")
	check(t, err)
	methods, err := filepath.Glob("testdata/*/*/golden.json") // of methods other than LoRA, on those models
	check(t, err)
	if len(models) == 0 || len(methods) == 0 {
		t.Fatal("testdata has no model, or no method on one")
	}
	var folders []string
	for _, file := range slices.Concat(models, methods) {
		folders = append(folders, filepath.Dir(file))
	}
	return folders
}

// report hands a measurement to bench/real.
func report(t *testing.T, what string, x float64) { t.Attr(what, fmt.Sprintf("%.3g", x)) }

func readGolden(t *testing.T, dir string) golden {
	t.Helper()
	g := golden{dir: dir, tensors: make(map[string]nn.Tensor)}
	check(t, json.Unmarshal(content(t, dir, "golden.json"), &g))
	c, err := checkpoint.Load(g.base())
	check(t, err)
	g.model = c.Model
	tensors, err := checkpoint.ReadTensors(os.DirFS(dir), "golden.safetensors")
	check(t, err)
	for _, tensor := range tensors {
		g.tensors[tensor.Name] = tensor
	}
	return g
}

// base returns the folder of the model.
func (g golden) base() string { return filepath.Join("testdata", filepath.Base(g.dir)) }

// dora reports whether the adapters have magnitudes.
func (g golden) dora() bool { return g.dir != g.base() }

func (g golden) tensor(t *testing.T, name string) []float32 {
	t.Helper()
	tensor, ok := g.tensors[name]
	if !ok {
		t.Fatalf("golden.safetensors has no %s", name)
	}
	return tensor.Data
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

// logits returns the logits of m with adapters on it.
func (g golden) logits(t *testing.T, m *nn.Model, maps map[string]nn.Map) []float32 {
	t.Helper()
	p, err := nn.NewPass(m, len(g.batch().Tokens), maps)
	check(t, err)
	out, err := p.Logits(g.batch())
	check(t, err)
	return out.Data
}

// ofRange returns the largest |x−y| in units of the range of y.
func ofRange(x, y []float32) float64 {
	if len(x) != len(y) || len(y) == 0 {
		return math.Inf(1)
	}
	var d float64
	for i := range y {
		d = math.Max(d, math.Abs(float64(x[i])-float64(y[i]))) // a NaN is kept
	}
	return d / float64(slices.Max(y)-slices.Min(y))
}

func TestOfRangeSees(t *testing.T) {
	nan := float32(math.NaN())
	for _, x := range [][]float32{{1, 2.1}, {1}, {1, nan}} {
		if d := ofRange(x, []float32{1, 2}); d < 0.09 {
			t.Errorf("%v: %g", x, d)
		}
	}
	if d := ofRange([]float32{1, 2.5}, []float32{1, 3}); d != 0.25 {
		t.Errorf("ofRange = %g, want ¼", d)
	}
}

// TestPEFTAdapters loads adapters that PEFT saved, and checks three things against PEFT: the
// logits, attached and merged, to 1e-5 of their range, which is the rounding of a model of
// two layers in float32; the merged weights; and the adapters after they were written here
// and read again.
func TestPEFTAdapters(t *testing.T) {
	eachGolden(t, func(t *testing.T, g golden) {
		worst := ofRange(g.logits(t, g.model, nil), g.tensor(t, "logits"))
		if !(worst <= 1e-5) {
			t.Errorf("without adapters: logits differ by %.2g of their range", worst)
		}
		var worstMerged float64
		for _, name := range g.Cases {
			f, err := Read(filepath.Join(g.dir, "adapters", name), g.model)
			check(t, err)
			want := g.tensor(t, name+"/logits")
			attached := g.attached(t, f.Adapters)
			d := ofRange(attached, want)
			if !(d <= 1e-5) {
				t.Errorf("%s: logits differ from PEFT's by %.2g of their range", name, d)
			}
			m := g.model.Clone()
			check(t, lora.Merge(m, f.Adapters))
			dm := ofRange(g.logits(t, m, nil), attached)
			if !(dm <= 1e-5) {
				t.Errorf("%s: merged and attached differ by %.2g of the range", name, dm)
			}
			worst, worstMerged = max(worst, d), max(worstMerged, dm)
			g.sameWeights(t, name, m)

			dir := t.TempDir()
			check(t, f.Write(dir))
			again, err := Read(dir, g.model)
			check(t, err)
			if !slices.Equal(g.attached(t, again.Adapters), attached) {
				t.Errorf("%s: written and read again, it computes something else", name)
			}
		}
		report(t, "logits", worst)
		report(t, "merged", worstMerged)
	})
}

func (g golden) attached(t *testing.T, adapters []lora.Trained) []float32 {
	t.Helper()
	set, err := lora.Restore(g.model, adapters, len(g.batch().Tokens))
	check(t, err)
	return g.logits(t, g.model, set.Maps())
}

// sameWeights compares the maps of a merged model with PEFT's merged weights, if the golden
// has them. They may differ by the rounding of a sum of a few products.
func (g golden) sameWeights(t *testing.T, name string, m *nn.Model) {
	t.Helper()
	for _, l := range m.Linears() {
		want, ok := g.tensors[name+"/merged/"+l.Name+".weight"]
		if ok && !(ofRange(l.Weight.Data, want.Data) <= 1e-6) {
			t.Errorf("%s: merged weights of %s differ by %.2g of their range", name, l.Name,
				ofRange(l.Weight.Data, want.Data))
		}
	}
}

// TestAllLinearIsPEFTs: a model lists exactly the maps that PEFT calls all-linear.
func TestAllLinearIsPEFTs(t *testing.T) {
	eachGolden(t, func(t *testing.T, g golden) {
		var names []string
		for _, l := range g.model.Linears() {
			names = append(names, l.Name)
		}
		slices.Sort(names)
		want := slices.Clone(g.Maps)
		if slices.Sort(want); !slices.Equal(names, want) {
			t.Errorf("the model lists %q, PEFT %q", names, want)
		}
	})
}

// start puts the adapters on the model with which a run begins.
func (g golden) start(t *testing.T, r goldenRun, tokens int) (*lora.Set, *nn.Pass) {
	t.Helper()
	var trained []lora.Trained
	for _, module := range r.Maps {
		matrix := func(which string) blas32.General {
			x := g.tensors["initial/"+r.Targets+"/"+module+"."+which+".weight"]
			if len(x.Shape) != 2 {
				t.Fatalf("no %s of %s", which, module)
			}
			return blas32.General{Rows: x.Shape[0], Cols: x.Shape[1], Stride: x.Shape[1], Data: x.Data}
		}
		trained = append(trained, lora.Trained{
			Module: module, A: matrix("lora_A"), B: matrix("lora_B"),
			Gamma: lora.Scheme{P: r.P, MatchRank: r.Match}.Gamma(r.Alpha, r.Rank),

			Magnitude: g.tensors["initial/"+r.Targets+"/"+module+".lora_magnitude_vector.weight"].Data,
		})
	}
	set, err := lora.Restore(g.model, trained, tokens)
	check(t, err)
	p, err := nn.NewPass(g.model, tokens, set.Maps())
	check(t, err)
	return set, p
}

// step computes the mean loss and its gradients.
func step(t *testing.T, p *nn.Pass, b *nn.Batch) float64 {
	t.Helper()
	for _, q := range p.Params() {
		clear(q.Grad)
	}
	sum, err := p.Gradient(b, 1/float32(b.Scored()))
	check(t, err)
	return sum / float64(b.Scored())
}

// capacities are two numbers of tokens: with one, some maps take the factored form; with the
// other, all take the merged form.
var capacities = []int{22, 4096}

// TestGradientsArePEFTs compares ∂A and ∂B of every map under every scheme, and ∂m under
// DoRA, with PEFT's, by the Frobenius norm of their difference.
func TestGradientsArePEFTs(t *testing.T) {
	eachGolden(t, func(t *testing.T, g golden) {
		var worst float64
		for _, r := range g.Runs {
			for _, tokens := range capacities {
				_, p := g.start(t, r, tokens)
				step(t, p, g.batch())
				if each := len(p.Params()) / len(r.Maps); g.dora() != (each == 3) {
					t.Fatalf("%d arrays of a map train", each)
				}
				for _, q := range p.Params() {
					d := relative(q.Grad, g.tensor(t, fmt.Sprintf("gradient/%s/%s/%s", r.Scheme, r.Targets, q.Name)))
					if worst = max(worst, d); !(d <= 1e-4) {
						t.Errorf("%s on %s: gradient of %s differs by %.2g of its norm", r.Scheme, r.Targets, q.Name, d)
					}
				}
			}
		}
		report(t, "gradients", worst)
	})
}

// relative returns ‖x−y‖/‖y‖.
func relative(x, y []float32) float64 {
	if len(x) != len(y) {
		return math.Inf(1)
	}
	var d, size float64
	for i := range y {
		e := float64(x[i]) - float64(y[i])
		d, size = d+e*e, size+float64(y[i])*float64(y[i])
	}
	return math.Sqrt(d / size)
}

func TestRelativeSees(t *testing.T) {
	if d := relative([]float32{3, 4.005}, []float32{3, 4}); math.Abs(d-1e-3) > 1e-6 {
		t.Errorf("relative = %g, want 1e-3", d)
	}
	if d := relative([]float32{1}, []float32{1, 2}); !math.IsInf(d, 1) {
		t.Errorf("of two lengths: %g", d)
	}
}

// goldenOptimizers are the optimizers of generate.py.
var goldenOptimizers = map[string]struct {
	lr     float64
	config nn.OptimizerConfig
}{
	"adamw": {1e-3, nn.OptimizerConfig{Name: "adamw", Beta1: 0.9, Beta2: 0.999, Eps: 1e-8}},
	"sgd":   {5e-3, nn.OptimizerConfig{Name: "sgd"}},
}

// TestTrainingIsPEFTs takes ten steps: losses agree within 1e-5, gradient norms within 1e-4 of
// their size.
func TestTrainingIsPEFTs(t *testing.T) {
	eachGolden(t, func(t *testing.T, g golden) {
		var worstLoss, worstNorm float64
		for _, r := range g.Runs {
			if len(r.Training) != len(goldenOptimizers) {
				t.Fatalf("%s on %s: %d optimizers", r.Scheme, r.Targets, len(r.Training))
			}
			for name, want := range r.Training {
				set, p := g.start(t, r, capacities[0])
				o := goldenOptimizers[name]
				opt, err := nn.NewOptimizer(o.config, p.Params())
				check(t, err)
				for i, loss := range want.Losses {
					d := math.Abs(step(t, p, g.batch()) - loss)
					if worstLoss = max(worstLoss, d); !(d <= 1e-5) {
						t.Errorf("%s on %s, %s: loss at step %d differs by %.2g", r.Scheme, r.Targets, name, i, d)
					}
					if i == len(want.Norms) {
						break
					}
					d = math.Abs(nn.GradNorm(p.Params())/want.Norms[i] - 1)
					if worstNorm = max(worstNorm, d); !(d <= 1e-4) {
						t.Errorf("%s on %s, %s: gradient norm at step %d differs by %.2g of itself", r.Scheme,
							r.Targets, name, i, d)
					}
					opt.Step(nn.UniformRate(o.lr))
					set.Updated()
				}
			}
		}
		report(t, "losses", worstLoss)
		report(t, "norms", worstNorm)
	})
}

// TestNamesArePEFTs checks by PEFT's own rules which modules and layers names and expressions
// select, and which pattern is the first to match.
func TestNamesArePEFTs(t *testing.T) {
	var g struct {
		Names      []string `json:"names"`
		Selections []struct {
			Config  json.RawMessage `json:"config"`
			Selects []string        `json:"selects"`
		} `json:"selections"`
		Patterns []struct {
			Patterns []string `json:"patterns"`
			Matches  []int    `json:"matches"` // the first for each name, −1 for none
		} `json:"patterns"`
	}
	check(t, json.Unmarshal(content(t, "testdata", "names.json"), &g))
	if len(g.Selections) < 10 || len(g.Patterns) < 10 {
		t.Fatalf("%d selections, %d patterns", len(g.Selections), len(g.Patterns))
	}
	for _, c := range g.Selections {
		var s Selection
		check(t, json.Unmarshal(c.Config, &s))
		check(t, s.check())
		for _, name := range g.Names {
			got, err := s.Has(name)
			check(t, err)
			if want := slices.Contains(c.Selects, name); got != want {
				t.Errorf("%s selects %s: %t, PEFT says %t", c.Config, name, got, want)
			}
		}
	}
	for _, c := range g.Patterns {
		text := "{"
		for i, p := range c.Patterns {
			key, err := json.Marshal(p)
			check(t, err)
			text += fmt.Sprintf("%.*s%s: %d", min(i, 1), ",", key, i)
		}
		var p patterns[int]
		check(t, json.Unmarshal([]byte(text+"}"), &p))
		for i, name := range g.Names {
			got, err := p.of(name, -1)
			check(t, err)
			if got != c.Matches[i] {
				t.Errorf("patterns %q give %s the one of number %d, PEFT %d", c.Patterns, name, got, c.Matches[i])
			}
		}
	}
}

// TestAdapterOfAnotherModel: each folder fits its own model only.
func TestAdapterOfAnotherModel(t *testing.T) {
	eachGolden(t, func(t *testing.T, g golden) {
		for _, name := range g.Cases {
			if _, err := Read(filepath.Join(g.dir, "adapters", name), nntest.Model(t)); err == nil {
				t.Errorf("%s: loads onto a model of other shapes", name)
			}
		}
	})
}

// TestTestdataIsSmall: testdata has at most 1 MB per model, so that a checkout stays small.
func TestTestdataIsSmall(t *testing.T) {
	eachGolden(t, func(t *testing.T, g golden) {
		var size int64
		check(t, fs.WalkDir(os.DirFS(g.dir), ".", func(_ string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			info, err := d.Info()
			size += info.Size()
			return err
		}))
		if size > 1e6 {
			t.Errorf("%s takes %d bytes", g.dir, size)
		}
	})
}
