package nn

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// smallConfig has a different number for every size, so that swapped sizes are noticed.
func smallConfig() Config {
	return Config{
		Vocab: 19, Dim: 12, Layers: 2, Heads: 4, KVHeads: 2, HeadDim: 6, Hidden: 14,
		Context: 10, NormEps: 1e-5, RopeTheta: 100,
	}
}

// smallModel is a model whose weights are large enough for difference quotients.
func smallModel(t testing.TB, tied bool) *Model {
	c := smallConfig()
	c.TiedHead = tied
	m, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(3, 1))
	for _, tensor := range m.Tensors() {
		fillNormal(tensor.Data, 0.3, rng)
	}
	return m
}

// smallBatch has three sequences, unscored positions among them.
func smallBatch(c Config) *Batch {
	rng := rand.New(rand.NewPCG(3, 2))
	var b Batch
	for _, n := range []int{4, 10, 1} {
		tokens, targets := make([]int32, n), make([]int32, n)
		for i := range tokens {
			tokens[i], targets[i] = int32(rng.IntN(c.Vocab)), int32(rng.IntN(c.Vocab))
			if i%3 == 1 {
				targets[i] = Unscored
			}
		}
		b.Append(tokens, targets)
	}
	return &b
}

// TestModelGradient differentiates the whole model along every weight array. The loss, about
// 30, is precise to 30·2⁻²² ≈ 7e-6; divided by the step 0.02 that is 4e-4, while the largest
// entries are of order 1.
func TestModelGradient(t *testing.T) {
	for _, tied := range []bool{false, true} {
		m := smallModel(t, tied)
		b := smallBatch(m.Config)
		p, err := NewFullPass(m, 20)
		check(t, err)
		_, err = p.Gradient(b, 1)
		check(t, err)
		rng := rand.New(rand.NewPCG(3, 3))
		loss := func() float64 { sum, _ := p.Loss(b); return sum }
		for _, q := range p.Params() {
			check(t, compareGradient(loss, q.Name, q.Value, q.Grad, rng, 5e-3))
		}
	}
}

// TestFrozenGradientsStopAtTheLowestMap trains single maps. Their gradients equal those of full
// training, although nothing below them is computed.
func TestFrozenGradientsStopAtTheLowestMap(t *testing.T) {
	m := smallModel(t, false)
	b := smallBatch(m.Config)
	full, err := NewFullPass(m, 20)
	check(t, err)
	_, err = full.Gradient(b, 1)
	check(t, err)
	want := map[string][]float32{}
	for _, q := range full.Params() {
		want[q.Name] = q.Grad
	}
	for _, l := range m.Linears() {
		p, err := NewPass(m, 20, map[string]Map{l.Name: NewFullMap(new(Arena), l)})
		check(t, err)
		_, err = p.Gradient(b, 1)
		check(t, err)
		got := p.Params()
		if len(got) != 1 {
			t.Fatalf("%s: %d parameters train, want 1", l.Name, len(got))
		}
		for i, g := range got[0].Grad {
			if g != want[got[0].Name][i] {
				t.Fatalf("%s[%d]: gradient %g alone, %g in full training", l.Name, i, g, want[got[0].Name][i])
			}
		}
	}
}

func TestAttentionIsCausal(t *testing.T) {
	m := smallModel(t, false)
	p, err := NewPass(m, 20, nil)
	check(t, err)
	tokens := []int32{1, 2, 3, 4, 5, 6}
	var b Batch
	b.Append(tokens, make([]int32, 6))
	before, err := p.Logits(&b)
	check(t, err)
	b.Tokens[4] = 9
	after, err := p.Logits(&b)
	check(t, err)
	for i := range 6 {
		same := true
		for j, v := range row(before, i) {
			same = same && v == row(after, i)[j]
		}
		if same != (i < 4) {
			t.Errorf("position %d: changing token 4 leaves its logits unchanged: %v", i, same)
		}
	}
}

// TestSequencesAreIndependent: the loss of a batch is the sum of its sequences' losses.
func TestSequencesAreIndependent(t *testing.T) {
	m := smallModel(t, false)
	p, err := NewPass(m, 20, nil)
	check(t, err)
	b := smallBatch(m.Config)
	together, err := p.Loss(b)
	check(t, err)
	var apart float64
	for s := range b.Sequences() {
		var one Batch
		one.Append(b.Tokens[b.Starts[s]:b.Starts[s+1]], b.Targets[b.Starts[s]:b.Starts[s+1]])
		sum, err := p.Loss(&one)
		check(t, err)
		apart += sum
	}
	if math.Abs(together-apart) > 1e-5*together {
		t.Errorf("loss %g together, %g apart", together, apart)
	}
}

