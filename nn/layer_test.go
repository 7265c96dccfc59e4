package nn

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/blas/blas32"
)

// derivative is the five-point central difference of f along x[i]. Its own error falls as h⁴,
// so that the step can be large enough to make float32 rounding negligible.
func derivative(f func() float64, x []float32, i int) float64 {
	const h = 0.02
	at := x[i]
	defer func() { x[i] = at }()
	f1 := func(d float32) float64 { x[i] = at + d; return f() }
	return (8*(f1(h)-f1(-h)) - (f1(2*h) - f1(-2*h))) / (12 * h)
}

// compareGradient differentiates f along some entries of x and returns the first derivative
// that disagrees with grad. If f has size s, its evaluation in float32 has an error of about
// s·2⁻²³, which the difference divides by h; tol is in units of the largest gradient entry.
func compareGradient(f func() float64, name string, x, grad []float32, rng *rand.Rand, tol float64) error {
	var size float64
	for _, g := range grad {
		size = max(size, math.Abs(float64(g)))
	}
	if size == 0 {
		return fmt.Errorf("%s: gradient is zero everywhere", name)
	}
	for range min(len(x), 12) {
		i := rng.IntN(len(x))
		want := derivative(f, x, i)
		if d := math.Abs(want - float64(grad[i])); !(d <= tol*size) {
			return fmt.Errorf("%s[%d]: gradient %g, finite difference %g, off by %.2g of the largest entry %g",
				name, i, grad[i], want, d/size, size)
		}
	}
	return nil
}

func TestCompareGradientFails(t *testing.T) {
	x := []float32{0.3, -0.7}
	f := func() float64 { return float64(x[0]*x[0]) + float64(x[1]) }
	rng := rand.New(rand.NewPCG(1, 1))
	if err := compareGradient(f, "x", x, []float32{0.6, 1}, rng, 1e-3); err != nil {
		t.Errorf("a right gradient is refused: %v", err)
	}
	for _, wrong := range [][]float32{{0.61, 1}, {0.6, -1}, {0, 0}, {float32(math.NaN()), 1}} {
		if compareGradient(f, "x", x, wrong, rng, 1e-3) == nil {
			t.Errorf("wrong gradient %v passes", wrong)
		}
	}
}

func random(rows, cols int, rng *rand.Rand) blas32.General {
	m := NewMatrix(rows, cols)
	fillNormal(m.Data, 1, rng)
	return m
}

// weighted returns the scalar whose gradient with respect to y is w.
func weighted(y, w []float32) float64 {
	var sum float64
	for i, v := range y {
		sum += float64(v) * float64(w[i])
	}
	return sum
}

func TestNormGradient(t *testing.T) {
	for _, v := range []Variant{{}, {LayerNorm: true}, {UnitNorms: true}} {
		rng := rand.New(rand.NewPCG(2, 1))
		c := Config{Dim: 7, Variant: v}
		n, h, dh := newNorm(c, "norm"), NewMatrix(5, 7), random(5, 7, rng)
		fillNormal(n.Weight, 1, rng)
		fillNormal(n.Bias, 1, rng)
		a := newActivation(new(Arena), c, 5, n)
		fillNormal(a.x.Data, 1, rng)
		f := func() float64 {
			(&normForward{a, blas32.General{}, h, 1e-5}).Do(0, 5)
			return weighted(h.Data, dh.Data)
		}
		f()
		dx, dw := NewMatrix(5, 7), make([]float32, 7)
		(&normBackward{a, dx, dh, dw}).Do(0, 5)
		check(t, compareGradient(f, "x", a.x.Data, dx.Data, rng, 1e-3))
		if v == (Variant{}) {
			check(t, compareGradient(f, "w", n.Weight, dw, rng, 1e-3))
		}
	}
}

