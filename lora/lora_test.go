package lora

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/nn"
	"ranksweep/nn/nntest"
)

const tokens = 24

func testBatch() *nn.Batch {
	rng := rand.New(rand.NewPCG(1, 2))
	var b nn.Batch
	for _, n := range []int{9, 13} {
		x, y := make([]int32, n), make([]int32, n)
		for i := range x {
			x[i], y[i] = int32(rng.IntN(17)), int32(rng.IntN(17))
		}
		b.Append(x, y)
	}
	return &b
}

func testConfig(rank int) Config {
	return Config{
		Rank: rank, Gamma: Scheme{P: 0.5}.Gamma(2, rank), Init: Init{Kind: KaimingUniform},
		Targets: []string{"all-linear"}, Tokens: tokens, Budget: testBudget(1),
	}
}

// testBudget has every kind of step within ten: none is cut up to step 2, from step 7 on the target is kept.
func testBudget(target int) Budget {
	return Budget{Target: target, Initial: 2, Final: 3, Every: 1, Steps: 10, Beta1: 0.85, Beta2: 0.8,
		Penalty: NormPenalty, Weight: 0.5}
}

// attach returns adapters whose B is no longer zero, and a pass through them.
func attach(t testing.TB, m *nn.Model, c Config) (*Set, *nn.Pass) {
	s, err := Attach(m, c, 7)
	check(t, err)
	rng := rand.New(rand.NewPCG(1, 3))
	for _, a := range s.Adapters {
		nntest.Fill(a.B.Data, rng)
	}
	p, err := nn.NewPass(m, tokens, s.Maps())
	check(t, err)
	return s, p
}

// logitsOf returns the logits of m for b, with maps in the place of its own.
func logitsOf(t *testing.T, m *nn.Model, maps map[string]nn.Map, b *nn.Batch) []float32 {
	t.Helper()
	p, err := nn.NewPass(m, tokens, maps)
	check(t, err)
	logits, err := p.Logits(b)
	check(t, err)
	return logits.Data
}

// checkMerged merges s into a clone of base, which must compute want. Unmerged, the clone
// must have the weights of base.
func checkMerged(t *testing.T, name string, s *Set, base *nn.Model, b *nn.Batch, want []float32) {
	t.Helper()
	m := base.Clone()
	check(t, s.Merge(m))
	if d := difference(logitsOf(t, m, nil, b), want); !(d < 1e-5) {
		t.Errorf("%s: merged differs by %.2g", name, d)
	}
	check(t, s.Unmerge(m))
	for i, l := range m.Linears() {
		if d := difference(l.Weight.Data, base.Linears()[i].Weight.Data); !(d < 1e-5) {
			t.Errorf("%s: unmerged differs by %.2g in %s", name, d, l.Name)
		}
	}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
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

func TestDifferenceSees(t *testing.T) {
	if d := difference([]float32{1, 2.02}, []float32{1, 2}); d < 0.009 || d > 0.011 {
		t.Errorf("difference = %g, want 0.01", d)
	}
}

func TestGamma(t *testing.T) {
	for _, c := range []struct {
		scheme Scheme
		rank   int
		want   float64
	}{
		{Scheme{P: 1}, 8, 2},
		{Scheme{P: 0.5}, 16, 4},
		{Scheme{P: 0}, 512, 16},
		{Scheme{P: 0.75}, 16, 2},
		{Scheme{P: 0.5, MatchRank: 4}, 4, 4},  // α/r₀, LoRA's own
		{Scheme{P: 0.5, MatchRank: 4}, 16, 2}, // (α/r₀)(r₀/r)^½
		{Scheme{P: 1, MatchRank: 4}, 16, 1},   // matching LoRA to itself changes nothing
		{Scheme{P: 0, MatchRank: 4}, 2048, 4},
	} {
		if got := c.scheme.Gamma(16, c.rank); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%+v at rank %d: gamma %g, want %g", c.scheme, c.rank, got, c.want)
		}
	}
}

// A fresh adapter changes nothing, whichever of its factors is zero.
func TestFreshAdapterIsNoOp(t *testing.T) {
	half := nntest.Model(t)
	half.BF16()
	for _, m := range []*nn.Model{nntest.Model(t), half} {
		checkFreshIsNoOp(t, m)
	}
}

