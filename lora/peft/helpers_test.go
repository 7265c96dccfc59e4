package peft

import (
	"encoding/json"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/checkpoint"
	"ranksweep/lora"
	"ranksweep/nn"
	"ranksweep/nn/nntest"
)

const tokens = 24

// adapter describes adapters that a test puts on some maps.
type adapter struct {
	targets string
	rank    int
	gamma   float64
}

// attach puts adapters of random A and B on m.
func attach(t testing.TB, m *nn.Model, adapters ...adapter) *lora.Set {
	t.Helper()
	return attachBy(t, lora.DefaultMethod, m, adapters...)
}

// attachBy is attach for any method; magnitudes are changed so that they differ from the
// lengths of the weights.
func attachBy(t testing.TB, name string, m *nn.Model, adapters ...adapter) *lora.Set {
	t.Helper()
	method, _ := lora.MethodNamed(name)
	all := new(lora.Set)
	rng := rand.New(rand.NewPCG(1, 3))
	for _, a := range adapters {
		set, err := method.Attach(new(nn.Arena), m, lora.Config{
			Rank: a.rank, Gamma: a.gamma, Init: lora.Init{Kind: lora.KaimingUniform},
			Targets: strings.Fields(a.targets), Tokens: tokens,
		}, 7)
		check(t, err)
		for i, b := range set.Adapters {
			nntest.Fill(b.B.Data, rng)
			trained, _ := set.Trainables[i].Trained()
			for j := range trained.Magnitude {
				trained.Magnitude[j] *= float32(0.5 + rng.Float64())
			}
		}
		set.Updated()
		all.Adapters = append(all.Adapters, set.Adapters...)
		all.Trainables = append(all.Trainables, set.Trainables...)
	}
	return all
}

// tensorsOf returns A and B of every adapter under the names that PEFT gives
// them.
func tensorsOf(s *lora.Set) []nn.Tensor {
	var tensors []nn.Tensor
	for _, a := range s.Adapters {
		for _, p := range a.Params() {
			tensors = append(tensors, nn.Tensor{Name: prefix + p.Name, Shape: []int{p.Rows, p.Cols}, Data: p.Value})
		}
	}
	return tensors
}

// write writes an adapter folder.
func write(t testing.TB, config string, tensors []nn.Tensor) (dir string) {
	t.Helper()
	dir = t.TempDir()
	check(t, os.WriteFile(filepath.Join(dir, configFile), []byte(config), 0o666))
	check(t, checkpoint.WriteTensors(filepath.Join(dir, weightsFile), tensors, checkpoint.F32, nil))
	return dir
}

// configWith returns a config of rank 3 with the given settings changed. One that is "absent" is taken out.
func configWith(t testing.TB, settings string) string {
	t.Helper()
	const usual = `{
		"peft_type": "LORA", "r": 3, "lora_alpha": 6, "bias": "none", "use_dora": false, "init_lora_weights": true,
		"modules_to_save": null, "rank_pattern": {}, "task_type": "CAUSAL_LM"
	}`
	all := make(map[string]json.RawMessage) // raw, since the order of patterns counts
	for _, text := range []string{usual, settings} {
		check(t, json.Unmarshal([]byte(text), &all))
	}
	maps.DeleteFunc(all, func(_ string, value json.RawMessage) bool { return string(value) == `"absent"` })
	text, err := json.Marshal(all)
	check(t, err)
	return string(text)
}

// logits returns the logits of m with adapters on it.
func logits(t testing.TB, m *nn.Model, maps map[string]nn.Map) blas32.General {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 2))
	var b nn.Batch
	for _, n := range []int{9, 13} {
		x := make([]int32, n)
		for i := range x {
			x[i] = int32(rng.IntN(17))
		}
		b.Append(x, x)
	}
	p, err := nn.NewPass(m, tokens, maps)
	check(t, err)
	out, err := p.Logits(&b)
	check(t, err)
	return out
}

// difference returns the largest |x−y| relative to the largest |y|.
func difference(x, y []float32) float64 {
	var d, size float64
	for i := range y {
		d = max(d, math.Abs(float64(x[i]-y[i])))
		size = max(size, math.Abs(float64(y[i])))
	}
	return d / size
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