// TestLayerNorm: a normalized row has the mean and the deviation given by bias and weight,
// however far from 0 the row lies.
func TestLayerNorm(t *testing.T) {
	h, w, b := make([]float32, 4), []float32{2, 2, 2, 2}, []float32{5, 5, 5, 5}
	layerNorm(h, []float32{1003, 1001, 999, 997}, w, b, 0)
	r := float32(2 / math.Sqrt(5)) // the deviations 3, 1, −1, −3 have variance 5
	for i, want := range []float32{5 + 3*r, 5 + r, 5 - r, 5 - 3*r} {
		if d := h[i] - want; d < -1e-5 || d > 1e-5 {
			t.Errorf("entry %d is %g, want %g", i, h[i], want)
		}
	}
}

func TestHeadNormGradient(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 7))
	c := Config{Heads: 3, KVHeads: 3, HeadDim: 4, Variant: Variant{FusedQKV: ByHead}}
	x, dy, w := newProjection(new(Arena), c, 5), newProjection(new(Arena), c, 5), random(1, 4, rng).Data
	fillNormal(dy.q.Data, 1, rng)
	a := newHeadNorm(new(Arena), 5, 3, 4)
	raw := random(5, 36, rng)
	f := func() float64 {
		copy(x.k.Data, raw.Data)
		a.forward(5, x.k, w, 1e-5)
		return weighted(x.k.Data, dy.k.Data)
	}
	f()
	d := newProjection(new(Arena), c, 5)
	copy(d.k.Data, dy.k.Data)
	a.backward(5, d.k, w, make([]float32, 4))
	check(t, compareGradient(f, "x", raw.Data, d.k.Data, rng, 1e-3))
}

// TestActivationGradient tests every activation with a gate, without one, and with gate and up
// from one map.
func TestActivationGradient(t *testing.T) {
	for _, f := range activationNames {
		for _, v := range []Variant{{}, {Ungated: true}, {FusedGateUp: true}} {
			rng := rand.New(rand.NewPCG(2, 2))
			c := Config{Hidden: 9, Variant: v}
			in, d, dact, act := newFeed(new(Arena), c, 4), newFeed(new(Arena), c, 4), random(4, 9, rng), NewMatrix(4, 9)
			for _, m := range in.outputs {
				fillNormal(m.Data, 1, rng)
				for i, x := range m.Data { // away from ReLU's corner
					m.Data[i] = x + float32(math.Copysign(0.05, float64(x)))
				}
			}
			loss := func() float64 {
				(&activationForward{f, act, &in}).Do(0, act.Rows)
				return weighted(act.Data, dact.Data)
			}
			own := NewMatrix(4, 9)
			copy(own.Data, dact.Data)
			(&activationBackward{f, &d, own, &in}).Do(0, own.Rows)
			for i, m := range in.outputs {
				check(t, compareGradient(loss, fmt.Sprintf("%s %+v output %d", f, v, i), m.Data, d.outputs[i].Data,
					rng, 1e-3))
			}
		}
	}
}

// Values of f(1) and f(−2) by the closed forms, to some 16 roundings of float32;
// GELUTanh's are ½x(1 + tanh(√(2/π)(x + 0.044715x³))).
func TestActivationValues(t *testing.T) {
	root := math.Sqrt(2 / math.Pi)
	for f, want := range map[Activation][2]float64{
		SiLU:     {1 / (1 + math.Exp(-1)), -2 / (1 + math.Exp(2))},
		GELU:     {(1 + math.Erf(1/math.Sqrt2)) / 2, -(1 + math.Erf(-math.Sqrt2))},
		GELUTanh: {(1 + math.Tanh(root*1.044715)) / 2, -(1 + math.Tanh(root*(-2-0.044715*8)))},
		ReLU:     {1, 0},
	} {
		for i, x := range []float64{1, -2} {
			if got, _ := f.value(x); (f == SiLU || f == ReLU) && math.Abs(got-want[i]) > 1e-14 {
				t.Errorf("%q of %g is %.15g, want %.15g", f, x, got, want[i])
			}
			y, dy, y2 := make([]float32, 1), make([]float32, 1), make([]float32, 1)
			f.values(y, []float32{float32(x)})
			f.slopes(y2, dy, []float32{float32(x)})
			if y[0] != y2[0] || math.Abs(float64(y[0])-want[i]) > 1e-6*math.Abs(want[i]) {
				t.Errorf("%q of %g is %.9g and %.9g, want %.9g", f, x, y[0], y2[0], want[i])
			}
		}
		y := []float32{float32(math.NaN())}
		if f.values(y, y); y[0] == y[0] {
			t.Errorf("%q of NaN is %g", f, y[0])
		}
	}
}