func checkFreshIsNoOp(t *testing.T, m *nn.Model) {
	t.Helper()
	b := testBatch()
	want := logitsOf(t, m, nil, b)
	for i, rank := range []int{1, 3, 40, 1, 3, 40} {
		c := testConfig(rank)
		c.Init.ZeroA = i > 2
		s, err := Attach(m, c, 7)
		check(t, err)
		a := s.Adapters[0]
		if drawn := a.A.Data[0] != 0; drawn == c.Init.ZeroA || drawn == (a.B.Data[0] != 0) {
			t.Errorf("A zero %t: A begins with %g and B with %g", c.Init.ZeroA, a.A.Data[0], a.B.Data[0])
		}
		got := logitsOf(t, m, s.Maps(), b)
		for i, v := range want {
			if got[i] != v {
				t.Fatalf("rank %d: logit %d is %g with a fresh adapter, %g without", rank, i, got[i], v)
			}
		}
	}
}

// TestFormsAgree runs one set in both forms. They compute each value by a few hundred
// float32 operations in different orders. 1e-5 of the largest value is about 80 units in
// the last place, and a wrong factor anywhere would be far beyond it.
func TestFormsAgree(t *testing.T) {
	m, b := nntest.Model(t), testBatch()
	for _, rank := range []int{1, 5, 40} {
		grads := map[bool][]nn.Param{}
		var losses [2]float64
		for i, asMerged := range []bool{false, true} {
			s, p := attach(t, m, testConfig(rank))
			for _, a := range s.Adapters {
				forceForm(a, asMerged)
			}
			loss, err := p.Gradient(b, 1)
			check(t, err)
			losses[i], grads[asMerged] = loss, p.Params()
		}
		if math.Abs(losses[0]-losses[1]) > 1e-5*losses[0] {
			t.Errorf("rank %d: loss %g factored, %g merged", rank, losses[0], losses[1])
		}
		for i, f := range grads[false] {
			if d := difference(grads[true][i].Grad, f.Grad); !(d < 1e-5) {
				t.Errorf("rank %d, %s: gradients differ by %.2g", rank, f.Name, d)
			}
		}
	}
}

func forceForm(a *Adapter, asMerged bool) {
	shape := func() blas32.General { return nn.NewMatrix(a.Base.Out(), a.Base.In()) }
	if asMerged {
		a.active = &merged{Adapter: a, weight: &nn.Linear{Weight: shape(), Bias: a.Base.Bias}, dW: shape()}
		return
	}
	const n = 2 * probeBlock
	a.active = &factored{Adapter: a, u: nn.NewMatrix(n, a.Rank()), du: nn.NewMatrix(n, a.Rank())}
}

func TestFormIsTheCheaperOne(t *testing.T) {
	// 2Tmn + 6rmn < 6Tr(m+n) at m = n = 256, T = 2048 from r = 46 on, and 4Tmn + 6rmn, in bfloat16, from r = 92 on.
	m, err := nn.New(nn.Config{Vocab: 2, Dim: 256, Layers: 1, Heads: 1, KVHeads: 1, HeadDim: 256, Hidden: 1, Context: 1,
		RopeTheta: 1})
	check(t, err)
	from := func(first int) {
		for rank, want := range map[int]bool{16: false, first - 1: false, first: true, 2048: true} {
			if got := MergedIsCheaper(2048, rank, m.Blocks[0].QKV[0]); got != want {
				t.Errorf("rank %d: merged is cheaper: %v, want %v", rank, got, want)
			}
		}
	}
	from(46)
	m.BF16()
	from(92)
	s, err := Attach(nntest.Model(t), testConfig(40), 1)
	check(t, err)
	if _, ok := s.Adapters[0].train.(*merged); !ok {
		t.Error("rank 40 on a 12×12 map is not merged")
	}
}

// TestAdapterGradients differentiates the loss along the steepest entry of
// every A and B by the five-point rule, in both forms. The loss is a sum of 22 terms of
// about 3, each precise to 3·2⁻²⁴; divided by the step 0.02 that is 6e-5.
func TestAdapterGradients(t *testing.T) {
	m, b := nntest.Model(t), testBatch()
	for _, rank := range []int{2, 40} {
		s, p := attach(t, m, testConfig(rank))
		_, err := p.Gradient(b, 1)
		check(t, err)
		loss := func() float64 { s.Updated(); sum, _ := p.Loss(b); return sum }
		for _, q := range p.Params() {
			compareSteepest(t, q, loss)
		}
	}
}

