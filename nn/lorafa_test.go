package nn

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
	"gonum.org/v1/gonum/mat"
)

// loraFAGolden are the values of B (3, 2) beside A (2, 4), after five steps of PEFT 0.21.2's LoraFAOptimizer at
// learning rate 0.1 with weight decay 0.1, in float64, by γ. testdata/optimizers.py prints them and says where
// A and B start.
var loraFAGolden = map[float64][]float64{
	0.5: {-0.612040158, 0.316836655, -0.184835585, -0.243535781, 0.593640864, 0.149638937},
	4:   {-0.612300898, 0.316987640, -0.184275401, -0.243848797, 0.593751223, 0.151671087},
}

// besideFixed returns a B of a drawn A, which does not train.
func besideFixed(r, in, out int, gamma float64) (b Param, a blas32.General) {
	params := adapterOf(r, in, out)
	a, b = params[0].matrix(), params[1]
	b.Gamma, b.Fixed = gamma, &a
	return b, a
}

// TestLoRAFAMatchesPEFT: the condition of AAᵀ is below 10, so that gradients are rounded by some 10·2⁻²⁴ of
// themselves. An entry of B whose running mean is small takes that as a share of a step of 0.1, in each of five.
func TestLoRAFAMatchesPEFT(t *testing.T) {
	c, err := DefaultOptimizer("lora-fa-adamw")
	check(t, err)
	c.WeightDecay = 0.1
	for gamma, want := range loraFAGolden {
		b, a := besideFixed(2, 4, 3, gamma)
		for _, values := range [][]float32{a.Data, b.Value} {
			for i := range values {
				values[i] = float32(5*i%7-3) / 4
			}
		}
		o := mustOptimizer(t, c, []Param{b})
		for step := 1; step <= 5; step++ {
			for i := range b.Grad {
				b.Grad[i] = float32((7*i+3*step)%11-5) / 8
			}
			o.Step(UniformRate(0.1))
		}
		for i, v := range b.Value {
			if math.Abs(float64(v)-want[i]) > 5*0.1*10*0x1p-23 {
				t.Errorf("γ %g: value %d is %.9f, want %.9f", gamma, i, v, want[i])
			}
		}
	}
}

// TestLoRAFATwin: what stands in place of the gradient, at ranks below and above A's width, against the
// pseudo-inverse by singular values.
func TestLoRAFATwin(t *testing.T) {
	for _, r := range []int{3, 100} {
		rng := rand.New(rand.NewPCG(7, 34))
		b, a := besideFixed(r, 60, 130, 0.7)
		fillNormal(a.Data, 0.2, rng)
		fillNormal(b.Grad, 1, rng)
		o := mustOptimizer(t, OptimizerConfig{Name: "lora-fa-adamw", Damping: 1e-8}, []Param{b}).(*loraFA)
		var want, off mat.Dense
		want.Mul(wide(b.gradient()), pseudoInverse(t, a, 0, 1e-5))
		want.Scale(1/(0.7*0.7), &want)
		off.Sub(wide(matrixOf(o.gradient(0), 130, r)), &want)
		if d := mat.Norm(&off, 2) / mat.Norm(&want, 2); !(d < 1e-4) {
			t.Errorf("rank %d: off by %g of itself", r, d)
		}
	}
}

// TestLoRAFAGradientIsOfTheProduct: γgA does not depend on how γBA is divided among γ, B and A: for every
// invertible R, (γ/s, sBR, R⁻¹A) has the same.
func TestLoRAFAGradientIsOfTheProduct(t *testing.T) {
	const r, in, out = 20, 50, 60
	rng := rand.New(rand.NewPCG(7, 35))
	g, drawn, mixed := NewMatrix(out, in), NewMatrix(r, in), NewMatrix(r, in)
	fillNormal(g.Data, 1, rng)
	fillNormal(drawn.Data, 1, rng)
	mix, _ := invertible(t, r, rng)
	blas32.Gemm(blas.NoTrans, blas.NoTrans, 1, mix, drawn, 0, mixed)
	projected := func(gamma float64, factor blas32.General) *mat.Dense {
		b, a := besideFixed(r, in, out, gamma)
		copyMatrix(a, factor)
		blas32.Gemm(blas.NoTrans, blas.Trans, float32(gamma), g, a, 0, b.gradient())
		o := mustOptimizer(t, OptimizerConfig{Name: "lora-fa-adamw"}, []Param{b}).(*loraFA)
		p := NewMatrix(out, in)
		blas32.Gemm(blas.NoTrans, blas.NoTrans, float32(gamma), matrixOf(o.gradient(0), out, r), a, 0, p)
		return wide(p)
	}
	want, got := projected(1, drawn), projected(3, mixed)
	var off mat.Dense
	off.Sub(got, want)
	if d := mat.Norm(&off, 2) / mat.Norm(want, 2); !(d < 1e-4) {
		t.Errorf("off by %g of itself", d)
	}
}

// invertible returns a random matrix with singular values from 1/3 to 3, and its inverse.
func invertible(t *testing.T, n int, rng *rand.Rand) (m, inverse blas32.General) {
	drawn := NewMatrix(n, n)
	fillNormal(drawn.Data, 1, rng)
	var svd mat.SVD
	if !svd.Factorize(wide(drawn), mat.SVDFull) {
		t.Fatal("no singular value decomposition")
	}
	var u, v, scaled, product, inverted mat.Dense
	svd.UTo(&u)
	svd.VTo(&v)
	s := make([]float64, n)
	for i := range s {
		s[i] = math.Pow(3, 1-2*float64(i)/float64(max(1, n-1)))
	}
	scaled.Mul(&u, mat.NewDiagDense(n, s))
	product.Mul(&scaled, v.T())
	check(t, inverted.Inverse(&product))
	return narrow(&product), narrow(&inverted)
}

// narrow copies a matrix to float32.
func narrow(d *mat.Dense) blas32.General {
	rows, cols := d.Dims()
	m := NewMatrix(rows, cols)
	for i := range m.Data {
		m.Data[i] = float32(d.At(i/cols, i%cols))
	}
	return m
}
