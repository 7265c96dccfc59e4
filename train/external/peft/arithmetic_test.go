package peft

import (
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"ranksweep/checkpoint"
	"ranksweep/experiments"
	"ranksweep/lora"
	"ranksweep/lora/peft/pefttest"
	"ranksweep/metrics"
	"ranksweep/nn"
	"ranksweep/results"
	"ranksweep/train"
)

// trained trains a config by the trainer peft, after a check that it can.
func (b both) trained(t *testing.T, c experiments.Config) train.Outcome {
	t.Helper()
	check(t, c.Validate())
	_, err := train.Trainers{b.there}.Resolve(t.Context(), withTrainer(c))
	check(t, err)
	o, err := b.there.Train(t.Context(), c, func(metrics.Point) {})
	check(t, err)
	return o
}

// near holds the losses, norms and sizes of an outcome to those in float32, and returns how far
// its losses are from them.
func near(t *testing.T, got, want train.Outcome, tolerance float64) (losses float64) {
	t.Helper()
	if got.Status != results.Done || len(got.Curve) != len(want.Curve) {
		t.Fatalf("%s: %s, with %d points, want %d", got.Status, got.Reason, len(got.Curve), len(want.Curve))
	}
	for i, p := range got.Curve {
		for _, q := range []metrics.Quantity{
			metrics.TrainLoss, metrics.GradNorm, metrics.DeltaW, metrics.AdapterOutput, metrics.InputGradient,
		} {
			x, y := p.Values[q], want.Curve[i].Values[q]
			if math.IsNaN(y) && math.IsNaN(x) || x == y {
				continue
			}
			d := math.Abs(x-y) / y
			if !(d <= tolerance) {
				t.Errorf("step %d: %s is %g, in float32 %g", p.Step, q.Name(), x, y)
			}
			if q == metrics.TrainLoss {
				losses = max(losses, d)
			}
		}
	}
	return losses
}

// TestPrecisions: what a CPU has of the precisions trains nearly what float32 trains, and is
// not float32 under another name. A number in bfloat16 has 8 bits, one in float16 11.
func TestPrecisions(t *testing.T) {
	b, source := newBoth(t), pefttest.Letters(t, 40)
	for _, method := range b.methods(t) {
		c := config(filepath.Join(goldens, "llama"), source)
		c.Adapter.Method = method
		c = experiments.Point{Config: c}.Canonical().Config
		want := b.trained(t, c)
		for precision, bits := range map[string]int{"bf16": 8, "bf16-weights": 8, "bf16-autocast": 8, "fp16": 11} {
			c := c
			if c.Train.Precision = precision; c.Validate() != nil {
				continue // the weights of full are in float32
			}
			t.Run(method+" "+precision, func(t *testing.T) {
				losses := near(t, b.trained(t, c), want, 40*math.Exp2(-float64(bits)))
				if least := math.Exp2(-float64(bits) - 14); losses < least {
					t.Errorf("losses are within %.1e of float32", losses)
				}
				t.Logf("losses within %.1e of float32", losses)
			})
		}
	}
}

// TestRecomputing: gradient checkpointing and deterministic algorithms change no byte on a CPU,
// and another implementation of attention none but by rounding.
func TestRecomputing(t *testing.T) {
	b, source := newBoth(t), pefttest.Letters(t, 40)
	for _, model := range []string{"llama", "gpt2", "opt"} {
		c := config(filepath.Join(goldens, model), source)
		want := b.trained(t, c)
		again, sure, eager := c, c, c
		again.Train.GradientCheckpointing, sure.Train.Deterministic, eager.Train.Attention = true, true, "eager"
		for what, c := range map[string]experiments.Config{"gradient_checkpointing": again, "deterministic": sure} {
			got := b.trained(t, c)
			if d := results.Difference(results.Run{Curve: got.Curve, Modules: got.Modules},
				results.Run{Curve: want.Curve, Modules: want.Modules}); d != "" {
				t.Errorf("%s %s: %s", model, what, d)
			}
		}
		near(t, b.trained(t, eager), want, sizeTolerance)
	}
}