// TestGradientsAccumulate: two passes at half weight give the gradients of one pass at full
// weight, exactly, since each entry is the sum of two equal halves.
func TestGradientsAccumulate(t *testing.T) {
	m := smallModel(t, true)
	b := smallBatch(m.Config)
	once, err := NewFullPass(m, 20)
	check(t, err)
	twice, err := NewFullPass(m, 20)
	check(t, err)
	_, err = once.Gradient(b, 1)
	check(t, err)
	for range 2 {
		_, err = twice.Gradient(b, 0.5)
		check(t, err)
	}
	for i, q := range once.Params() {
		for j, g := range twice.Params()[i].Grad {
			if d := math.Abs(float64(g - q.Grad[j])); d > 1e-5*(1+math.Abs(float64(g))) {
				t.Fatalf("%s[%d]: %g in one pass, %g in two", q.Name, j, q.Grad[j], g)
			}
		}
	}
}

// TestInitialLossNearLogVocab: a model with fresh weights guesses at random. Logits with
// standard deviation s raise the mean loss by about s²/2, which is below 0.05 here.
func TestInitialLossNearLogVocab(t *testing.T) {
	m := smallModel(t, true)
	m.Init(rand.New(rand.NewPCG(3, 4)))
	p, err := NewPass(m, 20, nil)
	check(t, err)
	b := smallBatch(m.Config)
	sum, err := p.Loss(b)
	check(t, err)
	if got, want := sum/float64(b.Scored()), math.Log(19); math.Abs(got-want) > 0.05 {
		t.Errorf("initial loss %g, want about ln 19 = %g", got, want)
	}
}

// TestOverfitsOneBatch: plain gradient descent learns one batch by heart.
func TestOverfitsOneBatch(t *testing.T) {
	m := smallModel(t, false)
	p, err := NewFullPass(m, 20)
	check(t, err)
	b := smallBatch(m.Config)
	var first, last float64
	for step := range 400 {
		sum, err := p.Gradient(b, 1/float32(b.Scored()))
		check(t, err)
		if step == 0 {
			first = sum
		}
		last = sum
		for _, q := range p.Params() {
			for i, g := range q.Grad {
				q.Value[i] -= 0.3 * g
			}
			clear(q.Grad)
		}
	}
	if last > 0.05*first {
		t.Errorf("loss went from %g to %g in 400 steps", first, last)
	}
}

// TestBaseWeightsUntouchedByPass: no pass writes to the model.
func TestBaseWeightsUntouchedByPass(t *testing.T) {
	m := smallModel(t, true)
	var before []float32
	for _, tensor := range m.Tensors() {
		before = append(before, tensor.Data...)
	}
	p, err := NewFullPass(m, 20)
	check(t, err)
	_, err = p.Gradient(smallBatch(m.Config), 1)
	check(t, err)
	for _, tensor := range m.Tensors() {
		for i, v := range tensor.Data {
			if v != before[i] {
				t.Fatalf("%s[%d] changed", tensor.Name, i)
			}
		}
		before = before[len(tensor.Data):]
	}
}

func TestPassRefuses(t *testing.T) {
	m := smallModel(t, false)
	if _, err := NewPass(m, 0, nil); err == nil || !strings.Contains(err.Error(), "0 tokens") {
		t.Errorf("capacity 0: %v", err)
	}
	nowhere := map[string]Map{"nowhere": NewFullMap(new(Arena), m.Blocks[0].QKV[0])}
	if _, err := NewPass(m, 9, nowhere); err == nil || !strings.Contains(err.Error(), `"nowhere"`) {
		t.Errorf("unknown map: %v", err)
	}
	p, err := NewPass(m, 12, nil)
	check(t, err)
	for want, b := range map[string]*Batch{
		"at most 12":      {Tokens: make([]int32, 13), Targets: make([]int32, 13), Starts: []int{0, 6, 13}},
		"context is 10":   {Tokens: make([]int32, 11), Targets: make([]int32, 11), Starts: []int{0, 11}},
		"token 19 at":     {Tokens: []int32{0, 19}, Targets: []int32{0, 0}, Starts: []int{0, 2}},
		"target -2 at":    {Tokens: []int32{0, 1}, Targets: []int32{0, -2}, Starts: []int{0, 2}},
		"has 1 targets":   {Tokens: []int32{0, 1}, Targets: []int32{0}, Starts: []int{0, 2}},
		"token -1 at pos": {Tokens: []int32{-1}, Targets: []int32{0}, Starts: []int{0, 1}},
	} {
		if _, err := p.Loss(b); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
	if sum, err := p.Gradient(&Batch{}, 1); sum != 0 || err != nil {
		t.Errorf("empty batch: %g, %v", sum, err)
	}
}
