package nn

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/blas/blas32"
)

// derivative is the five-point central difference of f along x[i], whose own
// error falls as h⁴, so that a step large enough to drown float32 rounding
// still differentiates well.
func derivative(f func() float64, x []float32, i int) float64 {
	const h = 0.02
	at := x[i]
	defer func() { x[i] = at }()
	f1 := func(d float32) float64 { x[i] = at + d; return f() }
	return (8*(f1(h)-f1(-h)) - (f1(2*h) - f1(-2*h))) / (12 * h)
}

// compareGradient differentiates f along some entries of x and returns the
// first that grad disagrees with. Float32 evaluation of an f of size s errs by
// about s·2⁻²³, which the difference divides by h; tol is in units of the
// largest gradient entry.
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
			return fmt.Errorf("%s[%d]: gradient %g, finite difference %g, off by %.2g of the largest entry %g", name, i, grad[i], want, d/size, size)
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

// weighted is the scalar whose gradient with respect to y is w.
func weighted(y, w []float32) float64 {
	var sum float64
	for i, v := range y {
		sum += float64(v) * float64(w[i])
	}
	return sum
}

func TestRMSNormGradient(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 1))
	x, w, dh := random(5, 7, rng), random(1, 7, rng), random(5, 7, rng)
	h, inv := NewMatrix(5, 7), make([]float32, 5)
	f := func() float64 {
		rmsNormForward(h, inv, x, w.Data, 1e-5)
		return weighted(h.Data, dh.Data)
	}
	f()
	dx, dw := NewMatrix(5, 7), make([]float32, 7)
	rmsNormBackward(dx, dw, dh, x, inv, w.Data)
	check(t, compareGradient(f, "x", x.Data, dx.Data, rng, 1e-3))
	check(t, compareGradient(f, "w", w.Data, dw, rng, 1e-3))
}

func TestSwiGLUGradient(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	gate, up, dact := random(4, 9, rng), random(4, 9, rng), random(4, 9, rng)
	act := NewMatrix(4, 9)
	f := func() float64 {
		swigluForward(act.Data, gate.Data, up.Data)
		return weighted(act.Data, dact.Data)
	}
	dgate, dup := NewMatrix(4, 9), NewMatrix(4, 9)
	swigluBackward(dgate.Data, dup.Data, dact.Data, gate.Data, up.Data)
	check(t, compareGradient(f, "gate", gate.Data, dgate.Data, rng, 1e-3))
	check(t, compareGradient(f, "up", up.Data, dup.Data, rng, 1e-3))
}

func TestRopeGradient(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 3))
	c := Config{HeadDim: 6, Context: 8, RopeTheta: 10}
	r := newRope(c)
	starts := []int{0, 3, 8}
	x, dy := random(8, 12, rng), random(8, 12, rng)
	f := func() float64 {
		y := blas32.General{Rows: 8, Cols: 12, Stride: 12, Data: append([]float32(nil), x.Data...)}
		r.rotate(y, starts, 1)
		return weighted(y.Data, dy.Data)
	}
	dx := blas32.General{Rows: 8, Cols: 12, Stride: 12, Data: append([]float32(nil), dy.Data...)}
	r.rotate(dx, starts, -1)
	check(t, compareGradient(f, "x", x.Data, dx.Data, rng, 1e-3))
}

// attentionCase is grouped-query attention over sequences that end within,
// at and past a block of queries.
func attentionCase(rng *rand.Rand) (a attention, q, k, v, dout blas32.General, starts []int) {
	c := Config{Heads: 4, KVHeads: 2, HeadDim: 6, Context: queryBlock + 9}
	starts = []int{0, 5, 5 + queryBlock, 14 + 2*queryBlock}
	n := starts[len(starts)-1]
	return newAttention(c), random(n, 24, rng), random(n, 12, rng), random(n, 12, rng), random(n, 24, rng), starts
}

func TestAttentionGradient(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 4))
	a, q, k, v, dout, starts := attentionCase(rng)
	att, lse := NewMatrix(q.Rows, q.Cols), make([]float32, q.Rows*a.heads)
	f := func() float64 {
		a.forward(att, lse, q, k, v, starts)
		return weighted(att.Data, dout.Data)
	}
	f()
	dq, dk, dv := NewMatrix(q.Rows, q.Cols), NewMatrix(k.Rows, k.Cols), NewMatrix(v.Rows, v.Cols)
	a.backward(dq, dk, dv, dout, att, lse, q, k, v, starts)
	check(t, compareGradient(f, "q", q.Data, dq.Data, rng, 2e-3))
	check(t, compareGradient(f, "k", k.Data, dk.Data, rng, 2e-3))
	check(t, compareGradient(f, "v", v.Data, dv.Data, rng, 2e-3))
}

// TestAttentionMatchesNaive holds the blocked form to the formula, written
// out in float64. Each output is a convex combination of at most 73 values of
// size 1 to 4 under weights good to about 10 roundings: 2e-5 allows for it.
func TestAttentionMatchesNaive(t *testing.T) {
	a, q, k, v, _, starts := attentionCase(rand.New(rand.NewPCG(2, 5)))
	att, lse := NewMatrix(q.Rows, q.Cols), make([]float32, q.Rows*a.heads)
	a.forward(att, lse, q, k, v, starts)
	for s := 0; s+1 < len(starts); s++ {
		for i := starts[s]; i < starts[s+1]; i++ {
			for h := range a.heads {
				want := naiveAttention(a, q, k, v, starts[s], i, h)
				for j, w := range want {
					if got := row(att, i)[h*a.dim+j]; math.Abs(float64(got)-w) > 2e-5 {
						t.Fatalf("query %d, head %d, channel %d: %g, want %g", i, h, j, got, w)
					}
				}
			}
		}
	}
}

func naiveAttention(a attention, q, k, v blas32.General, start, i, h int) []float64 {
	group := h / (a.heads / a.kvHeads)
	out, total := make([]float64, a.dim), 0.0
	for t := start; t <= i; t++ {
		var score float64
		for j := range a.dim {
			score += float64(row(q, i)[h*a.dim+j]) * float64(row(k, t)[group*a.dim+j])
		}
		w := math.Exp(score / math.Sqrt(float64(a.dim)))
		total += w
		for j := range out {
			out[j] += w * float64(row(v, t)[group*a.dim+j])
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

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
}