// TestRefusedOnACPU: what needs a GPU or another library is refused by field and reason.
func TestRefusedOnACPU(t *testing.T) {
	b, source := newBoth(t), pefttest.Letters(t, 40)
	for want, change := range map[string]func(*experiments.Train){
		"precision tf32: trainer peft cannot train it, since cpu has no tf32: NVIDIA GPUs have it from compute " +
			"capability 8.0 on: must be one of float32, bf16, bf16-weights, bf16-autocast, fp16": func(
			c *experiments.Train,
		) {
			c.Precision = "tf32"
		},
		"attention flash_attention_2: trainer peft cannot train it, since flash_attention_2 runs on GPUs alone: must " +
			"be one of default, eager, sdpa": func(c *experiments.Train) {
			c.Precision, c.Attention = "bf16", "flash_attention_2"
		},
	} {
		c := withTrainer(config(filepath.Join(goldens, "llama"), source))
		change(&c.Train)
		if _, err := (train.Trainers{b.there}).Resolve(t.Context(), c); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// TestBitsandbytesIsAskedFor: without it, or with a version that was not tested, a base of 4 or 8
// bits is refused with the command that installs it.
func TestBitsandbytesIsAskedFor(t *testing.T) {
	runPython(t, `
from ranksweep_peft import versions
versions.installed = lambda name: ""
why = versions.optional_problem("bitsandbytes")
assert why.startswith("bitsandbytes is missing. This installs what was tested: "), why
`)
	shadow(t, map[string]string{}, map[string]string{"bitsandbytes": "0.1"})
	b, source := newBoth(t), pefttest.Letters(t, 40)
	c := withTrainer(config(filepath.Join(goldens, "llama"), source))
	c.Train.Quantization = "nf4"
	_, err := train.Trainers{b.there}.Resolve(t.Context(), c)
	for _, want := range []string{
		"quantization nf4: trainer peft cannot train it, since bitsandbytes 0.1 was not tested: " +
			"must be at least 0.50 ",
		" -m pip install bitsandbytes==", ": must be one of none",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// TestQuantizations: with bitsandbytes a base of 4 or 8 bits begins near the base in float32, but
// not at it, and what trains on it lowers the loss. 4 bits change a weight by about a tenth of
// the usual size of weights.
func TestQuantizations(t *testing.T) {
	b, source := newBoth(t), pefttest.Letters(t, 40)
	can, err := b.there.Abilities()
	check(t, err)
	if why := can.Why["quantization"]; why != "" {
		t.Skip("skipped: " + why)
	}
	model := llama(t, nn.Config{Dim: 64, Layers: 2, Heads: 2, KVHeads: 2, HeadDim: 32, Hidden: 128, Vocab: 64})
	for _, method := range []string{lora.DefaultMethod, lora.DoRAMethod} {
		c := config(model, source)
		c.Adapter.Method, c.Train.Steps = method, 4
		want := b.trained(t, c)
		for quantization, bound := range map[string]float64{"int8": 0.02, "nf4": 0.15,
			"nf4-double": 0.15, "fp4": 0.15} {
			for _, precision := range []string{"float32", "bf16"} {
				t.Run(strings.Join([]string{method, quantization, precision}, " "), func(t *testing.T) {
					c := c
					c.Train.Quantization, c.Train.Precision = quantization, precision
					got := b.trained(t, c)
					first, usual := got.Curve[0].Values[metrics.ValLoss], want.Curve[0].Values[metrics.ValLoss]
					if d := math.Abs(first-usual) / usual; d == 0 || !(d < bound) {
						t.Errorf("loss %g at first, in float32 %g", first, usual)
					}
					if last := got.Curve[len(got.Curve)-1].Values[metrics.ValLoss]; !(last < first) {
						t.Errorf("loss %g at last, %g at first", last, first)
					}
				})
			}
		}
	}
}

// TestBlocksOnACPU: maps that bitsandbytes would round wrongly on a CPU are refused by name.
func TestBlocksOnACPU(t *testing.T) {
	b := newBoth(t)
	can, err := b.there.Abilities()
	check(t, err)
	if why := can.Why["quantization"]; why != "" {
		t.Skip("skipped: " + why)
	}
	c := config(filepath.Join(goldens, "llama"), pefttest.Letters(t, 40))
	c.Train.Quantization = "nf4"
	_, err = b.there.Train(t.Context(), c, func(metrics.Point) {})
	if want := "inputs: must be a multiple of 64 for 4 bits on a CPU"; err == nil ||
		!strings.Contains(err.Error(), want) {
		t.Errorf("%v, want %s", err, want)
	}
}

// llama writes a LLaMA of the given sizes with random weights, and returns its folder.
func llama(t *testing.T, sizes nn.Config) string {
	t.Helper()
	sizes.Context, sizes.NormEps, sizes.RopeTheta = 1024, 1e-5, 10000
	m, err := nn.New(sizes)
	check(t, err)
	rng := rand.New(rand.NewPCG(1, 1))
	for _, tensor := range m.Tensors() {
		for i := range tensor.Data {
			tensor.Data[i] = float32(0.05 * rng.NormFloat64())
			if len(tensor.Shape) == 1 {
				tensor.Data[i]++ // norms
			}
		}
	}
	c, err := checkpoint.Load(filepath.Join(goldens, "llama"))
	check(t, err)
	dir := filepath.Join(t.TempDir(), "llama")
	check(t, checkpoint.Save(dir, &checkpoint.Checkpoint{Model: m, Tokenizer: c.Tokenizer}, checkpoint.F32))
	return dir
}

// TestLossScale: a gradient beyond float16 is computed again at half the scale until it fits,
// one below it survives, and a loss that is not finite is not tried again.
func TestLossScale(t *testing.T) {
	runPython(t, `
import torch
from ranksweep_peft.arithmetic import PRECISIONS, Scale

def gradient(scale, value, loss=1.0):
    tries = 0
    while True:
        tries += 1
        g = (torch.tensor([value]) * scale.now).half().float()
        if scale.settled(torch.tensor(loss), [g]):
            return g.item(), tries

scale = Scale(PRECISIONS["fp16"])
assert gradient(scale, 3.0) == (3.0, 3) and scale.now == 2.0**14, scale.now
assert gradient(scale, 2.0**-30) == (2.0**-30, 1)
assert gradient(scale, float("inf"), float("nan")) == (float("inf"), 1) and scale.now == 2.0**14
for _ in range(Scale.CALM): gradient(scale, 1.0)
assert scale.now == 2.0**15, scale.now
gradient(scale, float("inf"))
assert scale.now == 1.0, scale.now
x = torch.tensor([3.0], requires_grad=True)
scale.now = 2.0**16
assert scale.gradients((x.half() * 5).sum().float(), [x])[0].item() == 5 and scale.now < 2.0**16
for name in PRECISIONS:
    assert (Scale(PRECISIONS[name]).now == 1) == (name != "fp16")
`)
}

// runPython runs a program that can import ranksweep_peft.
func runPython(t *testing.T, text string) {
	t.Helper()
	path, dir := pefttest.Python(t), t.TempDir()
	check(t, os.CopyFS(dir, Program("").Source))
	cmd := exec.CommandContext(t.Context(), path, "-c", text)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}