// compareSteepest compares the largest entry of a gradient with the difference quotient of
// f.
func compareSteepest(t *testing.T, q nn.Param, f func() float64) {
	t.Helper()
	at := 0
	for i, g := range q.Grad {
		if math.Abs(float64(g)) > math.Abs(float64(q.Grad[at])) {
			at = i
		}
	}
	got, want := float64(q.Grad[at]), derivative(f, &q.Value[at])
	if got == 0 || !(math.Abs(got-want) < 5e-3*math.Abs(got)+6e-5) {
		t.Errorf("%s[%d]: gradient %g, finite difference %g", q.Name, at, got, want)
	}
}

func derivative(f func() float64, x *float32) float64 {
	const h = 0.02
	at := *x
	defer func() { *x = at; f() }()
	d := func(h float32) float64 { *x = at + h; return f() }
	return (8*(d(h)-d(-h)) - (d(2*h) - d(-2*h))) / (12 * h)
}

// An adapter that would make a weight NaN or infinite is not merged without a word.
func TestMergeRefusesWhatIsNotFinite(t *testing.T) {
	for _, bad := range []float32{float32(math.NaN()), float32(math.Inf(1)), 3e38} {
		base := nntest.Model(t)
		s, _ := attach(t, base, testConfig(2))
		for _, a := range s.Adapters {
			a.A.Data[0] = 3e38
			a.B.Data[0] = bad
		}
		err := s.Merge(base.Clone())
		if err == nil || !strings.Contains(err.Error(), "with the adapter merged, a weight is") {
			t.Errorf("B has %g: %v", bad, err)
		}
	}
}

// TestMergedEqualsAttached: for every scheme, a merged model computes the same as the model
// with attached adapters, up to float32 rounding through two layers. Unmerged, it computes
// the same as the base.
func TestMergedEqualsAttached(t *testing.T) {
	base, b := nntest.Model(t), testBatch()
	for _, scheme := range []Scheme{{P: 1}, {P: 0.5}, {P: 0}, {P: 0.75}, {P: 0.5, MatchRank: 2}} {
		for _, rank := range []int{1, 8, 40} {
			c := testConfig(rank)
			c.Gamma = scheme.Gamma(2, rank)
			s, _ := attach(t, base, c)
			checkMerged(t, fmt.Sprintf("%+v, rank %d", scheme, rank), s, base, b, logitsOf(t, base, s.Maps(), b))
		}
	}
}

// TestProbeMeasuresTheAdapter compares the probe with γBAx and γAᵀBᵀv of a single map,
// written out, and checks that the probe changes nothing else.
func TestProbeMeasuresTheAdapter(t *testing.T) {
	m := nntest.Model(t)
	s, _ := attach(t, m, testConfig(3))
	a := s.Adapters[0]
	rng := rand.New(rand.NewPCG(1, 5))
	const n = probeBlock + 3
	x, dy := nn.NewMatrix(n, a.Base.In()), nn.NewMatrix(n, a.Base.Out())
	nntest.Fill(x.Data, rng)
	nntest.Fill(dy.Data, rng)
	y, dx := nn.NewMatrix(n, a.Base.Out()), nn.NewMatrix(n, a.Base.In())

	s.SetMode(Probe)
	a.Forward(y, x)
	a.Backward(dx, dy, x)
	delta := nn.NewMatrix(a.Base.Out(), a.Base.In())
	a.Delta(delta)
	var out, in float64
	for i := range n {
		for o := range delta.Rows {
			var z float64
			for j := range delta.Cols {
				z += float64(delta.Data[o*delta.Cols+j]) * float64(x.Data[i*x.Cols+j])
			}
			out += z * z
		}
		for j := range delta.Cols {
			var z float64
			for o := range delta.Rows {
				z += float64(delta.Data[o*delta.Cols+j]) * float64(dy.Data[i*dy.Cols+o])
			}
			in += z * z
		}
	}
	got := a.Probed()
	if math.Abs(got.Output.Sum/out-1) > 1e-5 || got.Output.Count != n*delta.Rows {
		t.Errorf("output: %+v, want %g over %d", got.Output, out, n*delta.Rows)
	}
	if math.Abs(got.InputDX.Sum/in-1) > 1e-5 || got.InputDX.Count != n*delta.Cols {
		t.Errorf("input gradient: %+v, want %g over %d", got.InputDX, in, n*delta.Cols)
	}
	var whole nn.Squares
	whole.Add(y.Data)
	if math.Abs(got.Map.Sum/whole.Sum-1) > 1e-12 || got.Map.Count != whole.Count { // summed in float64, in blocks
		t.Errorf("the map's output: %+v, want %+v", got.Map, whole)
	}
	for _, q := range a.Params() {
		for _, g := range q.Grad {
			if g != 0 {
				t.Fatalf("a probe added to the gradient of %s", q.Name)
			}
		}
	}
	yTrain, dxTrain := nn.NewMatrix(n, a.Base.Out()), nn.NewMatrix(n, a.Base.In())
	forceForm(a, true)
	a.Forward(yTrain, x)
	a.Backward(dxTrain, dy, x)
	if d := max(difference(y.Data, yTrain.Data), difference(dx.Data, dxTrain.Data)); !(d < 1e-5) {
		t.Errorf("a probe computes another map: off by %.2g", d)
	}
}

