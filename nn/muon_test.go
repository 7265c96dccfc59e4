package nn

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
	"gonum.org/v1/gonum/mat"

	"ranksweep/nn/heaptest"
	"ranksweep/nn/kernel"
)

// muonShapes are wide, tall and square, with one row, one column, and primes.
var muonShapes = [][2]int{{1, 1}, {1, 7}, {5, 1}, {13, 6}, {3, 17}, {31, 31}, {64, 211}, {211, 64}}

// muonUpdate returns what one step at a learning rate of 1 subtracts from (rows, cols)
// weights, given the gradient g.
func muonUpdate(t *testing.T, c OptimizerConfig, rows, cols int, g []float32) []float32 {
	t.Helper()
	p := Param{Name: "w", Rows: rows, Cols: cols, Value: make([]float32, rows*cols), Grad: g}
	mustOptimizer(t, c, []Param{p}).Step(UniformRate(1))
	for i := range p.Value {
		p.Value[i] = -p.Value[i]
	}
	return p.Value
}

func normalMatrix(rows, cols int, rng *rand.Rand) []float32 {
	g := make([]float32, rows*cols)
	fillNormal(g, 1, rng)
	return g
}

// fiveSteps returns a singular value after the five steps.
func fiveSteps(s float64) float64 {
	for range 5 {
		s = 3.4445*s - 4.7750*math.Pow(s, 3) + 2.0315*math.Pow(s, 5)
	}
	return s
}

// throughSVD is the same update by the singular value decomposition of g, in
// float64: U f(S/‖S‖) Vᵀ.
func throughSVD(t *testing.T, rows, cols int, g []float32) []float64 {
	dense := mat.NewDense(rows, cols, nil)
	for i, v := range g {
		dense.Set(i/cols, i%cols, float64(v))
	}
	var svd mat.SVD
	if !svd.Factorize(dense, mat.SVDThin) {
		t.Fatal("no singular value decomposition")
	}
	var u, v, us, out mat.Dense
	svd.UTo(&u)
	svd.VTo(&v)
	s, norm := svd.Values(nil), mat.Norm(dense, 2)
	for i := range s {
		s[i] = fiveSteps(s[i] / norm)
	}
	us.Mul(&u, mat.NewDiagDense(len(s), s))
	out.Mul(&us, v.T())
	out.Scale(math.Sqrt(math.Max(1, float64(rows)/float64(cols))), &out)
	return out.RawMatrix().Data
}

// TestMuonMatchesSVD: the matrices that are multiplied have singular values below 1.3, and
// sums have at most 211 terms. So a step rounds an entry by about 2⁻²⁴ of the norm of a row,
// which is near 1. Later steps multiply that error by up to 3.4445 each, by 485 in all:
// 485·2⁻²⁴ = 2.9e-5. The adjusted rate is up to √5 times larger.
func TestMuonMatchesSVD(t *testing.T) {
	defer blas32.Use(blas32.Implementation())
	rng := rand.New(rand.NewPCG(12, 1))
	for _, shape := range muonShapes {
		rows, cols := shape[0], shape[1]
		g := normalMatrix(rows, cols, rng)
		want := throughSVD(t, rows, cols, g)
		for _, c := range []OptimizerConfig{{Name: "muon"}, {Name: "muon", Momentum: 0.95}} {
			check(t, kernel.Use())
			for i, u := range muonUpdate(t, c, rows, cols, g) {
				if !(math.Abs(float64(u)-want[i]) <= math.Sqrt(5)*2.9e-5) {
					t.Fatalf("(%d, %d), momentum %g: entry %d of the update is %g, want %g", rows, cols, c.Momentum,
						i, u, want[i])
				}
			}
		}
	}
}

// TestMuonNormalizesVectors: the update of a single row or column keeps its direction. Its
// length is that which the steps make of 1, times √rows for a column.
func TestMuonNormalizesVectors(t *testing.T) {
	for _, shape := range [][2]int{{1, 3}, {3, 1}} {
		g := []float32{2, -3, 6} // of norm 7
		u := muonUpdate(t, OptimizerConfig{Name: "muon", Momentum: 0.95}, shape[0], shape[1], g)
		for i := range u {
			want := fiveSteps(1) * float64(g[i]) / 7 * math.Sqrt(float64(shape[0]))
			// Each of five steps adds terms of up to 3.4, 4.8 and 2.0.
			if !(math.Abs(float64(u[i])-want) <= 5*10.3*0x1p-24) {
				t.Errorf("%v: entry %d of the update is %g, want %g", shape, i, u[i], want)
			}
		}
	}
}

// TestMuonForgetsScale: division by the norm undoes powers of two without rounding. A factor
// of 3 rounds anew in each of 20 steps of 0.1, √(13/6) at most, as in TestMuonMatchesSVD.
// Below a norm of 1e-7 updates shrink with gradients, as PyTorch's do.
func TestMuonForgetsScale(t *testing.T) {
	c := OptimizerConfig{Name: "muon", Momentum: 0.95, WeightDecay: 0.1}
	want := train(t, c, 20, 1)
	for _, scale := range []float32{0x1p-16, 0.5, 0x1p40} {
		if got := train(t, c, 20, scale); !slices.Equal(got, want) {
			t.Errorf("gradients times %g: values differ by up to %g, want the same bits", scale,
				maxDifference(got, want))
		}
	}
	if d := maxDifference(train(t, c, 20, 3), want); !(d > 0 && d <= 20*0.1*math.Sqrt(13./6)*2.9e-5) {
		t.Errorf("gradients times 3: values differ by up to %g", d)
	}
	if slices.Equal(train(t, c, 20, 0x1p-40), want) {
		t.Error("gradients of norms below 1e-7 move values as large ones do")
	}
}