func TestRopeGradient(t *testing.T) {
	for _, rotary := range []int{0, 4} {
		rng := rand.New(rand.NewPCG(2, 3))
		c := Config{HeadDim: 6, Context: 8, RopeTheta: 10, Variant: Variant{RotaryDim: rotary}}
		r := newRope(new(Arena), c)
		starts := []int{0, 3, 8}
		x, dy := random(8, 12, rng), random(8, 12, rng)
		turned := func(x blas32.General, direction float32) blas32.General {
			y := NewMatrix(8, 12)
			copy(y.Data, x.Data)
			(&rotation{&r, heads{y, 0, 6, 2, 6}, starts, direction}).Do(0, 8)
			return y
		}
		f := func() float64 { return weighted(turned(x, 1).Data, dy.Data) }
		check(t, compareGradient(f, "x", x.Data, turned(dy, -1).Data, rng, 1e-3))
		const last = 23 // of the second token's second head
		if still := turned(x, 1).Data[last] == x.Data[last]; still != (rotary == 4) {
			t.Errorf("of %d rotated channels, the last stays as it is: %v", rotary, still)
		}
	}
}

// TestRopeScaling: the frequencies equal those of ROPE_INIT_FUNCTIONS in transformers 5.24.0,
// in float32, for rope_theta 500000 and a head dim of 16.
func TestRopeScaling(t *testing.T) {
	for _, c := range []struct {
		scaling RopeScaling
		want    [8]float64
	}{
		{RopeScaling{Factor: 4}, [8]float64{
			0.25, 0.04848068952560425, 0.009401507675647736, 0.001823166268877685,
			0.0003535533614922315, 6.856204709038138e-05, 1.3295739336172119e-05, 2.578346311565838e-06,
		}},
		{RopeScaling{Factor: 8, LowTurns: 1, HighTurns: 4, Context: 8192}, [8]float64{
			1, 0.193922758102417, 0.03760603070259094, 0.00729266507551074,
			0.0005248460220173001, 3.428102354519069e-05, 6.647869668086059e-06, 1.289173155782919e-06,
		}},
	} {
		for j, want := range c.want {
			got := c.scaling.scale(math.Pow(500000, -float64(j)/8))
			if math.Abs(got-want) > 5e-7*want { // a few roundings of float32
				t.Errorf("%+v: frequency %d is %g, want %g", c.scaling, j, got, want)
			}
		}
	}
}

// attentionCase is grouped-query attention over sequences that end within,
// at and past a block of queries.
func attentionCase(v Variant, rng *rand.Rand) (c Config, in projection, dout blas32.General, starts []int) {
	c = Config{Heads: 4, KVHeads: 2, HeadDim: 6, Context: queryBlock + 9, Variant: v}
	if v.FusedQKV == ByHead {
		c.KVHeads = 4
	}
	starts = []int{0, 5, 5 + queryBlock, 14 + 2*queryBlock}
	n := starts[len(starts)-1]
	in = newProjection(new(Arena), c, n)
	for _, m := range in.outputs {
		fillNormal(m.Data, 1, rng)
	}
	return c, in, random(n, 24, rng), starts
}

// attentionVariants have every layout of q, k and v, windows shorter and longer than a block
// of queries, and capped scores.
var attentionVariants = []Variant{
	{}, {FusedQKV: Stacked}, {FusedQKV: ByHead}, {Window: 3}, {Window: queryBlock + 5, FusedQKV: Stacked},
	{ScoreCap: 1.5, QueryScale: 3},
}