func TestDropout(t *testing.T) {
	m := nntest.Model(t)
	c := testConfig(40)
	c.Dropout = 0.25
	s, p := attach(t, m, c)
	b := testBatch()
	first, err := p.Loss(b)
	check(t, err)
	second, err := p.Loss(b)
	check(t, err)
	if first == second {
		t.Error("two training passes drop the same entries")
	}
	s.SetMode(Eval)
	got, err := p.Loss(b)
	check(t, err)
	_, plain := attach(t, m, testConfig(40))
	want, err := plain.Loss(b)
	check(t, err)
	if math.Abs(got-want) > 1e-5*want {
		t.Errorf("loss %g in evaluation, %g without dropout", got, want)
	}

	d := s.Adapters[0].train.(*factored).dropout
	x := nn.NewMatrix(tokens, s.Adapters[0].Base.In())
	for i := range x.Data {
		x.Data[i] = 1
	}
	var kept, sum float64
	const times = 100
	for range times {
		for _, v := range d.forward(x).Data {
			if v != 0 {
				kept++
			}
			sum += float64(v)
		}
	}
	n := float64(times * len(x.Data))
	// A share of 0.75 over 28,800 draws has standard error 0.0026; the tolerance is 4 of them.
	if math.Abs(kept/n-0.75) > 0.0104 || math.Abs(sum/n-1) > 0.0104/0.75 {
		t.Errorf("kept %.4f of the entries, mean %.4f; want 0.75 and 1", kept/n, sum/n)
	}
}

// TestDropoutGradient: with the same entries dropped, finite differences give the same
// gradient as dropout's backward.
func TestDropoutGradient(t *testing.T) {
	m, b := nntest.Model(t), testBatch()
	c := testConfig(3)
	c.Dropout = 0.4
	s, p := attach(t, m, c)
	again := func() {
		for _, a := range s.Adapters {
			a.train.(*factored).dropout.rng = rand.New(stream(9, a.Base.Name, "dropout"))
		}
	}
	again()
	_, err := p.Gradient(b, 1)
	check(t, err)
	for _, q := range p.Params() {
		compareSteepest(t, q, func() float64 { again(); sum, _ := p.Loss(b); return sum })
	}
}

// TestInitialVariance: every kind except PEFT's gaussian has variance 1/(3·fan-in), times
// the square of its factor. The relative standard error of a variance over 200,000 draws is
// below √(2/200,000) = 0.0032; the tolerance is 4 of them.
func TestInitialVariance(t *testing.T) {
	const rank, in = 1000., 200.
	for _, kind := range InitKinds {
		for i, e := range []float64{0, 0.5, 1, 0, 0.5} {
			a := make([]float32, int(rank*in))
			zeroA := i > 2
			Init{Kind: kind, ZeroA: zeroA, Factor: math.Pow(rank, -e)}.fill(a, rank, in, 1, "m")
			var sum, squares float64
			for _, v := range a {
				sum += float64(v)
				squares += float64(v) * float64(v)
			}
			want := math.Pow(rank, -2*e) / (3 * in)
			if zeroA {
				want *= in / rank
			}
			if kind == PEFTGaussian {
				want = math.Pow(rank, -2*e-2)
			}
			if got := squares / float64(len(a)); math.Abs(got/want-1) > 0.013 {
				t.Errorf("%s, exponent %g, A zero %t: variance %g, want %g", kind, e, zeroA, got, want)
			}
			if mean := sum / float64(len(a)); math.Abs(mean) > 4*math.Sqrt(want/float64(len(a))) {
				t.Errorf("%s, exponent %g: mean %g", kind, e, mean)
			}
		}
	}
}