// countingBLAS counts the floating-point operations of products.
type countingBLAS struct {
	blas.Float32
	flops *float64
}

func (c countingBLAS) Sgemm(tA, tB blas.Transpose, m, n, k int, alpha float32, a []float32, lda int, b []float32,
	ldb int, beta float32, out []float32, ldc int) {
	*c.flops += 2 * float64(m) * float64(n) * float64(k)
	c.Float32.Sgemm(tA, tB, m, n, k, alpha, a, lda, b, ldb, beta, out, ldc)
}

func TestOptimizerFlops(t *testing.T) {
	defer blas32.Use(blas32.Implementation())
	var made float64
	blas32.Use(countingBLAS{blas32.Implementation(), &made})
	for _, c := range testOptimizers() {
		made = 0
		params := append(oddParams(rand.New(rand.NewPCG(12, 4))), adapterOf(150, 70, 90)...)
		params[len(params)-2].Module, params[len(params)-1].Module = "larger", "larger"
		fixed := NewMatrix(150, 70)
		params[len(params)-1].Fixed, params[len(params)-1].Gamma = &fixed, 1
		for _, p := range params {
			rng := rand.New(rand.NewPCG(12, 5)) // a factor or a gradient that is zero saves products
			fillNormal(p.Value, 1, rng)
			fillNormal(p.Grad, 1, rng)
		}
		mustOptimizer(t, c, params).Step(UniformRate(0.1))
		if counted := c.Flops(params); counted != made {
			t.Errorf("%s: %g operations are counted, %g made", c.Name, counted, made)
		}
	}
}

func TestMuonWithoutGradientStaysPut(t *testing.T) {
	params := oddParams(rand.New(rand.NewPCG(12, 2)))
	before := values(params)
	mustOptimizer(t, OptimizerConfig{Name: "muon", Momentum: 0.95}, params).Step(UniformRate(0.1))
	if !slices.Equal(values(params), before) {
		t.Error("values move without a gradient")
	}
}

// TestMuonGivesOneAnswerAtAnyTime: what a larger parameter leaves in the scratch does not
// affect a smaller one, and a step with our kernels allocates nothing.
func TestMuonGivesOneAnswerAtAnyTime(t *testing.T) {
	defer blas32.Use(blas32.Implementation())
	check(t, kernel.Use())
	c := OptimizerConfig{Name: "muon", Momentum: 0.95}
	rng := rand.New(rand.NewPCG(12, 3))
	var together, alone []Param
	for i, shape := range [][2]int{{211, 64}, {13, 6}, {64, 211}, {1, 7}} {
		g := normalMatrix(shape[0], shape[1], rng)
		p := Param{Name: fmt.Sprint(i), Rows: shape[0], Cols: shape[1], Value: make([]float32, len(g)), Grad: g}
		together = append(together, p)
		p.Value = make([]float32, len(g))
		mustOptimizer(t, c, []Param{p}).Step(UniformRate(0.1))
		alone = append(alone, p)
	}
	o := mustOptimizer(t, c, together)
	o.Step(UniformRate(0.1))
	if !slices.Equal(values(together), values(alone)) {
		t.Error("parameters move otherwise together than alone")
	}
	if n := heaptest.Allocations(3, func() { o.Step(UniformRate(0.1)) }); n != 0 {
		t.Errorf("%d allocations in some steps", n)
	}
}

// muon orthogonalizes like torch.optim.Muon: it transposes a matrix that is taller than wide
// first.
func (w *twin) muon(g []float32, lr float64) {
	mu := w.config.Momentum
	u := make([]float64, len(g))
	for i := range u {
		gi := float64(g[i])
		w.m[i] = mu*w.m[i] + (1-mu)*gi
		u[i] = mu*w.m[i] + (1-mu)*gi
	}
	if w.rows > w.cols {
		u = naiveTranspose(u, w.rows, w.cols)
		u = naiveTranspose(naiveOrthogonal(u, w.cols, w.rows), w.cols, w.rows)
	} else {
		u = naiveOrthogonal(u, w.rows, w.cols)
	}
	size := lr * math.Sqrt(math.Max(1, float64(w.rows)/float64(w.cols)))
	for i := range u {
		w.w[i] -= lr*w.decay*w.w[i] + size*u[i]
	}
}

// naiveOrthogonal is newtonSchulz for x, (rows, cols), with at most as many rows as columns.
func naiveOrthogonal(x []float64, rows, cols int) []float64 {
	var norm float64
	for _, v := range x {
		norm += v * v
	}
	norm = math.Max(math.Sqrt(norm), 1e-7)
	x = slices.Clone(x)
	for i := range x {
		x[i] /= norm
	}
	for range 5 {
		g := naiveProduct(x, naiveTranspose(x, rows, cols), rows, cols, rows)
		p := naiveProduct(g, g, rows, rows, rows)
		for i := range p {
			p[i] = -4.7750*g[i] + 2.0315*p[i]
		}
		px := naiveProduct(p, x, rows, rows, cols)
		for i := range x {
			x[i] = 3.4445*x[i] + px[i]
		}
	}
	return x
}

func naiveTranspose(x []float64, rows, cols int) []float64 {
	t := make([]float64, len(x))
	for k, v := range x {
		t[k%cols*rows+k/cols] = v
	}
	return t
}

// naiveProduct returns xy for x, (m, k), and y, (k, n).
func naiveProduct(x, y []float64, m, k, n int) []float64 {
	z := make([]float64, m*n)
	for i := range m {
		for j := range n {
			for p := range k {
				z[i*n+j] += x[i*k+p] * y[p*n+j]
			}
		}
	}
	return z
}