func TestAttentionGradient(t *testing.T) {
	for _, v := range attentionVariants {
		rng := rand.New(rand.NewPCG(2, 4))
		c, in, dout, starts := attentionCase(v, rng)
		a, n := newAttention(new(Arena), c), dout.Rows
		att, lse := NewMatrix(n, 24), make([]float32, n*c.Heads)
		byHead := func(m blas32.General) heads { return heads{m, 0, 6, 4, 6} }
		forward := attentionForward{&a, byHead(att), lse, &in, starts, v.Window}
		f := func() float64 {
			forward.Do(0, forward.items())
			return weighted(att.Data, dout.Data)
		}
		f()
		d := newProjection(new(Arena), c, n)
		backward := attentionBackward{forward, &d, byHead(dout)}
		backward.Do(0, backward.items())
		for i, m := range in.outputs {
			check(t, compareGradient(f, fmt.Sprintf("%+v output %d", v, i), m.Data, d.outputs[i].Data, rng, 2e-3))
		}
	}
}

// TestAttentionMatchesNaive compares the blocked form with the formula, written out in
// float64. Each output is a convex combination of at most 73 values of size 1 to 4, with
// weights precise to about 10 roundings; 2e-5 allows for that.
func TestAttentionMatchesNaive(t *testing.T) {
	for _, v := range attentionVariants {
		c, in, dout, starts := attentionCase(v, rand.New(rand.NewPCG(2, 5)))
		a := newAttention(new(Arena), c)
		att, lse := heads{NewMatrix(dout.Rows, 24), 0, 6, 4, 6}, make([]float32, dout.Rows*c.Heads)
		forward := attentionForward{&a, att, lse, &in, starts, v.Window}
		forward.Do(0, forward.items())
		for s := 0; s+1 < len(starts); s++ {
			for i := starts[s]; i < starts[s+1]; i++ {
				for h := range c.Heads {
					for j, w := range naiveAttention(c, &in, starts[s], i, h) {
						if got := att.head(i, h)[j]; math.Abs(float64(got)-w) > 2e-5 {
							t.Fatalf("%+v: query %d, head %d, channel %d: %g, want %g", v, i, h, j, got, w)
						}
					}
				}
			}
		}
	}
}

func naiveAttention(c Config, in *projection, start, i, h int) []float64 {
	group := h / (c.Heads / c.KVHeads)
	if c.Window > 0 {
		start = max(start, i+1-c.Window)
	}
	out, total := make([]float64, c.HeadDim), 0.0
	for t := start; t <= i; t++ {
		s := weighted(in.q.head(i, h), in.k.head(t, group)) / math.Sqrt(cmp.Or(c.QueryScale, float64(c.HeadDim)))
		if c.ScoreCap > 0 {
			s = c.ScoreCap * math.Tanh(s/c.ScoreCap)
		}
		w := math.Exp(s)
		total += w
		for j := range out {
			out[j] += w * float64(in.v.head(t, group)[j])
		}
	}
	for j := range out {
		out[j] /= total
	}
	return out
}

func TestCrossEntropyGradient(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 6))
	z := random(1, 11, rng).Data
	f := func() float64 { return 0.25 * crossEntropy(append([]float32(nil), z...), 4, 0) }
	dz := append([]float32(nil), z...)
	crossEntropy(dz, 4, 0.25)
	check(t, compareGradient(f, "z", z, dz, rng, 1e-3))
}

// TestSoftcap: the loss of a head that caps its logits is that of the capped logits, and its
// gradient is with respect to the logits before capping.
func TestSoftcap(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 8))
	h := newHead(new(Arena), Config{Vocab: 11, Dim: 1, Variant: Variant{LogitCap: 1.5}}, 1)
	z := random(1, 11, rng).Data
	f := func() float64 { return 0.25 * h.crossEntropy(slices.Clone(z), 4, 0) }
	capped := slices.Clone(z)
	for i, x := range z {
		capped[i] = float32(1.5 * math.Tanh(float64(x)/1.5))
	}
	const tolerance = 16 * 0x1p-24 // 8u for each of two logits of size 1
	if got, want := f(), 0.25*crossEntropy(capped, 4, 0); !(math.Abs(got-want) <= tolerance) {
		t.Errorf("loss %g, and %g of logits capped before", got, want)
	}
	dz := slices.Clone(z)
	h.crossEntropy(dz, 4, 0.25)
	check(t, compareGradient(f, "z", z, dz, rng, 1e-3))
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
}