// TestDrawnIsTheAdapters: the factor that is drawn of a map without an adapter is that of the
// map's fresh adapter.
func TestDrawnIsTheAdapters(t *testing.T) {
	m := nntest.Model(t)
	for _, zeroA := range []bool{false, true} {
		c := testConfig(5)
		c.Init = Init{Kind: Gaussian, ZeroA: zeroA}
		set, err := Attach(m, c, 9)
		check(t, err)
		for _, a := range set.Adapters {
			want := a.A
			if zeroA {
				want = a.B
			}
			if got := c.Init.Drawn(5, a.Base, 9); !slices.Equal(got.Data, want.Data) || got.Rows != want.Rows {
				t.Errorf("%s, zero A %t: another factor is drawn", a.Base.Name, zeroA)
			}
		}
	}
}

// TestSmallerBIsTheLeftOfLarger: a drawn B of a smaller rank equals the left columns of a
// larger one.
func TestSmallerBIsTheLeftOfLarger(t *testing.T) {
	m := nntest.Model(t)
	at := func(rank int) *Adapter {
		c := testConfig(rank)
		c.Init = Init{Kind: Gaussian, ZeroA: true, Factor: math.Sqrt(float64(rank))}
		s, err := Attach(m, c, 5)
		check(t, err)
		return s.Adapters[0]
	}
	small, large := at(4), at(16)
	for i, v := range small.B.Data {
		if got := large.B.Data[i/4*16+i%4]; got != v {
			t.Fatalf("B[%d, %d] is %g at rank 4, %g at rank 16", i/4, i%4, v, got)
		}
	}
}

// TestSmallerAIsTheTopOfLarger: two ranks with one seed share rows of A; different maps or
// seeds share none.
func TestSmallerAIsTheTopOfLarger(t *testing.T) {
	m := nntest.Model(t)
	small, err := Attach(m, testConfig(3), 5)
	check(t, err)
	large, err := Attach(m, testConfig(30), 5)
	check(t, err)
	other, err := Attach(m, testConfig(3), 6)
	check(t, err)
	for i, a := range small.Adapters {
		for j, v := range a.A.Data {
			if large.Adapters[i].A.Data[j] != v {
				t.Fatalf("%s: A[%d] is %g at rank 3, %g at rank 30", a.Base.Name, j, v, large.Adapters[i].A.Data[j])
			}
		}
		if other.Adapters[i].A.Data[0] == a.A.Data[0] || (i > 0 && small.Adapters[0].A.Data[0] == a.A.Data[0]) {
			t.Errorf("%s shares its stream", a.Base.Name)
		}
	}
}

func TestTargets(t *testing.T) {
	m := nntest.Model(t)
	for _, c := range []struct {
		names []string
		want  int
	}{
		{[]string{"all-linear"}, 14},
		{[]string{"attention"}, 8},
		{[]string{"mlp"}, 6},
		{[]string{"q_proj", "v_proj", "mlp"}, 10},
		{[]string{"model.layers.1.mlp.up_proj"}, 1},
	} {
		got, err := Targets(m, c.names)
		if err != nil || len(got) != c.want {
			t.Errorf("%v: %d maps, %v; want %d", c.names, len(got), err, c.want)
		}
	}
	for _, names := range [][]string{
		nil, {"proj"}, {"q_proj", "lm_head"}, {"all-linear", "attention"}, {"attention", "mlp", "q_proj"},
		{"mlp", "model.layers.1.mlp.up_proj"}, {"mlp", "mlp"}, {"attention", "mlp", "all-linear"},
	} {
		if _, err := Targets(m, names); err == nil {
			t.Errorf("%v is accepted", names)
		}
	}
}

func TestAttachRefuses(t *testing.T) {
	m := nntest.Model(t)
	for want, change := range map[string]func(*Config){
		"rank 0: must be":   func(c *Config) { c.Rank = 0 },
		"dropout 1: must":   func(c *Config) { c.Dropout = 1 },
		"dropout NaN":       func(c *Config) { c.Dropout = math.NaN() },
		`init "zeros"`:      func(c *Config) { c.Init.Kind = "zeros" },
		"batches of 0":      func(c *Config) { c.Tokens = 0 },
		`target "head"`:     func(c *Config) { c.Targets = []string{"head"} },
		"lora: no targets:": func(c *Config) { c.Targets = nil },
	} {
		c := testConfig(2)
		change(&c)
		if _, err := Attach(m, c, 1); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}
