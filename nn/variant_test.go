package nn

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// variantConfigs use every field of Variant, most of them as an architecture does.
func variantConfigs() map[string]Config {
	with := func(f func(*Config)) Config {
		c := smallConfig()
		f(&c)
		return c
	}
	return map[string]Config{
		"llama":   smallConfig(),
		"mistral": with(func(c *Config) { c.Window = 3 }),
		"qwen2":   with(func(c *Config) { c.QKVBias = true }),
		"qwen3":   with(func(c *Config) { c.QKNorm, c.TiedHead = true, true }),
		"gpt2": with(func(c *Config) {
			c.KVHeads, c.LayerNorm, c.Ungated, c.Activation, c.FusedQKV, c.TiedHead = 4, true, true, GELUTanh,
				Stacked, true
			c.QKVBias, c.OutBias, c.MLPBias, c.Positions = true, true, true, c.Context
		}),
		"neox": with(func(c *Config) {
			c.KVHeads, c.LayerNorm, c.Ungated, c.Activation, c.FusedQKV, c.Parallel = 4, true, true, GELU, ByHead, true
			c.QKVBias, c.OutBias, c.MLPBias, c.RotaryDim = true, true, true, 2
		}),
		"opt": with(func(c *Config) {
			// ReLU has corners
			c.LayerNorm, c.Ungated, c.Activation, c.MLPBias, c.OutBias = true, true, GELU, true, true
			c.Positions, c.PositionOffset = c.Context+2, 2
		}),
		"phi": with(func(c *Config) {
			c.LayerNorm, c.Ungated, c.Activation, c.Parallel, c.OneNorm = true, true, GELUTanh, true, true
			c.HeadBias, c.RotaryDim = true, 4
		}),
		"gemma2": with(func(c *Config) {
			c.PostNorms, c.UnitNorms, c.ScaledEmbedding, c.Activation, c.TiedHead = true, true, true, GELUTanh, true
			c.Window, c.FullEvery, c.QueryScale, c.ScoreCap, c.LogitCap = 3, 2, 9, 2, 3
			c.Names = c.WeightNames()
			c.Names.MLPNorm, c.Names.PostAttn, c.Names.PostMLP = "before", "post_attention_layernorm", "after"
		}),
		"phi3": with(func(c *Config) {
			c.FusedQKV, c.FusedGateUp, c.Window = Stacked, true, 4
			c.RopeScaling = RopeScaling{Factor: 2, LowTurns: 1, HighTurns: 4, Context: 5}
		}),
	}
}

func variantModel(t *testing.T, c Config) *Model {
	t.Helper()
	m, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(3, 5))
	for _, tensor := range m.Tensors() {
		fillNormal(tensor.Data, 0.3, rng)
	}
	return m
}

// TestVariantGradient differentiates every variant along every linear map of its blocks.
// Gradients of the lowest maps pass through everything above them, so that norms,
// positions, biases and residuals are tested too.
func TestVariantGradient(t *testing.T) {
	for name, c := range variantConfigs() {
		t.Run(name, func(t *testing.T) {
			m := variantModel(t, c)
			maps := make(map[string]Map)
			for _, l := range m.Linears() {
				maps[l.Name] = NewFullMap(new(Arena), l)
			}
			p, err := NewPass(m, 20, maps)
			check(t, err)
			b := smallBatch(c)
			_, err = p.Gradient(b, 1)
			check(t, err)
			rng := rand.New(rand.NewPCG(3, 6))
			loss := func() float64 { sum, _ := p.Loss(b); return sum }
			for _, q := range p.Params() {
				check(t, compareGradient(loss, q.Name, q.Value, q.Grad, rng, 5e-3))
			}
		})
	}
}

// TestParamsCountsTensors: Params counts the entries of all tensors, whose names differ.
func TestParamsCountsTensors(t *testing.T) {
	for name, c := range variantConfigs() {
		n, names := 0, make(map[string]bool)
		for _, tensor := range variantModel(t, c).Tensors() {
			n += len(tensor.Data)
			if names[tensor.Name] {
				t.Errorf("%s: two tensors are named %s", name, tensor.Name)
			}
			names[tensor.Name] = true
		}
		if n != c.Params() {
			t.Errorf("%s: %d parameters, and tensors of %d", name, c.Params(), n)
		}
	}
}

func TestVariantRefuses(t *testing.T) {
	for want, f := range map[string]func(*Config){
		"fused by head":                     func(c *Config) { c.FusedQKV = ByHead },
		"only if the parts are parallel":    func(c *Config) { c.OneNorm = true },
		"has no gate":                       func(c *Config) { c.Ungated, c.FusedGateUp = true, true },
		"needs 10":                          func(c *Config) { c.Positions = 9 },
		"7 rotated channels":                func(c *Config) { c.RotaryDim = 7 },
		"at most the head dim":              func(c *Config) { c.RotaryDim = 8 },
		"window -1":                         func(c *Config) { c.Window = -1 },
		"one layer in 2":                    func(c *Config) { c.FullEvery = 2 },
		"plus their weights":                func(c *Config) { c.UnitNorms, c.LayerNorm = true, true },
		"query scale NaN":                   func(c *Config) { c.QueryScale = math.NaN() },
		"query scale -1":                    func(c *Config) { c.QueryScale = -1 },
		"caps of scores -1":                 func(c *Config) { c.ScoreCap = -1 },
		"caps of scores 1e39":               func(c *Config) { c.ScoreCap = 1e39 },
		"and logits 1e-50":                  func(c *Config) { c.LogitCap = 1e-50 },
		"and logits NaN":                    func(c *Config) { c.LogitCap = math.NaN() },
		"one layer in -1":                   func(c *Config) { c.Window, c.FullEvery = 4, -1 },
		"and heads have no norms":           func(c *Config) { c.UnitNorms, c.QKNorm = true, true },
		"outputs have no names":             func(c *Config) { c.PostNorms = true },
		`activation "tanh": known are gelu`: func(c *Config) { c.Activation = "tanh" },
		"factor -1":                         func(c *Config) { c.RopeScaling.Factor = -1 },
		"from 4 to 1 turns": func(c *Config) {
			c.RopeScaling = RopeScaling{Factor: 2, LowTurns: 4, HighTurns: 1, Context: 8}
		},
	} {
		c := smallConfig()
		f(&c)
		if err := c.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
	_, err := NewFullPass(variantModel(t, variantConfigs()["gpt2"]), 20)
	if err == nil || !strings.Contains(err.Error(), "attach adapters") {
		t.Errorf("full training of a GPT-2: %v", err)
	}
}

// TestWindowForgets: with a window of 3 in both of 2 layers, a token affects the next four
// positions and no further ones, unless the second layer has no window.
func TestWindowForgets(t *testing.T) {
	for every, reach := range map[int]int{0: 4, 2: 9} {
		c := variantConfigs()["mistral"]
		c.FullEvery = every
		p, err := NewPass(variantModel(t, c), 20, nil)
		check(t, err)
		var b Batch
		b.Append([]int32{1, 2, 3, 4, 5, 6, 7, 8, 9}, make([]int32, 9))
		before, err := p.Logits(&b)
		check(t, err)
		const changed = 1
		b.Tokens[changed] = 11
		after, err := p.Logits(&b)
		check(t, err)
		for i := range 9 {
			same := fmt.Sprint(row(before, i)) == fmt.Sprint(row(after, i))
			if want := i < changed || i > changed+reach; same != want {
				t.Errorf("full every %d, position %d: changing token %d leaves its logits unchanged: %v", every, i,
					changed, same)
			}
		}
	}
}
